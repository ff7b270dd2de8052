// SPDX-License-Identifier: MPL-2.0
//
// Peers that leave, in virtual time: what they sent before arrives, what they
// leave behind is bounded, and who is refused is told.

#include "tests/sim/raw_peer.hpp"
#include "tests/sim/stage.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/wire/transcripts.hpp"

using namespace zmqrt;
using namespace zmqrt::sim_test;
using namespace std::chrono_literals;

namespace {

constexpr auto endpoint = "tcp://127.0.0.1:5999";

std::string many(int count) {
  std::string out;
  for (int i = 0; i < count; ++i)
    out += wire_test::hex("00 01") + 'm';
  return out;
}

int take_all(actor_node& from) {
  int got = 0;
  while (from.try_recv())
    ++got;
  return got;
}

} // namespace

TEST_CASE("leaving: what was sent before arrives, also when our send fails") {
  stage on;
  constexpr int count = 1000; // the kernel holds them
  const auto pair = on.open(socket_type::pair);
  pair->handle().set(option::rcvhwm, 10);
  const bool by_heartbeat = GENERATE(true, false);
  if (by_heartbeat)
    pair->handle().set(option::heartbeat_ivl, 100ms);
  auto events = pair->handle().monitor();
  REQUIRE(on.bind(*pair, endpoint).empty());
  raw_peer client{on};
  client.dial();
  client.peer->send(wire_test::handshake_3("PAIR"));
  REQUIRE(on.await(events, event_kind::handshake_succeeded));
  client.peer->send(many(count));
  on.world().run_for(1s);
  REQUIRE(client.peer->sent
          == wire_test::handshake_3("PAIR").size() + 3 * count);
  (*client.peer)->close();
  on.world().run_for(10s);
  if (!by_heartbeat)
    for (int i = 0; i < 3; ++i) {
      message next{"x"};
      (void)pair->try_send(next);
      on.world().run_for(1s);
    }
  int got = 0;
  on.world().run_until(
    [&] {
      got += take_all(*pair);
      return got == count;
    },
    on.now() + 1min);
  CHECK(got == count);
}

TEST_CASE("leaving: a peer that comes and goes fills no inbox") {
  stage on;
  raw_peer server{on};
  server.listen();
  const auto pull = on.open(socket_type::pull);
  pull->handle().set(option::rcvhwm, 10);
  pull->handle().set(option::reconnect_ivl, 1ms);
  REQUIRE(on.connect(*pull, endpoint).empty());
  for (int i = 0; i < 100; ++i) {
    server.await_client();
    if (server.peer == nullptr)
      break; // it does not come again before somebody reads
    server.peer->send(wire_test::handshake_3("PUSH") + many(100)
                      + wire_test::hex("f8 00"));
    on.world().run_for(100ms);
    (*server.peer)->close();
    on.world().run_for(100ms);
    server.peer.reset();
  }
  // The mark, and what one read brings beyond it.
  CHECK(take_all(*pull) <= 10 + 100);
}

TEST_CASE("leaving: what a peer sends to a PUSH holds up nothing") {
  stage on;
  const auto push = on.open(socket_type::push);
  push->handle().set(option::rcvhwm, 10);
  auto events = push->handle().monitor();
  REQUIRE(on.bind(*push, endpoint).empty());
  raw_peer client{on};
  client.dial();
  client.peer->send(wire_test::handshake_3("PULL") + many(1000));
  REQUIRE(on.await(events, event_kind::handshake_succeeded));
  on.world().run_for(1s);
  (*client.peer)->close();
  CHECK(on.await(events, event_kind::disconnected, 1min));
}

TEST_CASE("leaving: who is refused gets our greeting all the same") {
  stage on;
  const auto pull = on.open(socket_type::pull);
  REQUIRE(on.bind(*pull, endpoint).empty());
  raw_peer client{on};
  client.dial();
  client.peer->send(wire_test::greeting_3("01", "504c41494e"));
  on.world().run_until([&] { return !client.peer->ends.empty(); },
                       on.now() + 10s);
  CHECK(client.peer->received.size() == 64);
  CHECK_FALSE(client.peer->ends.empty());
}

TEST_CASE("leaving: a disconnect with IMMEDIATE takes nothing new") {
  stage on;
  const auto pull = on.open(socket_type::pull);
  pull->handle().set(option::rcvhwm, 1);
  REQUIRE(on.bind(*pull, endpoint).empty());
  const auto push = on.open(socket_type::push);
  push->handle().set(option::immediate, true);
  auto events = push->handle().monitor();
  REQUIRE(on.connect(*push, endpoint).empty());
  REQUIRE(on.await(events, event_kind::handshake_succeeded));
  REQUIRE(on.fill(*push, 100, 50) == 50);
  push->disconnect(endpoint);
  REQUIRE(on.settle(*push).empty());
  on.world().run_for(1s);
  CHECK(on.fill(*push, 100, 1) == 0);
  int got = 0;
  on.world().run_until([&] { return (got += take_all(*pull)) == 50; },
                       on.now() + 1min);
  CHECK(got == 50);
}

TEST_CASE("leaving: an endpoint that is given up takes no messages along") {
  stage on;
  const auto pull = on.open(socket_type::pull);
  REQUIRE(on.bind(*pull, endpoint).empty());
  const auto push = on.open(socket_type::push);
  push->handle().set(option::reconnect_ivl, infinite);
  REQUIRE(on.connect(*push, "tcp://127.0.0.1:5998").empty()); // nobody there
  REQUIRE(on.connect(*push, endpoint).empty());
  REQUIRE(on.fill(*push, 10, 50) == 50);
  on.world().run_for(1s);
  REQUIRE(on.fill(*push, 10, 50) == 50);
  on.world().run_for(1s);
  CHECK(take_all(*pull) == 100);
  push->disconnect("tcp://127.0.0.1:5998");
  CHECK_FALSE(on.settle(*push).empty()); // as in libzmq, it is gone
}
