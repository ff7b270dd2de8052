// SPDX-License-Identifier: MPL-2.0
//
// RECONNECT_STOP (zmq_setsockopt(3) of libzmq 4.3.5): after which failures a
// connector does not try again, in virtual time.

#include "tests/sim/stage.hpp"
#include "tests/support/catch.hpp"

using namespace zmqrt;
using namespace zmqrt::sim_test;
using namespace std::chrono_literals;

namespace {

constexpr auto endpoint = "tcp://127.0.0.1:5999";

enum condition : int { refused = 1, handshake_failed = 2, disconnected = 4 };

/// The retries among the events of the next day.
int retries_within_a_day(stage& on, monitor& events) {
  on.world().run_for(24h);
  int count = 0;
  while (const auto next = events.try_recv())
    count += next->kind == event_kind::connect_retried ? 1 : 0;
  return count;
}

std::unique_ptr<actor_node> open_push(stage& on, int stop) {
  auto push = on.open(socket_type::push);
  push->handle().set(option::reconnect_stop, stop);
  push->handle().set(option::reconnect_ivl, 10s);
  return push;
}

} // namespace

TEST_CASE("reconnect stop: a refused connection") {
  stage on;
  const auto stop = GENERATE(0, int{refused}, handshake_failed | disconnected);
  CAPTURE(stop);
  const auto push = open_push(on, stop);
  auto events = push->handle().monitor();
  REQUIRE(on.connect(*push, endpoint).empty());
  const int retries = retries_within_a_day(on, events);
  CHECK((retries == 0) == (stop == refused));
}

TEST_CASE("reconnect stop: a handshake that fails") {
  stage on;
  const auto stop = GENERATE(0, int{handshake_failed}, refused | disconnected);
  CAPTURE(stop);
  const auto push = open_push(on, stop);
  const auto other = on.open(socket_type::push); // PUSH with PUSH
  REQUIRE(on.bind(*other, endpoint).empty());
  auto events = push->handle().monitor();
  REQUIRE(on.connect(*push, endpoint).empty());
  const int retries = retries_within_a_day(on, events);
  CHECK((retries == 0) == (stop == handshake_failed));
}

TEST_CASE("reconnect stop: a connection that is lost") {
  stage on;
  const auto stop = GENERATE(0, int{disconnected}, refused | handshake_failed);
  CAPTURE(stop);
  const auto push = open_push(on, stop);
  auto pull = on.open(socket_type::pull);
  REQUIRE(on.bind(*pull, endpoint).empty());
  auto events = push->handle().monitor();
  REQUIRE(on.connect(*push, endpoint).empty());
  REQUIRE(on.await(events, event_kind::handshake_succeeded));
  pull->close();
  REQUIRE(on.await(events, event_kind::disconnected));
  const int retries = retries_within_a_day(on, events);
  CHECK((retries == 0) == (stop == disconnected));
  // Gone for good is not gone: a disconnect, or the end, still works.
  push->handle().set(option::linger, 0ms);
  push->close();
  CHECK(on.world().run_until([&] { return push->is_over(); }, on.now() + 1s));
}
