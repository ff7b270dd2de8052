// SPDX-License-Identifier: MPL-2.0
//
// The listener actor's handlers.

#include "actors/listener/listener.hpp"

#include <cerrno>

#include "actors/caf_compat.hpp"
#include "actors/listener/admission.hpp"
#include "actors/logging/loggers.hpp"
#include "actors/session/session.hpp"

namespace zmqrt::actors {

namespace {

// How long accepting rests after the process ran out of something.
constexpr auto accept_retry = std::chrono::milliseconds{100};

std::shared_ptr<half_open_list> make_half_open(const connection_setup& of) {
  const int most = of.options->max_handshakes;
  if (most == 0 || of.options->raw_peers(of.type)) // those shake no hands
    return nullptr;
  return std::make_shared<half_open_list>(static_cast<std::size_t>(most));
}

} // namespace

listener::listener(caf::actor_config& config, reactor_unit& unit,
                   connection_setup blueprint,
                   std::unique_ptr<transports::acceptor> door,
                   socket_handle parent)
  : pinned(config, unit), blueprint_(std::move(blueprint)),
    acceptor_(std::move(door)), parent_(std::move(parent)),
    retry_(this, [](void* self) {
      auto* me = static_cast<listener*>(self);
      me->enter([me] {
        if (me->acceptor_ != nullptr && !me->closing_)
          me->acceptor_->resume();
      });
    }) {
  blueprint_.half_open = make_half_open(blueprint_);
}

listener::~listener() = default;

listener::behavior_type listener::make_behavior() {
  monitor(parent_);
  set_down_handler([this](caf::down_msg& down) {
    if (down.source == parent_.address())
      close();
    else
      --sessions_;
  });
  keep_ = caf::strong_actor_ptr{ctrl()};
  acceptor_->start(*this);
  return {
    [this](stop_listening) { close(); },
  };
}

bool listener::full() const noexcept {
  const auto most = blueprint_.options->max_connections;
  return most > 0 && sessions_ >= most;
}

int listener::objection(const transports::stream& peer) const {
  if (full())
    return EMFILE;
  return admits(blueprint_.options->gathered, peer) ? 0 : EACCES;
}

void listener::on_accepted(std::unique_ptr<transports::stream> bytes) {
  enter([&] {
    if (closing_)
      return; // the stream closes itself
    try {
      admit(std::move(bytes));
    } catch (const std::bad_alloc&) { // this peer's end, not the listener's
      logging::listener().warn("no_memory_to_accept");
    }
  });
}

void listener::admit(std::unique_ptr<transports::stream> bytes) {
  if (const int why = objection(*bytes); why != 0) {
    const auto peer = bytes->remote().endpoint();
    bytes.reset();
    blueprint_.events->publish(
      {event_kind::accept_failed, why, blueprint_.endpoint, peer, 0, true});
    return;
  }
  const auto& half_open = blueprint_.half_open;
  if (half_open != nullptr && half_open->turns_away(loop().now())) {
    turn_away(*bytes);
    return;
  }
  if (blueprint_.events->wants(event_kind::accepted))
    blueprint_.events->publish({event_kind::accepted, -1, blueprint_.endpoint,
                                bytes->remote().endpoint(), 0, true});
  auto setup = blueprint_;
  auto child = spawn_pinned<session>(unit(), std::move(setup), std::move(bytes),
                                     connector_handle{}, parent_.address());
  ++sessions_;
  monitor(child);
  send(parent_, child);
}

/// What its session would do, which it does not cost.
void listener::turn_away(const transports::stream& peer) {
  using kind = event_kind;
  const auto remote = peer.remote().endpoint();
  auto& events = *blueprint_.events;
  events.publish({kind::accepted, -1, blueprint_.endpoint, remote, 0, true});
  for (const auto each : {kind::handshake_failed_no_detail, kind::disconnected})
    events.publish({each, each == kind::disconnected ? 0 : EAGAIN,
                    peer.local().endpoint(), remote, 0, true});
}

void listener::on_accept_failed(std::error_code why) {
  enter([&] {
    blueprint_.events->publish(
      {event_kind::accept_failed, why.value(), blueprint_.endpoint, {}, 0});
    logging::listener().warn("accept_failed endpoint={} why={}",
                             blueprint_.endpoint, why.message());
    loop().arm(retry_, loop().now() + accept_retry);
  });
}

void listener::close() {
  if (closing_)
    return;
  closing_ = true;
  if (retry_.armed())
    loop().disarm(retry_);
  acceptor_->close();
}

void listener::on_acceptor_closed() {
  const auto keep = std::move(keep_);
  acceptor_.reset();
  enter([this] {
    blueprint_.events->publish(
      {event_kind::closed, -1, blueprint_.endpoint, {}, 0});
    quit();
  });
}

void listener::on_exit() {
  if (acceptor_ != nullptr)
    close();
  end_monitoring(parent_.address());
  parent_ = nullptr;
}

} // namespace zmqrt::actors
