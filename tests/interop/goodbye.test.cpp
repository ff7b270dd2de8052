// SPDX-License-Identifier: MPL-2.0
//
// How connections end, with libzmq on the other side: what close and term
// promise, what a slow reader, a restarted or a frozen peer does.

#include <csignal>
#include <fstream>

#include "tests/interop/peer.hpp"
#include "tests/interop/zmqrt_side.hpp"

namespace zmqrt::test {

namespace {

using std::chrono::milliseconds;

const traffic thousands{5000, {1000}, 1};

/// A PUSH of ours and a PULL of theirs that takes in hardly anything.
link with_small_reader(const place& where) {
  return link{where,
              socket_type::push,
              implementation::libzmq,
              "PULL",
              {{"rcvhwm", 1}, {"rcvbuf", 4096}}};
}

/// What a tcp connection may have in its buffers, at most (tcp(7)).
std::uint64_t kernel_bytes() {
  std::uint64_t sum = 0;
  for (const char* each : {"tcp_rmem", "tcp_wmem"}) {
    std::ifstream limits(std::string{"/proc/sys/net/ipv4/"} + each);
    std::uint64_t least = 0;
    std::uint64_t usual = 0;
    std::uint64_t most = 0;
    REQUIRE(limits >> least >> usual >> most);
    sum += most;
  }
  return sum;
}

} // namespace

TEST_CASE("goodbye: close right after send loses nothing") {
  ON_EVERY(where, wires());
  const auto we_bind = GENERATE(true, false);
  CAPTURE(we_bind);
  link it{
    where, socket_type::push, implementation::libzmq, "PULL", {{"rcvhwm", 10}}};
  it.ours.set(option::sndhwm, 0);
  it.join(we_bind);
  it.theirs.ask({{"do", "await"}, {"monitor", "handshake_succeeded"}});
  const auto sum = send_traffic(it.ours, thousands);
  it.ours.close();
  // Only now does it read at all.
  it.theirs.start_recv(thousands.count);
  REQUIRE(it.theirs.received() == sum);
  REQUIRE(it.ctx.term_for(process::patience));
}

TEST_CASE("goodbye: close with unread input loses nothing of ours") {
  ON_EVERY(where, wires());
  link it{where,
          socket_type::pair,
          implementation::libzmq,
          "PAIR",
          {{"sndhwm", 0}, {"rcvhwm", 10}}};
  it.ours.set(option::sndhwm, 0);
  it.ours.set(option::rcvhwm, 10);
  it.join(false);
  it.theirs.start_send(thousands);
  it.theirs.sent();
  REQUIRE(it.ours.recv().bytes() == 1000);
  const auto sum = send_traffic(it.ours, thousands);
  it.ours.close();
  it.theirs.start_recv(thousands.count);
  REQUIRE(it.theirs.received() == sum);
}

TEST_CASE("goodbye: nothing is lost when a libzmq sender closes and goes") {
  ON_EVERY(where, wires());
  link it{where, socket_type::pull, implementation::libzmq, "PUSH"};
  it.ours.set(option::rcvhwm, 10);
  auto events = it.ours.monitor();
  it.join(true);
  await_event(events, event_kind::handshake_succeeded);
  // What the kernel holds, so that the sender can be gone before we read
  // (tail.test.cpp has more of it).
  const traffic tail{40, {1000}, 1};
  it.theirs.start_send(tail);
  const auto sum = it.theirs.sent();
  it.theirs.ask({{"do", "term"}});
  REQUIRE(recv_traffic(it.ours, tail.count) == sum);
}

TEST_CASE("goodbye: LINGER 0 drops at once, with a peer that never reads") {
  ON_EVERY(where, wires());
  auto it = with_small_reader(where);
  it.ours.set(option::linger, milliseconds{0});
  it.join(false);
  const message big{std::string(100'000, 'x')};
  while (it.ours.try_send(big)) {
  }
  REQUIRE(it.ctx.term_for(process::patience));
}

TEST_CASE("goodbye: LINGER n ends amid a slow reader, which gets a prefix") {
  ON_EVERY(where, wires());
  auto it = with_small_reader(where);
  it.ours.set(option::linger, milliseconds{300});
  it.ours.set(option::sndhwm, 0);
  it.ours.set(option::sndbuf, 65'536);
  it.join(false);
  constexpr int count = 200;
  const auto text = [](int number) {
    return std::to_string(number) + std::string(100'000, 'x');
  };
  for (int i = 0; i < count; ++i)
    it.ours.send(text(i));
  int heard = 0;
  const auto hear = [&] {
    const auto got = it.theirs.ask({{"do", "hear_within"}, {"ms", 300}});
    if (got.at("event") == "silence")
      return false;
    REQUIRE((got.at("frames") == json::array({text(heard)})));
    ++heard;
    return true;
  };
  REQUIRE(it.theirs.ask({{"do", "hear"}}).at("frames")
          == json::array({text(heard++)}));
  // One message for every 20 ms of the lingering.
  while (!it.ctx.term_for(milliseconds{20}))
    REQUIRE(hear());
  REQUIRE(it.ctx.unfinished().empty());
  while (hear()) {
  }
  REQUIRE(heard < count);
}

TEST_CASE("goodbye: LINGER -1 waits for a peer that does not read yet") {
  ON_EVERY(where, over_tcp());
  auto it = with_small_reader(where);
  it.join(false);
  const traffic big{200, {200'000}, 1};
  const auto sum = send_traffic(it.ours, big);
  REQUIRE_FALSE(it.ctx.term_for(milliseconds{50}));
  const auto left = it.ctx.unfinished();
  REQUIRE(left.size() == 1);
  REQUIRE(left[0].socket == "PUSH");
  it.theirs.start_recv(big.count);
  REQUIRE(it.theirs.received() == sum);
  REQUIRE(it.ctx.term_for(process::patience));
}

TEST_CASE("goodbye: a stalled libzmq reader bounds what we accept") {
  ON_EVERY(where, wires());
  link it{
    where, socket_type::push, implementation::libzmq, "PULL", {{"rcvhwm", 10}}};
  it.ours.set(option::sndhwm, 10);
  it.ours.set(option::linger, process::patience); // should this fail
  it.join(false);
  const traffic large{1, {1'000'000}, 1};
  checksum sum;
  std::uint64_t accepted = 0;
  // Both HWMs, what the kernel may hold, and a message in each process that
  // is on its way between them.
  const std::uint64_t most = 10 + 10 + kernel_bytes() / 1'000'000 + 2;
  while (
    accepted <= most
    && it.ours.send_for(make_message(large, accepted, sum), milliseconds{300}))
    ++accepted;
  REQUIRE(accepted >= 10);
  REQUIRE(accepted <= most);
  // What was refused is not among those that arrive.
  it.theirs.start_recv(accepted);
  checksum expected;
  for (std::uint64_t i = 0; i < accepted; ++i)
    (void)make_message(large, i, expected);
  REQUIRE(it.theirs.received() == expected.value());
  it.ours.send("next");
  REQUIRE(it.theirs.ask({{"do", "hear"}}).at("frames") == json({"next"}));
}

TEST_CASE("goodbye: a peer restarted ten times on one endpoint is found") {
  ON_EVERY(where, wires());
  const temporary_directory directory;
  auto ctx = make_context(where.backend);
  auto pull = make_socket(ctx, socket_type::pull);
  pull.set(option::reconnect_ivl, milliseconds{5});
  auto endpoint = fresh_endpoint(where.transport, directory);
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
  ON_EVERY(where, over_tcp());
  link it{where, socket_type::pull, implementation::libzmq, "PUSH"};
  it.ours.set(option::heartbeat_ivl, milliseconds{100});
  it.ours.set(option::heartbeat_timeout, milliseconds{300});
  auto events = it.ours.monitor();
  it.join(true);
  await_event(events, event_kind::handshake_succeeded);
  it.theirs.program().signal(SIGSTOP);
  await_event(events, event_kind::disconnected);
  it.theirs.program().signal(SIGCONT);
  // Alive again, it comes back by itself.
  await_event(events, event_kind::handshake_succeeded);
  it.theirs.ask({{"do", "say"}, {"frames", {"awake"}}});
  REQUIRE(it.ours.recv().str() == "awake");
}

} // namespace zmqrt::test
