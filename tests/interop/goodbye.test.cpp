// SPDX-License-Identifier: MPL-2.0
//
// How connections end, with libzmq on the other side: what close and term
// promise, what a slow reader, a restarted or a frozen peer does.

#include <csignal>

#include "tests/interop/peer.hpp"
#include "tests/interop/zmqrt_side.hpp"

namespace zmqrt::test {

namespace {

using std::chrono::milliseconds;

const traffic thousands{5000, {1000}, 1};

} // namespace

TEST_CASE("goodbye: close right after send loses nothing") {
  const auto backend = GENERATE(from_range(backends()));
  const std::string transport = GENERATE("tcp", "ipc");
  const auto we_bind = GENERATE(true, false);
  CAPTURE(name_of(backend), transport, we_bind);
  const temporary_directory directory;
  peer slow{implementation::libzmq};
  slow.open("PULL", {{"rcvhwm", 10}});
  auto ctx = make_context(backend);
  auto push = make_socket(ctx, socket_type::push);
  push.set(option::sndhwm, 0);
  const auto endpoint = fresh_endpoint(transport, directory);
  if (we_bind)
    slow.connect(push.bind(endpoint));
  else
    push.connect(slow.bind(endpoint));
  slow.ask({{"do", "await"}, {"monitor", "handshake_succeeded"}});
  const auto sum = send_traffic(push, thousands);
  push.close();
  // Only now does it read at all.
  slow.start_recv(thousands.count);
  REQUIRE(slow.received() == sum);
  REQUIRE(ctx.term_for(process::patience));
}

TEST_CASE("goodbye: close with unread input loses nothing of ours") {
  const auto backend = GENERATE(from_range(backends()));
  const std::string transport = GENERATE("tcp", "ipc");
  CAPTURE(name_of(backend), transport);
  const temporary_directory directory;
  peer other{implementation::libzmq};
  other.open("PAIR", {{"sndhwm", 0}, {"rcvhwm", 10}});
  auto ctx = make_context(backend);
  auto pair = make_socket(ctx, socket_type::pair);
  pair.set(option::sndhwm, 0);
  pair.set(option::rcvhwm, 10);
  pair.connect(other.bind(fresh_endpoint(transport, directory)));
  other.start_send(thousands);
  other.sent();
  REQUIRE(pair.recv().bytes() == 1000);
  const auto sum = send_traffic(pair, thousands);
  pair.close();
  other.start_recv(thousands.count);
  REQUIRE(other.received() == sum);
}

TEST_CASE("goodbye: nothing is lost when a libzmq sender closes and goes") {
  const auto backend = GENERATE(from_range(backends()));
  const std::string transport = GENERATE("tcp", "ipc");
  CAPTURE(name_of(backend), transport);
  const temporary_directory directory;
  auto ctx = make_context(backend);
  auto pull = make_socket(ctx, socket_type::pull);
  pull.set(option::rcvhwm, 10);
  auto events = pull.monitor();
  // What the kernel holds, so that the sender can be gone before we read. A
  // unix socket calls itself writable only below a quarter of its buffer
  // (52 KiB by default), and libzmq does not end before it does.
  const traffic tail{40, {1000}, 1};
  peer other{implementation::libzmq};
  other.open("PUSH");
  other.connect(pull.bind(fresh_endpoint(transport, directory)));
  await_event(events, event_kind::handshake_succeeded);
  other.start_send(tail);
  const auto sum = other.sent();
  other.ask({{"do", "term"}});
  REQUIRE(recv_traffic(pull, tail.count) == sum);
}

TEST_CASE("goodbye: LINGER 0 drops at once, with a peer that never reads") {
  const auto backend = GENERATE(from_range(backends()));
  const std::string transport = GENERATE("tcp", "ipc");
  CAPTURE(name_of(backend), transport);
  const temporary_directory directory;
  peer stalled{implementation::libzmq};
  stalled.open("PULL", {{"rcvhwm", 1}, {"rcvbuf", 4096}});
  auto ctx = make_context(backend);
  auto push = make_socket(ctx, socket_type::push);
  push.set(option::linger, milliseconds{0});
  push.connect(stalled.bind(fresh_endpoint(transport, directory)));
  const message big{std::string(100'000, 'x')};
  while (push.try_send(big)) {
  }
  REQUIRE(ctx.term_for(process::patience));
}

TEST_CASE("goodbye: LINGER -1 waits for a peer that does not read yet") {
  const auto backend = GENERATE(from_range(backends()));
  CAPTURE(name_of(backend));
  peer slow{implementation::libzmq};
  slow.open("PULL", {{"rcvhwm", 1}, {"rcvbuf", 4096}});
  auto ctx = make_context(backend);
  auto push = make_socket(ctx, socket_type::push);
  push.connect(slow.bind("tcp://127.0.0.1:*"));
  const traffic big{200, {200'000}, 1};
  const auto sum = send_traffic(push, big);
  REQUIRE_FALSE(ctx.term_for(milliseconds{50}));
  const auto left = ctx.unfinished();
  REQUIRE(left.size() == 1);
  REQUIRE(left[0].socket == "PUSH");
  slow.start_recv(big.count);
  REQUIRE(slow.received() == sum);
  REQUIRE(ctx.term_for(process::patience));
}

TEST_CASE("goodbye: a stalled libzmq reader bounds what we accept") {
  const auto backend = GENERATE(from_range(backends()));
  const std::string transport = GENERATE("tcp", "ipc");
  CAPTURE(name_of(backend), transport);
  const temporary_directory directory;
  peer stalled{implementation::libzmq};
  stalled.open("PULL", {{"rcvhwm", 10}});
  auto ctx = make_context(backend);
  auto push = make_socket(ctx, socket_type::push);
  push.set(option::sndhwm, 10);
  push.connect(stalled.bind(fresh_endpoint(transport, directory)));
  const traffic large{1, {1'000'000}, 1};
  checksum sum;
  std::uint64_t accepted = 0;
  // Both HWMs, and at most 16 MiB that the kernel and buffers may hold.
  constexpr std::uint64_t most = 10 + 10 + 16;
  while (
    accepted <= most
    && push.send_for(make_message(large, accepted, sum), milliseconds{300}))
    ++accepted;
  REQUIRE(accepted >= 10);
  REQUIRE(accepted <= most);
  // What was refused is not among those that arrive.
  stalled.start_recv(accepted);
  checksum expected;
  for (std::uint64_t i = 0; i < accepted; ++i)
    (void)make_message(large, i, expected);
  REQUIRE(stalled.received() == expected.value());
  push.send("next");
  REQUIRE(stalled.ask({{"do", "hear"}}).at("frames") == json({"next"}));
}

TEST_CASE("goodbye: a peer restarted ten times on one endpoint is found") {
  const auto backend = GENERATE(from_range(backends()));
  const std::string transport = GENERATE("tcp", "ipc");
  CAPTURE(name_of(backend), transport);
  const temporary_directory directory;
  auto ctx = make_context(backend);
  auto pull = make_socket(ctx, socket_type::pull);
  pull.set(option::reconnect_ivl, milliseconds{5});
  auto endpoint = fresh_endpoint(transport, directory);
  for (int i = 0; i < 10; ++i) {
    peer server{implementation::libzmq};
    server.open("PUSH");
    endpoint = server.bind(endpoint);
    if (i == 0)
      pull.connect(endpoint);
    server.ask({{"do", "say"}, {"frames", {std::to_string(i)}}});
    REQUIRE(pull.recv().str() == std::to_string(i));
    server.ask({{"do", "term"}});
  }
}

TEST_CASE("goodbye: a frozen peer is noticed by heartbeats") {
  const auto backend = GENERATE(from_range(backends()));
  CAPTURE(name_of(backend));
  auto ctx = make_context(backend);
  auto pull = make_socket(ctx, socket_type::pull);
  pull.set(option::heartbeat_ivl, milliseconds{100});
  pull.set(option::heartbeat_timeout, milliseconds{300});
  auto events = pull.monitor();
  peer frozen{implementation::libzmq};
  frozen.open("PUSH");
  frozen.connect(pull.bind("tcp://127.0.0.1:*"));
  await_event(events, event_kind::handshake_succeeded);
  frozen.program().signal(SIGSTOP);
  await_event(events, event_kind::disconnected);
  frozen.program().signal(SIGCONT);
  // Alive again, it comes back by itself.
  await_event(events, event_kind::handshake_succeeded);
  frozen.ask({{"do", "say"}, {"frames", {"awake"}}});
  REQUIRE(pull.recv().str() == "awake");
}

} // namespace zmqrt::test
