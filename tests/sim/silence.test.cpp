// SPDX-License-Identifier: MPL-2.0
//
// Peers that say nothing, too little, or not in time: the handshake limit and
// heartbeats, in virtual time.

#include <algorithm>
#include <deque>

#include "tests/sim/raw_peer.hpp"
#include "tests/sim/stage.hpp"
#include "tests/support/catch.hpp"

using namespace zmqrt;
using namespace zmqrt::sim_test;
using namespace std::chrono_literals;

namespace {

constexpr duration slack = 10ms;
constexpr auto endpoint = "tcp://127.0.0.1:5999";

/// PUSH and PULL, connected; reactor 0 is PULL's, reactor 1 PUSH's.
struct linked {
  explicit linked(stage& on)
    : pull(on.open(socket_type::pull)), push(on.open(socket_type::push)) {
  }
  void join(stage& on) {
    REQUIRE(on.bind(*pull, endpoint).empty());
    auto events = pull->handle().monitor();
    REQUIRE(on.connect(*push, endpoint).empty());
    REQUIRE(on.await(events, event_kind::handshake_succeeded));
  }
  std::unique_ptr<actor_node> pull;
  std::unique_ptr<actor_node> push;
};

} // namespace

TEST_CASE("silence: HANDSHAKE_IVL is in total, also for one byte a second") {
  stage on;
  const auto pull = on.open(socket_type::pull);
  const auto limit = GENERATE(500ms, 3500ms);
  pull->handle().set(option::handshake_ivl, limit);
  auto events = pull->handle().monitor();
  REQUIRE(on.bind(*pull, endpoint).empty());
  raw_peer client{on};
  client.dial();
  const duration took = client.trickle(1h);
  CHECK(took > limit - slack);
  CHECK(took < limit + slack);
  CHECK(on.await(events, event_kind::handshake_failed_no_detail, 1s));
}

TEST_CASE("silence: the connecting side limits the handshake, and retries") {
  stage on;
  raw_peer server{on};
  server.listen();
  const auto push = on.open(socket_type::push);
  push->handle().set(option::handshake_ivl, 2500ms);
  auto events = push->handle().monitor();
  REQUIRE(on.connect(*push, endpoint).empty());
  server.await_client();
  const duration took = server.trickle(1h);
  CHECK(took > 2500ms - slack);
  CHECK(took < 2500ms + slack);
  CHECK(on.await(events, event_kind::connect_retried, 1s));
  (*server.peer)->close();
  on.world().run_for(1s);
  CHECK(server.at_door.accepted.size() == 1);
}

TEST_CASE("silence: HANDSHAKE_IVL 0 waits for ever") {
  stage on;
  const auto pull = on.open(socket_type::pull);
  pull->handle().set(option::handshake_ivl, 0ms);
  REQUIRE(on.bind(*pull, endpoint).empty());
  raw_peer client{on};
  client.dial();
  on.world().run_for(48h);
  CHECK(client.peer->ends.empty());
}

TEST_CASE("silence: of a flood MAX_HANDSHAKES are left, until HANDSHAKE_IVL") {
  constexpr std::size_t most = 20;
  stage on;
  const auto pull = on.open(socket_type::pull);
  pull->handle().set(option::max_handshakes, int{most});
  pull->handle().set(option::handshake_ivl, 5s);
  auto events = pull->handle().monitor();
  REQUIRE(on.bind(*pull, endpoint).empty());
  std::deque<raw_peer> flood;
  const auto dial = [&](std::size_t count) {
    for (std::size_t i = 0; i < count; ++i)
      flood.emplace_back(on).dial();
    on.world().run_for(slack);
  };
  const auto ended = [&](std::size_t from, std::size_t to) {
    return std::count_if(
      flood.begin() + static_cast<std::ptrdiff_t>(from),
      flood.begin() + static_cast<std::ptrdiff_t>(to),
      [](const auto& each) { return !each.peer->ends.empty(); });
  };
  dial(most + 10); // within the time that each has
  CHECK(ended(0, most) == 0);
  CHECK(ended(most, most + 10) == 10);
  on.world().run_for(1s);
  const time_point begun = on.now();
  dial(15);
  CHECK(ended(0, 15) == 15); // the oldest
  CHECK(ended(15, most) == 0);
  CHECK(ended(most + 10, most + 25) == 0);
  for (std::size_t i = 0; i < most + 25; ++i)
    REQUIRE(on.await(events, event_kind::handshake_failed_no_detail));
  CHECK(on.now() - begun <= 5s + 2 * slack);
  const auto push = on.open(socket_type::push);
  REQUIRE(on.connect(*push, endpoint).empty());
  CHECK(on.await(events, event_kind::handshake_succeeded, 1s));
}

TEST_CASE("silence: honest peers come in amid a flood that goes on") {
  stage on;
  const auto pull = on.open(socket_type::pull);
  // More than come in the time that each has.
  pull->handle().set(option::max_handshakes, 300);
  auto events = pull->handle().monitor(
    static_cast<std::uint32_t>(event_kind::handshake_succeeded));
  REQUIRE(on.bind(*pull, endpoint).empty());
  std::deque<raw_peer> flood;
  const auto goes_on = [&] {
    for (int i = 0; i < 20; ++i) { // 2,000 in a second
      flood.emplace_back(on).dial();
      on.world().run_for(500us);
    }
  };
  for (int i = 0; i < 50; ++i)
    goes_on();
  std::vector<std::unique_ptr<actor_node>> honest;
  for (int i = 0; i < 5; ++i) {
    honest.push_back(on.open(socket_type::push));
    honest.back()->handle().set(option::reconnect_ivl, -1ms); // one try
    REQUIRE(on.connect(*honest.back(), endpoint).empty());
    for (int j = 0; j < 10 && !events.try_recv(); ++j) {
      goes_on();
      REQUIRE(j < 9);
    }
  }
}

TEST_CASE("silence: a frozen peer is noticed by heartbeats") {
  stage on;
  linked both{on};
  both.push->handle().set(option::heartbeat_ivl, 200ms);
  both.push->handle().set(option::heartbeat_timeout, 700ms);
  both.join(on);
  auto events = both.push->handle().monitor();
  on.world().run_for(10min); // alive: nothing happens
  CHECK_FALSE(on.await(events, event_kind::disconnected, 1s));
  const time_point frozen = on.now();
  on.world().freeze(on.fabric().loop(0), true);
  REQUIRE(on.await(events, event_kind::disconnected, 1h));
  CHECK(on.now() - frozen >= 700ms - slack);
  CHECK(on.now() - frozen <= 200ms + 700ms + slack);
  on.world().freeze(on.fabric().loop(0), false);
  CHECK(on.await(events, event_kind::handshake_succeeded, 1min));
}

TEST_CASE("silence: a silent network is noticed by heartbeats") {
  stage on;
  linked both{on};
  both.pull->handle().set(option::heartbeat_ivl, 300ms);
  both.join(on); // the timeout is the interval where none is set
  auto events = both.pull->handle().monitor();
  const time_point cut = on.now();
  on.world().network().silence(endpoint, true);
  REQUIRE(on.await(events, event_kind::disconnected, 1h));
  CHECK(on.now() - cut <= 600ms + slack);
  on.world().network().silence(endpoint, false);
}

TEST_CASE("silence: HEARTBEAT_TTL is honoured by the other side") {
  stage on;
  linked both{on};
  both.push->handle().set(option::heartbeat_ivl, 200ms);
  both.push->handle().set(option::heartbeat_ttl, 1500ms);
  both.join(on);
  auto events = both.pull->handle().monitor();
  on.world().run_for(1min);
  CHECK_FALSE(on.await(events, event_kind::disconnected, 1s));
  const time_point frozen = on.now();
  on.world().freeze(on.fabric().loop(1), true);
  REQUIRE(on.await(events, event_kind::disconnected, 1h));
  CHECK(on.now() - frozen >= 1300ms - slack);
  CHECK(on.now() - frozen <= 1500ms + slack);
  on.world().freeze(on.fabric().loop(1), false);
}

TEST_CASE("silence: a receiver at its HWM is not dead, nor is its peer") {
  stage on;
  linked both{on};
  both.pull->handle().set(option::rcvhwm, 1);
  const bool pull_beats = GENERATE(true, false);
  const bool push_beats = GENERATE(true, false);
  for (auto* each : {both.pull.get(), both.push.get()}) {
    if (each == both.pull.get() ? !pull_beats : !push_beats)
      continue;
    each->handle().set(option::heartbeat_ivl, 100ms);
    each->handle().set(option::heartbeat_timeout, 300ms);
  }
  both.join(on);
  on.world().run_for(1s); // time for a PING
  auto pull_events = both.pull->handle().monitor();
  auto push_events = both.push->handle().monitor();
  REQUIRE(on.fill(*both.push, 1000, 500) == 500);
  on.world().run_for(10min);
  CHECK_FALSE(on.await(pull_events, event_kind::disconnected, 1s));
  CHECK_FALSE(on.await(push_events, event_kind::disconnected, 1s));
  int got = 0;
  on.world().run_until(
    [&] {
      while (both.pull->try_recv())
        ++got;
      return got == 500;
    },
    on.now() + 1min);
  CHECK(got == 500);
}
