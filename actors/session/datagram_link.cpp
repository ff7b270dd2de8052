// SPDX-License-Identifier: MPL-2.0
//
// See datagram_link.hpp.

#include "actors/session/datagram_link.hpp"

#include <array>
#include <utility>

#include "actors/logging/loggers.hpp"
#include "libzmqrt/endpoint/datagram_peer.hpp"

namespace zmqrt::actors {

namespace {

/// Given to the kernel at once.
constexpr std::size_t chunk = 64;
/// Then it is the others' turn.
constexpr int chunks_per_turn = 16;

} // namespace

datagram_link::datagram_link(connection_setup setup,
                             std::unique_ptr<transports::datagram> socket)
  : setup_(std::move(setup)), socket_(std::move(socket)),
    bell_(std::make_shared<posted_bell<datagram_link>>(setup_.loop)),
    receives_(setup_.type != socket_type::radio),
    names_peers_(setup_.type == socket_type::dgram),
    to_(names_peers_ ? chunk : 0), writer_(setup_.loop->buffers()) {
}

bool datagram_link::attach() {
  pipe_setup fresh;
  fresh.bell = bell_;
  // No peer is there to say what it has joined, or to be told what we have.
  if (setup_.type == socket_type::radio)
    fresh.peer = peer_facts{{}, false, nullptr, true};
  setup_.pipe = setup_.door->attach(std::move(fresh));
  return setup_.pipe.has_value();
}

void datagram_link::start(datagram_owner& owner) {
  owner_ = &owner;
  self_ = shared_from_this();
  phase_ = phase::open;
  bell_->set_target(this);
  socket_->start(*this);
  if (receives_) {
    paused_ = false;
    socket_->receive(true);
  }
  guarded([this] { pump(); }); // what came while nobody heard the bell
}

void datagram_link::drain() {
  if (phase_ != phase::open)
    return;
  phase_ = phase::draining;
  setup_.door->stop_sending(*setup_.pipe);
  if (receives_)
    socket_->receive(false);
  guarded([this] { pump(); });
}

void datagram_link::abort() {
  if (phase_ == phase::closing || phase_ == phase::over)
    return;
  phase_ = phase::closing;
  socket_->close();
}

void datagram_link::orphan() noexcept {
  owner_ = nullptr;
  abort();
}

template <class Step>
void datagram_link::guarded(Step&& step) noexcept {
  try {
    step();
  } catch (const std::exception& problem) { // no memory: the next bell goes on
    logging::session().error("failed what={}", problem.what());
    if (phase_ == phase::draining)
      abort(); // there is none any more
  }
}

void datagram_link::on_bell() {
  guarded([this] {
    if (phase_ == phase::open && receives_ && paused_
        && setup_.door->wants_input(*setup_.pipe)) {
      paused_ = false;
      socket_->receive(true);
    }
    pump();
  });
}

void datagram_link::on_datagram_closed() {
  phase_ = phase::over;
  bell_->set_target(nullptr);
  guarded([this] {
    outgoing_.drop_front(outgoing_.messages() - left_);
    (void)setup_.door->detach(*setup_.pipe, outgoing_);
    logging::session().debug("udp_over endpoint={}", setup_.endpoint);
    if (setup_.events->wants(event_kind::closed))
      setup_.events->publish({event_kind::closed, -1, setup_.endpoint, {}, 0});
  });
  const auto keep = std::move(self_);
  if (owner_ != nullptr)
    std::exchange(owner_, nullptr)->on_link_over();
}

// -- receiving ----------------------------------------------------------------

void datagram_link::on_datagrams(
  std::span<const transports::received_datagram> which) {
  if (phase_ != phase::open)
    return;
  guarded([&] {
    incoming_.clear();
    std::uint64_t unwanted = 0;
    for (const auto& each : which)
      unwanted += read(each) ? 0 : 1;
    if (unwanted != 0)
      setup_.door->lost(*setup_.pipe, 0, unwanted);
    writer_.restart(incoming_.bytes());
    if (incoming_.empty())
      return;
    setup_.loop->moved(incoming_.messages(), incoming_.bytes());
    paused_ = !setup_.door->deliver(*setup_.pipe, incoming_);
    if (paused_)
      socket_->receive(false);
  });
}

/// False: it is garbage, or longer than MAXMSGSIZE, or memory is short: it is
/// lost, as UDP loses datagrams.
bool datagram_link::read(const transports::received_datagram& from) {
  wire::group_datagram what{{}, from.bytes};
  if (names_peers_) {
    what.group = name_of({from.from, from.from_size});
  } else {
    const auto parsed = wire::parse_group_datagram(from.bytes);
    if (!parsed)
      return false;
    what = *parsed;
  }
  const auto most = setup_.options->maxmsgsize;
  if (most >= 0 && what.body.size() > static_cast<std::uint64_t>(most))
    return false;
  return wire::append_pair(writer_, incoming_, what.group, what.body);
}

/// Valid until the next call.
std::string_view datagram_link::name_of(const transports::address& peer) {
  if (!(peer == last_peer_)) {
    last_name_ = peer.unmapped().host_and_port();
    last_peer_ = peer;
  }
  return last_name_;
}

// -- sending ------------------------------------------------------------------

void datagram_link::on_sendable() {
  guarded([this] { pump(); });
}

void datagram_link::pump() {
  if (phase_ != phase::open && phase_ != phase::draining)
    return;
  for (int i = 0; i < chunks_per_turn; ++i) {
    if (left_ == 0 && !take()) {
      if (phase_ == phase::draining)
        abort();
      return;
    }
    if (!send_some())
      return; // on_sendable() goes on
  }
  bell_->ring();
}

bool datagram_link::take() {
  outgoing_.clear();
  at_ = {};
  setup_.door->take(*setup_.pipe, outgoing_);
  left_ = outgoing_.messages();
  setup_.loop->moved(left_, outgoing_.bytes());
  return left_ != 0;
}

/// False: the kernel has no room for more.
bool datagram_link::send_some() {
  struct end {
    batch_place at;
    std::uint64_t messages = 0;
    std::uint64_t skipped = 0; // of those
    std::size_t bytes = 0;
  };
  std::array<transports::outgoing_datagram, chunk> ready;
  std::array<end, chunk + 1> ends; // behind so many of those that are ready
  std::size_t count = 0;
  end next{at_, 0, 0, 0};
  ends[0] = next;
  while (count < chunk && next.messages < left_) {
    const auto found = wire::next_pair(outgoing_.segments(), next.at);
    ++next.messages;
    if (!found || !write(*found, count, ready[count])) {
      ++next.skipped; // no message for a datagram, as HELLO_MSG
      continue;
    }
    next.bytes += ready[count].head.size() + ready[count].body.size();
    ends[++count] = next;
  }
  const auto before = socket_->counts().refused;
  const auto done = socket_->send(std::span{ready}.first(count));
  const end& reached = done == count ? next : ends[done];
  at_ = reached.at;
  left_ -= reached.messages;
  setup_.door->accepted(*setup_.pipe, reached.messages, reached.bytes);
  if (const auto lost = socket_->counts().refused - before + reached.skipped;
      lost != 0)
    setup_.door->lost(*setup_.pipe, lost, 0);
  return done == count;
}

bool datagram_link::write(const wire::frame_pair& what, std::size_t nth,
                          transports::outgoing_datagram& to) {
  to.body = what.second;
  if (!names_peers_) {
    to.head = what.group_head();
    return true;
  }
  const auto peer = parse_datagram_peer(what.first_text());
  if (!peer)
    return false;
  const auto found = transports::address::tcp(peer->host, peer->port);
  if (!found)
    return false; // an interface behind % that is not there
  to_[nth] = socket_->family() == AF_INET6 ? found->mapped() : *found;
  to.to = &to_[nth];
  return true;
}

} // namespace zmqrt::actors
