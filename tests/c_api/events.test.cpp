// SPDX-License-Identifier: MPL-2.0
//
// The order of events, for success, refusal, failure, loss, retry and close.
// How a monitor begins and ends is in monitor.test.cpp. What libzmq tells
// otherwise stands beside ours.

#include <optional>

#include "tests/actors/raw_peer.hpp"
#include "tests/c_api/c_scene.hpp"
#include "tests/support/eventually.hpp"

namespace zmqrt::test {

namespace {

void expect_all(monitor& from, std::initializer_list<int> kinds) {
  for (const int each : kinds)
    from.expect(each);
}

/// How each attempt of a connect begins.
void expect_attempt(monitor& from, const scene& it) {
  if (it.transport == "tcp") // ipc connects within the call
    from.expect(ZMQ_EVENT_CONNECT_DELAYED);
}

} // namespace

TEST_CASE("events: success, on both sides") {
  OVER_WIRES(transport);
  scene it{transport};
  auto pull = it.open(ZMQ_PULL);
  auto push = it.open(ZMQ_PUSH);
  monitor at_pull{it.ctx, pull};
  monitor at_push{it.ctx, push};
  const auto endpoint = pull.bind(it.fresh());
  push.connect(endpoint);
  CHECK(at_pull.expect(ZMQ_EVENT_LISTENING).endpoint == endpoint);
  CHECK(at_pull.expect(ZMQ_EVENT_ACCEPTED).endpoint == endpoint);
  CHECK(at_pull.expect(ZMQ_EVENT_HANDSHAKE_SUCCEEDED).value == 0);
  expect_attempt(at_push, it);
  CHECK(at_push.expect(ZMQ_EVENT_CONNECTED).endpoint == endpoint);
  CHECK(at_push.expect(ZMQ_EVENT_HANDSHAKE_SUCCEEDED).value == 0);
  require_passes(push, pull, "x");
  CHECK_FALSE(at_pull.next(0));
  CHECK_FALSE(at_push.next(0));
}

TEST_CASE("events: loss and the way back") {
  OVER_WIRES(transport);
  scene it{transport};
  std::optional<socket> pull{it.open(ZMQ_PULL)};
  const auto endpoint = pull->bind(it.fresh());
  auto push = it.open(ZMQ_PUSH);
  push.set(ZMQ_RECONNECT_IVL, 3);
  monitor events{it.ctx, push};
  push.connect(endpoint);
  expect_attempt(events, it);
  expect_all(events, {ZMQ_EVENT_CONNECTED, ZMQ_EVENT_HANDSHAKE_SUCCEEDED});
  pull->close();
  CHECK(events.expect(ZMQ_EVENT_DISCONNECTED).endpoint == endpoint);
  events.expect(ZMQ_EVENT_CONNECT_RETRIED);
  expect_attempt(events, it);
  expect_all(events, {ZMQ_EVENT_CLOSED, ZMQ_EVENT_CONNECT_RETRIED});
  pull.emplace(it.open(ZMQ_PULL));
  while (zmq_bind(pull->get(), endpoint.c_str()) != 0)
    REQUIRE(errno == EADDRINUSE); // libzmq closes some time later
  events.await(ZMQ_EVENT_CONNECTED);
  events.expect(ZMQ_EVENT_HANDSHAKE_SUCCEEDED);
  require_passes(push, *pull, "x");
  CHECK_FALSE(events.next(0));
}

TEST_CASE("events: a handshake that fails, on both sides") {
  OVER_WIRES(transport);
  scene it{transport};
  auto pull = it.open(ZMQ_PULL);
  auto other = it.open(ZMQ_PULL); // PULL with PULL
  other.set(ZMQ_RECONNECT_IVL, 3);
  monitor at_pull{it.ctx, pull};
  monitor at_other{it.ctx, other};
  other.connect(pull.bind(it.fresh()));
  expect_all(at_pull, {ZMQ_EVENT_LISTENING, ZMQ_EVENT_ACCEPTED});
  expect_attempt(at_other, it);
  at_other.expect(ZMQ_EVENT_CONNECTED);
  if (ours()) {
    // Who reads the other's READY first ends it, maybe before its own is out:
    // then the other one sees no more than the end.
    const int one = at_pull.expect(handshake_failed).kind;
    const int two = at_other.expect(handshake_failed).kind;
    CHECK((one == ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL
           || two == ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL));
    at_pull.expect(ZMQ_EVENT_DISCONNECTED);
    at_other.expect(ZMQ_EVENT_DISCONNECTED);
  } else {
    at_pull.expect(handshake_failed | ZMQ_EVENT_DISCONNECTED);
    at_other.expect(handshake_failed | ZMQ_EVENT_DISCONNECTED);
  }
}

TEST_CASE("events: unbind, disconnect and close") {
  OVER_WIRES(transport);
  scene it{transport};
  auto pull = it.open(ZMQ_PULL);
  auto push = it.open(ZMQ_PUSH);
  monitor at_pull{it.ctx, pull};
  monitor at_push{it.ctx, push};
  const auto endpoint = pull.bind(it.fresh());
  push.connect(endpoint);
  at_pull.await(ZMQ_EVENT_HANDSHAKE_SUCCEEDED);
  at_push.await(ZMQ_EVENT_HANDSHAKE_SUCCEEDED);
  pull.unbind(endpoint);
  CHECK(at_pull.await(ZMQ_EVENT_CLOSED).endpoint == endpoint);
  push.disconnect(endpoint);
  if (ours()) { // libzmq says nothing of it
    at_push.expect(ZMQ_EVENT_DISCONNECTED);
    at_pull.expect(ZMQ_EVENT_DISCONNECTED);
  }
  pull.close();
  push.close();
  at_pull.await(ZMQ_EVENT_MONITOR_STOPPED);
  at_push.await(ZMQ_EVENT_MONITOR_STOPPED);
}

TEST_CASE("events: an endpoint that cannot be bound") {
  scene it{"tcp"};
  auto pull = it.open(ZMQ_PULL);
  const auto endpoint = pull.bind(it.fresh());
  auto other = it.open(ZMQ_PULL);
  monitor events{it.ctx, other};
  CHECK(errno_of(zmq_bind(other.get(), endpoint.c_str())) == EADDRINUSE);
  // libzmq closes first what it could not bind.
  const auto failed = ours() ? events.expect(ZMQ_EVENT_BIND_FAILED)
                             : events.await(ZMQ_EVENT_BIND_FAILED);
  CHECK(failed.value == EADDRINUSE);
  if (ours()) // libzmq leaves the transport out
    CHECK(failed.endpoint == endpoint);
}

TEST_CASE("events: those who come and go beside a monitor that is not read") {
  if (!ours()) // a full monitor blocks the socket
    return;
  OVER_WIRES(transport);
  scene it{transport};
  auto pull = it.open(ZMQ_PULL);
  const auto endpoint = pull.bind(it.fresh());
  checked(zmq_socket_monitor(pull.get(), "inproc://unread", ZMQ_EVENT_ALL),
          "zmq_socket_monitor");
  auto unread = it.connected(ZMQ_PAIR, "inproc://unread");
  auto push = it.connected(ZMQ_PUSH, endpoint);
  constexpr int rounds = 1100; // three events each
  for (int i = 0; i < rounds; ++i) {
    const raw_peer garbage{endpoint};
    REQUIRE(garbage.write("GET / HTTP/1.1\r\n\r\n"));
    (void)garbage.read_to_end();
    require_passes(push, pull, "x");
  }
  // What is there is whole: never half an event.
  int kept = 0;
  for (; unread.try_recv(); ++kept) {
    REQUIRE(unread.receives_more());
    REQUIRE(unread.recv() == endpoint);
    REQUIRE_FALSE(unread.receives_more());
  }
  CHECK(kept > 100);
  CHECK(kept < 3 * rounds);
}

} // namespace zmqrt::test
