// SPDX-License-Identifier: MPL-2.0
//
// Endpoints that come and go: connect before bind, bind again, reconnecting,
// disconnecting, and what is at the end of a connection that is not to be.

#include <deque>
#include <optional>

#include "tests/actors/raw_peer.hpp"
#include "tests/c_api/c_scene.hpp"
#include "tests/support/eventually.hpp"

namespace zmqrt::test {

namespace {

/// libzmq frees an endpoint some time after unbind and close.
void bind_again(socket& at, const std::string& endpoint) {
  if (ours())
    at.bind(endpoint);
  else
    eventually_is(
      [&] { return errno_of(zmq_bind(at.get(), endpoint.c_str())); }, 0);
}

} // namespace

TEST_CASE("endpoints: connect before bind") {
  OVER_ALL(transport);
  scene it{transport};
  const auto endpoint = it.vacant();
  auto push = it.open(ZMQ_PUSH);
  push.set(ZMQ_RECONNECT_IVL, 1);
  push.connect(endpoint);
  send_numbered(push, 100);
  auto pull = it.open(ZMQ_PULL);
  pull.bind(endpoint);
  recv_numbered(pull, 100);
}

TEST_CASE("endpoints: bind again after unbind") {
  OVER_ALL(transport);
  scene it{transport};
  auto pull = it.open(ZMQ_PULL);
  const auto endpoint = pull.bind(it.fresh());
  for (std::size_t round = 0; round < 10; ++round) {
    auto push = it.open(ZMQ_PUSH);
    push.set(ZMQ_RECONNECT_IVL, 1);
    push.connect(endpoint);
    send_numbered(push, 10, 0, round * 10);
    recv_numbered(pull, 10, 0, round * 10);
    pull.unbind(endpoint);
    bind_again(pull, endpoint);
    CHECK(pull.last_endpoint() == endpoint);
  }
}

TEST_CASE("endpoints: what was accepted lives on after unbind") {
  OVER_ALL(transport);
  scene it{transport};
  auto pull = it.open(ZMQ_PULL);
  const auto endpoint = pull.bind(it.fresh());
  auto push = it.connected(ZMQ_PUSH, endpoint);
  require_passes(push, pull, "before");
  pull.unbind(endpoint);
  push.send("after");
  if (ours()) // with libzmq nobody gets it
    CHECK(pull.recv() == "after");
  CHECK(errno_of(zmq_unbind(pull.get(), endpoint.c_str())) == ENOENT);
}

TEST_CASE("endpoints: a place that is taken is EADDRINUSE") {
  OVER_ALL(transport);
  scene it{transport};
  const auto endpoint = it.vacant();
  for (int round = 0; round < 10; ++round) {
    auto pull = it.open(ZMQ_PULL);
    bind_again(pull, endpoint);
    auto other = it.open(ZMQ_PULL);
    // libzmq takes an ipc endpoint from who has it.
    if (ours() || transport != "ipc")
      CHECK(errno_of(zmq_bind(other.get(), endpoint.c_str())) == EADDRINUSE);
    pull.close();
    bind_again(other, endpoint);
  }
}

TEST_CASE("endpoints: a server restarted ten times, its client's name kept") {
  OVER_WIRES(transport);
  scene it{transport};
  const auto endpoint = it.vacant();
  auto dealer = it.open(ZMQ_DEALER);
  dealer.set(ZMQ_ROUTING_ID, "client");
  dealer.set(ZMQ_RECONNECT_IVL, 1);
  monitor events{it.ctx, dealer};
  dealer.connect(endpoint);
  for (std::size_t round = 0; round < 10; ++round) {
    auto router = it.open(ZMQ_ROUTER);
    bind_again(router, endpoint);
    events.await(ZMQ_EVENT_HANDSHAKE_SUCCEEDED);
    for (std::size_t i = 0; i < 10; ++i) {
      dealer.send(numbered(i));
      REQUIRE(router.recv_parts() == parts{"client", numbered(i)});
      router.send_parts({"client", "back"});
      REQUIRE(dealer.recv() == "back");
    }
    router.close();
    events.await(ZMQ_EVENT_DISCONNECTED);
  }
}

TEST_CASE("endpoints: several of both kinds on one socket") {
  OVER_ALL(transport);
  scene it{transport};
  auto hub = it.open(ZMQ_PULL);
  std::deque<socket> pushes;
  for (int i = 0; i < 3; ++i) {
    pushes.emplace_back(it.connected(ZMQ_PUSH, hub.bind(it.fresh())));
    hub.connect(pushes.emplace_back(it.open(ZMQ_PUSH)).bind(it.fresh()));
  }
  for (auto& push : pushes)
    push.send("x");
  recv_times(hub, pushes.size(), "x");
}

TEST_CASE("endpoints: disconnect of a pending connect stops it") {
  OVER_ALL(transport);
  scene it{transport};
  const auto endpoint = it.vacant();
  auto push = it.open(ZMQ_PUSH);
  push.set(ZMQ_RECONNECT_IVL, 1);
  push.connect(endpoint);
  push.disconnect(endpoint);
  CHECK(errno_of(zmq_disconnect(push.get(), endpoint.c_str())) == ENOENT);
  // It is not there any more: nothing can be sent, nobody comes.
  eventually_is([&] { return push.number(ZMQ_EVENTS) & ZMQ_POLLOUT; }, 0);
  CHECK(push.refusal("gone") == EAGAIN);
  auto pull = it.open(ZMQ_PULL);
  std::optional<monitor> arrivals;
  if (it.is_wire())
    arrivals.emplace(it.ctx, pull);
  pull.bind(endpoint);
  push.connect(endpoint);
  require_passes(push, pull, "back");
  if (ours() && arrivals) { // libzmq may have been on its way
    arrivals->expect(ZMQ_EVENT_LISTENING);
    arrivals->expect(ZMQ_EVENT_ACCEPTED);
    arrivals->expect(ZMQ_EVENT_HANDSHAKE_SUCCEEDED);
    CHECK_FALSE(arrivals->next(0));
  }
}

TEST_CASE("endpoints: disconnect delivers what was sent before") {
  OVER_ALL(transport);
  scene it{transport};
  // libzmq loses on ipc what its reader has left in the kernel.
  auto pull = it.open(ZMQ_PULL, !ours() && transport == "ipc" ? 0 : 10);
  const auto endpoint = pull.bind(it.fresh());
  auto push = it.open_lingering(ZMQ_PUSH, 0);
  push.connect(endpoint);
  send_numbered(push, 2000, 500);
  push.disconnect(endpoint);
  recv_numbered(pull, 2000, 500);
}

// -- trying again -------------------------------------------------------------

TEST_CASE("endpoints: a refused connect is tried again after RECONNECT_IVL") {
  OVER_WIRES(transport);
  scene it{transport};
  const auto endpoint = it.vacant();
  auto push = it.open(ZMQ_PUSH);
  push.set(ZMQ_RECONNECT_IVL, 3);
  monitor events{it.ctx, push};
  push.connect(endpoint);
  for (int i = 0; i < 3; ++i) {
    if (transport == "tcp") // ipc connects within the call
      events.expect(ZMQ_EVENT_CONNECT_DELAYED);
    CHECK(events.expect(ZMQ_EVENT_CLOSED).endpoint == endpoint);
    const auto retried = events.expect(ZMQ_EVENT_CONNECT_RETRIED);
    // The interval, and less than another one of jitter.
    CHECK(retried.value >= 3);
    CHECK(retried.value < 6);
  }
}

TEST_CASE("endpoints: the interval doubles to its maximum") {
  scene it{"tcp"};
  auto push = it.open(ZMQ_PUSH);
  push.set(ZMQ_RECONNECT_IVL, 2);
  push.set(ZMQ_RECONNECT_IVL_MAX, 16);
  monitor events{it.ctx, push};
  push.connect(it.vacant());
  unsigned last = 0;
  for (int i = 0; i < 6; ++i) {
    const auto now = events.await(ZMQ_EVENT_CONNECT_RETRIED).value;
    CHECK(now + 2 > last); // but for the jitter
    last = now;
  }
  CHECK(last >= 16);
  CHECK(last <= 18);
}

TEST_CASE("endpoints: RECONNECT_IVL -1 is never") {
  OVER_WIRES(transport);
  scene it{transport};
  const auto endpoint = it.vacant();
  auto push = it.open(ZMQ_PUSH);
  push.set(ZMQ_RECONNECT_IVL, -1);
  monitor events{it.ctx, push};
  push.connect(endpoint);
  events.await(ZMQ_EVENT_CLOSED);
  // Others have had many tries by now.
  auto busy = it.open(ZMQ_PUSH);
  busy.set(ZMQ_RECONNECT_IVL, 1);
  monitor tries{it.ctx, busy};
  busy.connect(endpoint);
  for (int i = 0; i < 20; ++i)
    tries.await(ZMQ_EVENT_CONNECT_RETRIED);
  CHECK_FALSE(events.next(0));
}

TEST_CASE("endpoints: RECONNECT_STOP ends who is refused") {
  constexpr int reconnect_stop = 109; // a draft's number, and its value
  constexpr int if_refused = 1;
  if (!ours())
    return;
  scene it{"tcp"};
  auto push = it.open(ZMQ_PUSH);
  push.set(ZMQ_RECONNECT_IVL, 1);
  push.set(reconnect_stop, if_refused);
  monitor events{it.ctx, push};
  push.connect(it.vacant());
  events.await(ZMQ_EVENT_CLOSED);
  push.close();
  events.expect(ZMQ_EVENT_MONITOR_STOPPED); // and nothing before
}

TEST_CASE("endpoints: a handshake that failed is not tried again") {
  OVER_WIRES(transport);
  scene it{transport};
  const raw_server server{transport == "tcp" ? "tcp://127.0.0.1:0"
                                             : it.fresh()};
  auto push = it.open(ZMQ_PUSH);
  push.set(ZMQ_RECONNECT_IVL, 1);
  monitor events{it.ctx, push};
  push.connect(server.endpoint());
  const auto peer = server.accept();
  REQUIRE(peer.write(greeting() + ready("PUB"))); // not for a PUSH
  events.await(handshake_failed | ZMQ_EVENT_DISCONNECTED);
  (void)peer.read_to_end();
  auto busy = it.open(ZMQ_PUSH);
  busy.set(ZMQ_RECONNECT_IVL, 1);
  monitor tries{it.ctx, busy};
  busy.connect(it.vacant());
  for (int i = 0; i < 20; ++i)
    tries.await(ZMQ_EVENT_CONNECT_RETRIED);
  CHECK_FALSE(server.has_client());
  // The endpoint is gone, and may be asked for anew.
  eventually(
    [&] { return zmq_disconnect(push.get(), server.endpoint().c_str()); },
    [](int) { return true; });
  push.connect(server.endpoint());
  (void)server.accept();
}

TEST_CASE("endpoints: what is no endpoint, or of no use, is an error") {
  scene it{"tcp"};
  auto pull = it.open(ZMQ_PULL);
  const auto bind_errno = [&](const char* endpoint) {
    return errno_of(zmq_bind(pull.get(), endpoint));
  };
  CHECK(bind_errno("nonsense") == EINVAL);
  if (ours()) // libzmq binds another port
    CHECK(bind_errno("tcp://127.0.0.1:99999") == EINVAL);
  CHECK(bind_errno("nothing://here") == EPROTONOSUPPORT);
  CHECK(bind_errno("tcp://192.0.2.1:5555") == EADDRNOTAVAIL);
  CHECK(bind_errno("tcp://no.such.interface:*") == ENODEV);
  CHECK(errno_of(zmq_connect(pull.get(), "tcp://127.0.0.1:*")) == EINVAL);
  CHECK(errno_of(zmq_connect(pull.get(), "tcp://127.0.0.1")) == EINVAL);
  CHECK(errno_of(zmq_disconnect(pull.get(), "tcp://127.0.0.1:1")) == ENOENT);
  CHECK(errno_of(zmq_unbind(pull.get(), "tcp://127.0.0.1:1")) == ENOENT);
}

} // namespace zmqrt::test
