// SPDX-License-Identifier: MPL-2.0
//
// Fewer than one allocation per thousand messages in the steady state, counted
// over the whole process at both ends: small messages live in their frames
// and in pooled slabs.

#include <cstring>
#include <optional>
#include <thread>

#include "tests/bench/allocation_counter.hpp"
#include "tests/support/backends.hpp"
#include "tests/support/forked.hpp"
#include "tests/support/temporary_directory.hpp"
#include "zmqrt/zmqrt.hpp"

namespace zmqrt::test {

namespace {

constexpr std::uint64_t warm_up = 200'000;
constexpr std::uint64_t measured = 1'000'000;
constexpr std::uint64_t allowed = measured / 1000;

void send_many(socket& to, std::size_t size, std::uint64_t n) {
  for (std::uint64_t i = 0; i < n; ++i) {
    auto part = frame::uninitialized(size);
    std::memset(part.writable().data(), static_cast<int>(i & 0xff), size);
    to.send(message{std::move(part)});
  }
}

void recv_many(socket& from, std::size_t size, std::uint64_t n) {
  for (std::uint64_t i = 0; i < n; ++i) {
    const auto got = from.recv();
    if (got.bytes() != size)
      throw std::runtime_error("a message of the wrong size");
  }
}

/// Allocations of this process while the measured ones pass.
std::uint64_t count_sending(socket& to, std::size_t size) {
  send_many(to, size, warm_up);
  const auto before = allocations();
  send_many(to, size, measured);
  const auto during = allocations() - before;
  send_many(to, size, warm_up);
  return during;
}

std::uint64_t count_receiving(socket& from, std::size_t size) {
  recv_many(from, size, warm_up);
  const auto before = allocations();
  recv_many(from, size, measured);
  const auto during = allocations() - before;
  recv_many(from, size, warm_up);
  return during;
}

/// The figure that docs/performance.md gives.
double per_thousand(std::uint64_t during) {
  return static_cast<double>(during) * 1000 / static_cast<double>(measured);
}

/// The compiler may leave out an allocation that nobody looks at.
void keep(void* pointer) {
  asm volatile("" : : "r"(pointer) : "memory");
}

context_options on(io_backend backend) {
  context_options options;
  options.backend = backend;
  return options;
}

} // namespace

TEST_CASE("allocations: the counter sees malloc and new") {
  const auto before = allocations();
  void* raw = std::malloc(10);
  keep(raw);
  auto* made = ::operator new(10);
  keep(made);
  // Taken before the assertion, whose own allocations must not help.
  const auto during = allocations() - before;
  CHECK(during == 2);
  std::free(raw);
  ::operator delete(made);
}

namespace {

/// From one process to another; with `keys`, in boxes.
void require_few(io_backend backend, const std::string& transport,
                 std::size_t size, const std::optional<curve_pair>& keys) {
  const temporary_directory directory;
  const auto endpoint =
    transport == "tcp" ? "tcp://127.0.0.1:*" : directory.endpoint("end");
  forked sender{[&](forked::reporter parent) {
    context ctx{on(backend)};
    auto push = ctx.socket(socket_type::push);
    if (keys) {
      push.set(option::curve_secretkey, curve_octets(keys->secret_key));
      push.set(option::curve_server, true);
    }
    parent.say(push.bind(endpoint));
    parent.say(std::to_string(count_sending(push, size)));
    push.close();
    ctx.term();
  }};
  auto ctx = make_context(backend);
  auto pull = ctx.socket(socket_type::pull);
  pull.set(option::rcvtimeo, std::chrono::milliseconds{20'000});
  if (keys) { // it may be its own client
    pull.set(option::curve_secretkey, curve_octets(keys->secret_key));
    pull.set(option::curve_serverkey, curve_octets(keys->public_key));
  }
  pull.connect(sender.hear());
  const auto receiving = count_receiving(pull, size);
  const auto sending = std::stoull(sender.hear());
  WARN("mallocs per 1,000 on " << name_of(backend) << ", " << transport << ", "
                               << size << " B" << (keys ? ", CURVE" : "")
                               << ": sending " << per_thousand(sending)
                               << ", receiving " << per_thousand(receiving));
  CHECK(sending < allowed);
  CHECK(receiving < allowed);
}

} // namespace

TEST_CASE("allocations: fewer than one per thousand messages, two processes") {
  const auto backend = GENERATE(from_range(backends()));
  const std::string transport = GENERATE("tcp", "ipc");
  const std::size_t size = GENERATE(16, 64, 128, 256);
  CAPTURE(name_of(backend), transport, size);
  require_few(backend, transport, size, {});
}

TEST_CASE("allocations: fewer than one per thousand messages, CURVE") {
  const auto backend = GENERATE(from_range(backends()));
  const std::size_t size = GENERATE(16, 256);
  CAPTURE(name_of(backend), size);
  require_few(backend, "tcp", size, curve_keypair());
}

TEST_CASE("allocations: fewer than one per thousand messages, inproc") {
  const std::size_t size = GENERATE(16, 64, 128, 256);
  CAPTURE(size);
  auto ctx = make_context(io_backend::epoll);
  auto pull = ctx.socket(socket_type::pull);
  pull.set(option::rcvtimeo, std::chrono::milliseconds{20'000});
  pull.bind("inproc://allocations");
  std::thread sender{[&] {
    auto push = ctx.socket(socket_type::push);
    push.set(option::sndtimeo, std::chrono::milliseconds{20'000});
    push.connect("inproc://allocations");
    send_many(push, size, warm_up + measured + warm_up);
  }};
  // One process: the count covers both ends.
  const auto both = count_receiving(pull, size);
  sender.join();
  WARN("mallocs per 1,000 on inproc, " << size << " B: both ends "
                                       << per_thousand(both));
  CHECK(both < allowed);
}

} // namespace zmqrt::test
