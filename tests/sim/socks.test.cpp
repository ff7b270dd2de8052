// SPDX-License-Identifier: MPL-2.0
//
// How long a SOCKS5 proxy may take (SOCKS_PROXY, CONNECT_TIMEOUT,
// HANDSHAKE_IVL of zmq_setsockopt(3)), in virtual time.

#include "tests/sim/raw_peer.hpp"
#include "tests/sim/stage.hpp"
#include "tests/support/catch.hpp"

using namespace zmqrt;
using namespace zmqrt::sim_test;
using namespace std::chrono_literals;

namespace {

using std::chrono::milliseconds;

constexpr duration slack = 10ms;
constexpr auto target = "tcp://target.invalid:9";

// RFC 1928: version 5 and the method without a login; version 5, granted, a
// reserved octet, an IPv4 address and its port.
constexpr std::string_view method{"\5\0", 2};
constexpr std::string_view granted{"\5\0\0\1\x7f\0\0\1\0\x9", 10};

/// A PUSH that goes through a proxy, which does what the test says.
struct tunnel {
  explicit tunnel(milliseconds connecting, milliseconds shaking)
    : proxy(on), push(on.open(socket_type::push)),
      events(push->handle().monitor()) {
    proxy.listen();
    auto handle = push->handle();
    handle.set(option::socks_proxy, "127.0.0.1:5999");
    handle.set(option::connect_timeout, connecting);
    handle.set(option::handshake_ivl, shaking);
    handle.set(option::reconnect_ivl, 100ms);
    begun = on.now();
    REQUIRE(on.connect(*push, target).empty());
  }

  /// The attempt ends after this time; the next one begins.
  void require_given_up_after(milliseconds limit) {
    const auto ended = on.await(events, event_kind::closed);
    REQUIRE(ended);
    CHECK(ended->remote == target);
    const duration took = on.now() - begun;
    CHECK(took >= limit);
    CHECK(took <= limit + slack);
    const auto retried = on.await(events, event_kind::connect_retried, 1s);
    REQUIRE(retried);
    begun = on.now() + milliseconds{retried->value};
  }

  stage on;
  raw_peer proxy;
  std::unique_ptr<actor_node> push;
  monitor events;
  time_point begun;
};

} // namespace

TEST_CASE("socks: a silent proxy has the shorter of two limits, each time") {
  const auto [connecting, shaking, limit] = GENERATE(
    table<milliseconds, milliseconds, milliseconds>({{700ms, 30s, 700ms},
                                                     {5s, 900ms, 900ms},
                                                     {0ms, 900ms, 900ms},
                                                     {700ms, 0ms, 700ms}}));
  CAPTURE(connecting.count(), shaking.count());
  tunnel it{connecting, shaking};
  for (int i = 0; i < 3; ++i)
    it.require_given_up_after(limit);
}

TEST_CASE("socks: without limits a silent proxy is waited for") {
  tunnel it{0ms, 0ms};
  CHECK_FALSE(it.on.await(it.events, event_kind::closed, 10h));
}

TEST_CASE("socks: the limit is for all that the proxy has to say") {
  tunnel it{700ms, 30s};
  it.proxy.await_client();
  REQUIRE(it.proxy.peer != nullptr);
  it.on.world().run_for(400ms);
  it.proxy.peer->send(method);
  it.on.world().run_for(200ms);
  CHECK(it.proxy.peer->received.find("target.invalid") != std::string::npos);
  it.require_given_up_after(700ms);
}

TEST_CASE("socks: behind the proxy the handshake has its own limit") {
  tunnel it{700ms, 900ms};
  it.proxy.await_client();
  REQUIRE(it.proxy.peer != nullptr);
  it.on.world().run_for(300ms);
  it.proxy.peer->send(method);
  it.on.world().run_for(300ms);
  it.proxy.peer->send(granted);
  REQUIRE(it.on.await(it.events, event_kind::connected, 50ms));
  const time_point open = it.on.now();
  REQUIRE(it.on.await(it.events, event_kind::handshake_failed_no_detail));
  const duration took = it.on.now() - open;
  CHECK(took >= 900ms - slack);
  CHECK(took <= 900ms + slack);
}
