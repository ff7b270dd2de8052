// SPDX-License-Identifier: MPL-2.0
//
// The tail of what a libzmq sender has sent: the sender has closed, waited for
// its linger and is gone, while our reader stands still at RCVHWM and a part of
// the tail is in the kernel. With a libzmq reader (4.3.4) in our place, these
// cases lose 3 to 28 messages on ipc.

#include "tests/interop/peer.hpp"
#include "tests/interop/zmqrt_side.hpp"

namespace zmqrt::test {

namespace {

// 8 MB, more than the kernel holds between two sockets.
const traffic megabytes{8000, {1000, 999, 1001}, 1};

/// Returns once the context's reactor has met everything that the kernel had
/// to say to it before.
void pass_through_reactor(context& ctx) {
  auto here = make_socket(ctx, socket_type::pair);
  auto there = make_socket(ctx, socket_type::pair);
  there.connect(here.bind("tcp://127.0.0.1:*"));
  there.send("is there anything else?");
  REQUIRE(here.recv().size() == 1);
}

/// All but the last `tail` messages are read once the sender has asked for its
/// end, which it reaches when the kernel has taken the tail; the tail is read
/// when the sender's process is gone.
void require_tail(const place& where, std::uint64_t tail) {
  CAPTURE(tail);
  link it{where,
          socket_type::pull,
          implementation::libzmq,
          "PUSH",
          {{"sndhwm", 0}, {"linger", -1}}};
  it.ours.set(option::rcvhwm, 10);
  auto events = it.ours.monitor();
  it.join(true);
  await_event(events, event_kind::handshake_succeeded);
  it.theirs.start_send(megabytes);
  const auto sent = it.theirs.sent();
  it.theirs.tell({{"do", "term"}});
  checksum received;
  const auto receive = [&](std::uint64_t count) {
    for (std::uint64_t i = 0; i < count; ++i)
      add_message(received, it.ours.recv());
  };
  receive(megabytes.count - tail);
  REQUIRE(it.theirs.next().at("event") == "terminated");
  it.theirs.program().close_stdin();
  REQUIRE(it.theirs.program().wait() == 0);
  pass_through_reactor(it.ctx);
  // The connection is not over while the kernel has something of it for us.
  REQUIRE_FALSE(events.try_recv());
  receive(tail);
  REQUIRE(received.value() == sent);
  await_event(events, event_kind::disconnected);
  REQUIRE_FALSE(it.ours.try_recv());
}

} // namespace

TEST_CASE("tail: tcp keeps a megabyte for us when its sender has gone") {
  ON_EVERY(where, over_tcp());
  // A loopback connection's send buffer starts at 2.5 MB.
  require_tail(where, GENERATE(200, 1000));
}

TEST_CASE("tail: ipc keeps what a sender left when it hung up") {
  ON_EVERY(where, places_of({"ipc"}));
  // A unix socket calls itself writable only below a quarter of its buffer
  // (52 KiB by default), and libzmq does not end before it does. Where in the
  // last read of 64 KiB our reader stops is chance: hence several.
  require_tail(where, GENERATE(12, 16, 20, 24, 28, 32, 36, 40));
}

} // namespace zmqrt::test
