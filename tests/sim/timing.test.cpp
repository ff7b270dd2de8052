// SPDX-License-Identifier: MPL-2.0
//
// How long things take, in virtual time: back-off, connect timeout, linger,
// the rest after a failed accept. Network delays are well below the slack.

#include "tests/sim/stage.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/transports/sim/sim_peers.hpp"

using namespace zmqrt;
using namespace zmqrt::sim_test;
using namespace std::chrono_literals;

namespace {

constexpr duration slack = 10ms;
constexpr auto nowhere = "tcp://127.0.0.1:5999";

/// Whether `took` is `wanted`, not less, and hardly more.
bool about(duration took, duration wanted) {
  return took >= wanted && took <= wanted + slack;
}

std::chrono::milliseconds retry_of(const std::optional<event>& from) {
  REQUIRE(from);
  return std::chrono::milliseconds{from->value};
}

} // namespace

TEST_CASE("timing: back-off doubles to its maximum, and starts anew") {
  stage on;
  const auto push = on.open(socket_type::push);
  push->handle().set(option::reconnect_ivl, 100ms);
  push->handle().set(option::reconnect_ivl_max, 1600ms);
  auto events = push->handle().monitor();
  REQUIRE(on.connect(*push, nowhere).empty());
  for (const auto base : {100ms, 200ms, 400ms, 800ms, 1600ms, 1600ms, 1600ms}) {
    const auto pause = retry_of(on.await(events, event_kind::connect_retried));
    CHECK(pause >= base);
    CHECK(pause < base + 100ms);
    const time_point armed = on.now();
    REQUIRE(on.await(events, event_kind::connect_delayed));
    CHECK(about(on.now() - armed, pause));
  }
  auto pull = on.open(socket_type::pull);
  REQUIRE(on.bind(*pull, nowhere).empty());
  REQUIRE(on.await(events, event_kind::handshake_succeeded));
  pull->close();
  const auto first = retry_of(on.await(events, event_kind::connect_retried));
  CHECK(first >= 100ms);
  CHECK(first < 200ms);
  const auto second = retry_of(on.await(events, event_kind::connect_retried));
  CHECK(second >= 200ms);
  CHECK(second < 300ms);
}

TEST_CASE("timing: without a maximum the interval stays, with jitter") {
  stage on;
  const auto push = on.open(socket_type::push);
  push->handle().set(option::reconnect_ivl, 50ms);
  auto events = push->handle().monitor();
  REQUIRE(on.connect(*push, nowhere).empty());
  std::chrono::milliseconds least = 1h;
  std::chrono::milliseconds most = 0ms;
  for (int i = 0; i < 40; ++i) {
    const auto pause = retry_of(on.await(events, event_kind::connect_retried));
    least = std::min(least, pause);
    most = std::max(most, pause);
  }
  CHECK(least >= 50ms);
  CHECK(least < 60ms);
  CHECK(most > 85ms);
  CHECK(most < 100ms);
}

TEST_CASE("timing: RECONNECT_IVL -1 is never") {
  stage on;
  const auto push = on.open(socket_type::push);
  push->handle().set(option::reconnect_ivl, infinite);
  REQUIRE(on.connect(*push, nowhere).empty());
  on.world().run_for(48h);
  CHECK(on.world().network().refusals() == 1);
}

TEST_CASE("timing: a flapping peer does not make the connector busy") {
  stage on;
  transports::sim_reactor outside{on.world()};
  struct flapping final : transports::accept_handler {
    void on_accepted(std::unique_ptr<transports::stream>) override {
      ++accepted; // and dropped at once
    }
    void on_accept_failed(std::error_code) override {
    }
    void on_acceptor_closed() override {
    }
    int accepted = 0;
  } at_door;
  auto door = outside.listen(*transports::address::tcp("127.0.0.1", 5999), {});
  REQUIRE(door);
  (*door)->start(at_door);
  const auto push = on.open(socket_type::push);
  const auto interval = GENERATE(0ms, 100ms);
  push->handle().set(option::reconnect_ivl, interval);
  REQUIRE(on.connect(*push, nowhere).empty());
  on.world().run_for(10s);
  CHECK(at_door.accepted >= 10s / 200ms - 1);
  CHECK(at_door.accepted <= 10s / std::max<duration>(interval, 1ms));
  (*door)->close();
  on.world().run_for(1s);
}

TEST_CASE("timing: CONNECT_TIMEOUT ends an attempt that hangs") {
  stage on;
  on.world().network().silence(nowhere, true);
  const auto push = on.open(socket_type::push);
  push->handle().set(option::connect_timeout, 700ms);
  push->handle().set(option::reconnect_ivl, 100ms);
  auto events = push->handle().monitor();
  REQUIRE(on.connect(*push, nowhere).empty());
  for (int i = 0; i < 3; ++i) {
    if (i > 0)
      REQUIRE(on.await(events, event_kind::connect_delayed));
    const time_point begun = on.now();
    REQUIRE(on.await(events, event_kind::closed));
    CHECK(about(on.now() - begun + slack / 2, 700ms));
  }
  const auto pull = on.open(socket_type::pull);
  REQUIRE(on.bind(*pull, nowhere).empty());
  on.world().network().silence(nowhere, false);
  CHECK(on.await(events, event_kind::handshake_succeeded, 1s));
}

TEST_CASE("timing: CONNECT_TIMEOUT ends a resolution that hangs") {
  stage on;
  on.world().names().hang("tarpit", true);
  const auto push = on.open(socket_type::push);
  push->handle().set(option::connect_timeout, 700ms);
  push->handle().set(option::reconnect_ivl, 100ms);
  auto events = push->handle().monitor();
  time_point begun = on.now();
  REQUIRE(on.connect(*push, "tcp://tarpit:5999").empty());
  for (int i = 0; i < 3; ++i) {
    const auto pause = retry_of(on.await(events, event_kind::connect_retried));
    CHECK(about(on.now() - begun, 700ms));
    begun = on.now() + pause;
  }
  const auto pull = on.open(socket_type::pull);
  REQUIRE(on.bind(*pull, nowhere).empty());
  on.world().names().set("tarpit", {"127.0.0.1"});
  on.world().names().hang("tarpit", false);
  CHECK(on.await(events, event_kind::handshake_succeeded, 2s));
  on.world().run_for(10s); // the limit does not reach beyond its attempt
  message hello{"hello"};
  REQUIRE(push->try_send(hello));
  CHECK(on.await_message(*pull));
}

TEST_CASE("timing: a failed lookup leaves no limit behind") {
  stage on;
  const auto push = on.open(socket_type::push);
  push->handle().set(option::connect_timeout, 50ms);
  push->handle().set(option::reconnect_ivl, 1s);
  auto events = push->handle().monitor();
  REQUIRE(on.connect(*push, "tcp://unknown:5999").empty());
  for (int i = 0; i < 3; ++i) {
    const auto pause = retry_of(on.await(events, event_kind::connect_retried));
    CHECK(pause >= 1s);
    const time_point armed = on.now();
    REQUIRE(on.await(events, event_kind::connect_retried));
    CHECK(on.now() - armed >= pause);
  }
}

TEST_CASE("timing: LINGER n waits n for a peer that does not read") {
  stage on;
  const auto pull = on.open(socket_type::pull);
  pull->handle().set(option::rcvhwm, 1);
  REQUIRE(on.bind(*pull, nowhere).empty());
  const auto push = on.open(socket_type::push);
  const auto wait = GENERATE(0ms, 1ms, 2500ms);
  push->handle().set(option::linger, wait);
  REQUIRE(on.connect(*push, nowhere).empty());
  REQUIRE(on.fill(*push, 20'000, 100) == 100);
  on.world().run_for(1s);
  CHECK_FALSE(push->is_over());
  const time_point closed = on.now();
  push->close();
  CHECK(on.world().run_until([&] { return push->is_over(); }, closed + 1h));
  CHECK(about(on.now() - closed, wait));
}

TEST_CASE("timing: LINGER -1 waits until everything is sent") {
  stage on;
  const auto pull = on.open(socket_type::pull);
  pull->handle().set(option::rcvhwm, 1);
  REQUIRE(on.bind(*pull, nowhere).empty());
  const auto push = on.open(socket_type::push);
  REQUIRE(on.connect(*push, nowhere).empty());
  REQUIRE(on.fill(*push, 20'000, 100) == 100);
  on.world().run_for(1s);
  push->close();
  on.world().run_for(24h);
  CHECK_FALSE(push->is_over());
  int got = on.drain(*pull, [&] { return push->is_over(); });
  on.world().run_for(1s);
  got += on.drain(*pull, [] { return true; });
  CHECK(got == 100);
}

TEST_CASE("timing: linger to nobody at all is as long, too") {
  stage on;
  const auto push = on.open(socket_type::push);
  push->handle().set(option::linger, 3s);
  REQUIRE(on.connect(*push, nowhere).empty());
  REQUIRE(on.fill(*push, 10, 5) == 5);
  const time_point closed = on.now();
  push->close();
  CHECK(on.world().run_until([&] { return push->is_over(); }, closed + 1h));
  CHECK(about(on.now() - closed, 3s));
}

TEST_CASE("timing: accepting rests after EMFILE, then goes on") {
  stage on;
  const auto pull = on.open(socket_type::pull);
  auto events = pull->handle().monitor();
  REQUIRE(on.bind(*pull, nowhere).empty());
  on.world().conditions().accept_failure_permille = 1000;
  const auto push = on.open(socket_type::push);
  REQUIRE(on.connect(*push, nowhere).empty());
  message hello{"hello"};
  REQUIRE(push->try_send(hello));
  const auto failed = on.await(events, event_kind::accept_failed);
  REQUIRE(failed);
  CHECK(failed->value == EMFILE);
  const time_point first = on.now();
  REQUIRE(on.await(events, event_kind::accept_failed));
  CHECK(on.now() - first >= 20ms); // no busy loop
  CHECK(on.now() - first <= 1s);
  on.world().conditions().accept_failure_permille = 0;
  const auto got = on.await_message(*pull);
  REQUIRE(got);
  CHECK((*got)[0].view() == "hello");
}

TEST_CASE("timing: a resolver that hangs delays nothing") {
  stage on;
  on.world().names().hang("tarpit", true);
  const auto push = on.open(socket_type::push);
  REQUIRE(on.connect(*push, "tcp://tarpit:5000").empty());
  const auto pull = on.open(socket_type::pull);
  REQUIRE(on.bind(*pull, nowhere).empty());
  REQUIRE(on.connect(*push, nowhere).empty());
  message hello{"hello"};
  REQUIRE(push->try_send(hello));
  message again{"again"};
  REQUIRE(push->try_send(again));
  CHECK(on.await_message(*pull));
  const time_point begun = on.now();
  push->handle().set(option::linger, 0ms);
  push->close();
  CHECK(on.world().run_until([&] { return push->is_over(); }, begun + 1h));
  CHECK(on.now() - begun < slack);
}

TEST_CASE("timing: a name whose address changed is found again") {
  stage on;
  on.world().names().set("server", {"10.0.0.1"});
  auto first = on.open(socket_type::pull);
  REQUIRE(on.bind(*first, "tcp://10.0.0.1:5000").empty());
  const auto push = on.open(socket_type::push);
  auto events = push->handle().monitor();
  REQUIRE(on.connect(*push, "tcp://server:5000").empty());
  REQUIRE(on.await(events, event_kind::handshake_succeeded));
  first->close();
  on.world().names().set("server", {"10.9.9.9", "10.0.0.2"});
  const auto second = on.open(socket_type::pull);
  REQUIRE(on.bind(*second, "tcp://10.0.0.2:5000").empty());
  REQUIRE(on.await(events, event_kind::handshake_succeeded, 5s));
  message hello{"hello"};
  REQUIRE(push->try_send(hello));
  CHECK(on.await_message(*second));
}
