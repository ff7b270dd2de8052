// SPDX-License-Identifier: MPL-2.0
//
// The conformance suite's bed. See bed.hpp.

#include "tests/conformance/bed.hpp"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include "libzmqrt/message/slab_pool.hpp"
#include "transports/ring/ring_reactor.hpp"

namespace conformance {

using namespace std::chrono_literals;

std::ostream& operator<<(std::ostream& out, const setting& which) {
  constexpr const char* names[] = {"tcp", "ipc", "abstract ipc"};
  return out << names[static_cast<int>(which.kind)] << " on " << which.backend;
}

std::vector<std::string> backends() {
  std::vector<std::string> out{"epoll"};
  if (ring_available()) {
    out.emplace_back("io_uring");
    out.emplace_back("io_uring, plain");
  }
  return out;
}

std::vector<setting> settings() {
  std::vector<setting> out;
  for (const auto& backend : backends())
    for (auto kind : {scheme::tcp, scheme::ipc, scheme::abstract_ipc})
      out.push_back({backend, kind});
  return out;
}

std::unique_ptr<reactor> make(const std::string& backend) {
  // As on a kernel that grants the least.
  ring_features least{
    .deferred_taskrun = false,
    .cooperative_taskrun = false,
    .buffer_rings = false,
    .multishot_receive = false,
    .multishot_accept = false,
    .multishot_poll = false,
    .poll_first = false,
    .registered_files = false,
  };
  if (backend == "io_uring, plain")
    return std::make_unique<ring_reactor>(least);
  if (backend == "io_uring, files only") {
    least.registered_files = probed_ring()->registered_files;
    return std::make_unique<ring_reactor>(least);
  }
  auto made = make_reactor(backend == "epoll" ? backend_choice::epoll
                                              : backend_choice::io_uring);
  REQUIRE(made);
  CHECK((*made)->backend() == backend);
  return std::move(*made);
}

// -- scratch_folder -----------------------------------------------------------

scratch_folder::scratch_folder() {
  auto name =
    (std::filesystem::temp_directory_path() / "zmqrt-XXXXXX").string();
  REQUIRE(mkdtemp(name.data()) != nullptr);
  path_ = name;
}

scratch_folder::~scratch_folder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

// -- bed ----------------------------------------------------------------------

bed::bed(const setting& which) : which_(which), loop_(make(which.backend)) {
  loop_->on_exception([this](std::exception_ptr thrown) {
    thrown_ = std::move(thrown);
    loop_->stop();
  });
}

address bed::place() {
  const auto name = folder_.path() + "/" + std::to_string(places_++);
  switch (which_.kind) {
  case scheme::tcp:
    return *address::tcp("127.0.0.1", 0);
  case scheme::ipc:
    return *address::ipc(name, false);
  default:
    return *address::ipc(name, true);
  }
}

std::unique_ptr<acceptor> bed::listen(const listen_options& options) {
  auto door = loop_->listen(place(), options);
  REQUIRE(door);
  return std::move(*door);
}

void bed::close(acceptor& door, const accept_log& told) {
  door.close();
  until([&] { return told.closed; });
}

void bed::until(const std::function<bool()>& reached) {
  if (reached())
    return;
  timer limit{loop_.get(),
              [](void* loop) { static_cast<reactor*>(loop)->stop(); }};
  loop_->arm(limit, std::chrono::steady_clock::now() + 20s);
  reached_ = &reached;
  loop_->run();
  reached_ = nullptr;
  if (thrown_) // a failed REQUIRE of a handler
    std::rethrow_exception(std::exchange(thrown_, nullptr));
  REQUIRE(reached());
}

void bed::settle() {
  timer limit{loop_.get(),
              [](void* loop) { static_cast<reactor*>(loop)->stop(); }};
  // A zero timer fires once everything owed before was done; loopback needs
  // no time of its own.
  for (int i = 0; i < 4; ++i) {
    loop_->arm(limit, std::chrono::steady_clock::now());
    loop_->run();
  }
}

void bed::happened() {
  if (reached_ != nullptr && (*reached_)())
    loop_->stop();
}

// -- patterns -----------------------------------------------------------------

std::string pattern_text(std::size_t size, unsigned seed) {
  std::string out(size, '\0');
  std::uint64_t state = seed * 0x9e3779b97f4a7c15u + 1;
  // A word at a time: tens of megabytes are many bytes for a sanitizer.
  for (std::size_t at = 0; at < size; at += sizeof(state)) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    const auto word = state ^ (state >> 32);
    std::memcpy(out.data() + at, &word, std::min(sizeof(word), size - at));
  }
  return out;
}

batch pattern_batch(std::size_t size, unsigned seed, std::size_t piece) {
  const auto text = pattern_text(size, seed);
  batch out;
  for (std::size_t at = 0; at < size; at += piece) {
    const auto part = std::min(piece, size - at);
    auto slab = shared_pool().take(part);
    REQUIRE(slab);
    std::memcpy(slab->data(), text.data() + at, part);
    out.append(slab, slab->data(), part);
  }
  out.add_messages(1);
  return out;
}

std::string text_of(const batch& bytes) {
  std::string out;
  for (const auto& part : bytes.segments())
    out.append(reinterpret_cast<const char*>(part.data), part.size);
  return out;
}

// -- side ---------------------------------------------------------------------

/// Marks the time within a call: a callback then is a broken promise.
struct side::inside {
  explicit inside(side& of) : of_(of) {
    of_.inside_ = true;
  }
  ~inside() {
    of_.inside_ = false;
  }
  side& of_;
};

void side::take(std::unique_ptr<stream> connection) {
  REQUIRE(connection);
  stream_ = std::move(connection);
  const inside call{*this};
  stream_->start(*this);
  stream_->receive(true);
}

void side::send(batch bytes) {
  REQUIRE(!sending);
  outgoing_ = std::move(bytes);
  left_ = outgoing_.bytes();
  sending = true;
  const inside call{*this};
  stream_->send(outgoing_);
}

void side::send(std::string_view text) {
  auto slab = shared_pool().take(text.size());
  std::memcpy(slab->data(), text.data(), text.size());
  batch out;
  out.append(slab, slab->data(), text.size());
  out.add_messages(1);
  send(std::move(out));
}

void side::finish() {
  if (!stream_)
    return;
  {
    const inside call{*this};
    stream_->close();
  }
  bed_.until([this] { return closed; });
  CHECK(calls_within == 0);
  stream_.reset();
}

void side::on_received(const slab_ref& owner,
                       std::span<const std::byte> bytes) {
  calls_within += inside_ ? 1 : 0;
  CHECK(owner);
  CHECK(owner->data() <= bytes.data());
  CHECK(bytes.data() + bytes.size() <= owner->data() + owner->capacity());
  CHECK_FALSE(bytes.empty());
  received_bytes += bytes.size();
  if (keep)
    received.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (arrived)
    arrived(bytes);
  bed_.happened();
}

std::span<std::byte> side::direct_target() {
  calls_within += inside_ ? 1 : 0;
  target_ = wish ? wish() : std::span<std::byte>{};
  return target_;
}

void side::on_received_direct(std::size_t size) {
  calls_within += inside_ ? 1 : 0;
  REQUIRE(size <= target_.size());
  direct_bytes += size;
  received_bytes += size;
  if (keep)
    received.append(reinterpret_cast<const char*>(target_.data()), size);
  if (arrived)
    arrived(target_.first(size));
  bed_.happened();
}

void side::on_sent(std::size_t size) {
  calls_within += inside_ ? 1 : 0;
  REQUIRE(size <= left_);
  sent_bytes += size;
  most_told = std::max(most_told, size);
  left_ -= size;
  if (left_ == 0) {
    sending = false;
    if (sent_all)
      sent_all();
  }
  bed_.happened();
}

void side::on_receive_end(std::error_code why) {
  calls_within += inside_ ? 1 : 0;
  CHECK_FALSE(ended);
  ended = true;
  end_code = why;
  bed_.happened();
}

void side::on_send_failed(std::error_code why) {
  calls_within += inside_ ? 1 : 0;
  CHECK_FALSE(failed);
  failed = true;
  fail_code = why;
  bed_.happened();
}

void side::on_closed() {
  calls_within += inside_ ? 1 : 0;
  CHECK_FALSE(closed);
  closed = true;
  if (dying)
    dying();
  bed_.happened();
}

// -- logs ---------------------------------------------------------------------

void accept_log::on_accepted(std::unique_ptr<stream> connection) {
  connections.push_back(std::move(connection));
  if (then)
    then();
  bed_.happened();
}

void accept_log::on_accept_failed(std::error_code why) {
  failures.push_back(why);
  bed_.happened();
}

void accept_log::on_acceptor_closed() {
  closed = true;
  bed_.happened();
}

void dial_log::on_connected(std::unique_ptr<stream> made) {
  ++outcomes;
  connection = std::move(made);
  bed_.happened();
}

void dial_log::on_dial_failed(std::error_code why) {
  ++outcomes;
  failure = why;
  bed_.happened();
}

void dial_log::on_dial_closed() {
  ++outcomes;
  closed = true;
  bed_.happened();
}

// -- connected_pair -----------------------------------------------------------

connected_pair::connected_pair(bed& in, const stream_options& options)
  : bed_(in), near(in), far(in) {
  accept_log accepted{in};
  dial_log dialed{in};
  auto door =
    in.listen({.backlog = 100, .ipv6_only = false, .stream = options});
  door->start(accepted);
  auto dial = in.loop().dial(door->local(), {.source = {}, .stream = options});
  dial->start(dialed);
  in.until([&] { return dialed.connection && !accepted.connections.empty(); });
  near.take(std::move(dialed.connection));
  far.take(std::move(accepted.connections.front()));
  in.close(*door, accepted);
}

void connected_pair::finish() {
  near.finish();
  far.finish();
}

std::size_t open_files() {
  std::size_t count = 0;
  for ([[maybe_unused]] const auto& each :
       std::filesystem::directory_iterator("/proc/self/fd"))
    ++count;
  return count;
}

} // namespace conformance
