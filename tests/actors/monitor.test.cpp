// SPDX-License-Identifier: MPL-2.0
//
// The monitor: which events come, in which order, and what a monitor costs
// that nobody reads. Values and endpoints as libzmq's, where it has them.

#include <algorithm>

#include "tests/actors/fixture.hpp"
#include "tests/actors/raw_peer.hpp"

namespace zmqrt::test {

namespace {

using kind = event_kind;

/// A PULL and the PUSH that connects to it, both watched from before that.
struct watched_sides {
  explicit watched_sides(scene& it)
    : pull(it.pull()), push(it.push()), at_pull(pull.monitor()),
      at_push(push.monitor()), endpoint(pull.bind(it.fresh())) {
    push.connect(endpoint);
  }

  socket pull;
  socket push;
  monitor at_pull;
  monitor at_push;
  std::string endpoint;
};

/// The very next event must be of one of these kinds.
event_kind expect_one_of(monitor& from,
                         std::initializer_list<event_kind> kinds) {
  const auto next = from.recv_for(patience);
  REQUIRE(next);
  INFO("event " << to_string(next->kind));
  REQUIRE(std::find(kinds.begin(), kinds.end(), next->kind) != kinds.end());
  return next->kind;
}

/// Then monitor_stopped, and nothing else ever.
void expect_end(monitor& from) {
  (void)expect(from, kind::monitor_stopped);
  REQUIRE_FALSE(from.recv());
}

} // namespace

TEST_CASE("monitor: success, on both sides") {
  ON_EVERY(where, wires());
  scene it{where};
  watched_sides sides{it};
  auto& at_pull = sides.at_pull;
  auto& at_push = sides.at_push;
  const auto endpoint = sides.endpoint;
  const auto listening = expect(at_pull, kind::listening);
  REQUIRE(listening.local == endpoint);
  const auto accepted = expect(at_pull, kind::accepted);
  REQUIRE(accepted.local == endpoint);
  expect(at_pull, kind::handshake_succeeded);
  if (where.transport == "tcp") {
    const auto delayed = expect(at_push, kind::connect_delayed);
    REQUIRE(delayed.value == EINPROGRESS);
    REQUIRE(delayed.remote == endpoint);
  }
  REQUIRE(expect(at_push, kind::connected).remote == endpoint);
  const auto shaken = expect(at_push, kind::handshake_succeeded);
  REQUIRE(shaken.remote == endpoint);
  if (where.transport == "tcp")
    REQUIRE(shaken.local == accepted.remote);
  REQUIRE_FALSE(at_pull.try_recv());
  REQUIRE_FALSE(at_push.try_recv());
}

TEST_CASE("monitor: refusal and retry") {
  ON_EVERY(where, wires());
  scene it{where};
  const auto endpoint = it.vacant();
  auto push = it.push();
  push.set(option::reconnect_ivl, milliseconds{3});
  auto events = push.monitor();
  push.connect(endpoint);
  for (int i = 0; i < 3; ++i) {
    expect_attempt(events, where);
    REQUIRE(expect(events, kind::closed).remote == endpoint);
    const auto retried = expect(events, kind::connect_retried);
    REQUIRE(retried.remote == endpoint);
    // The interval, and less than another one of jitter.
    REQUIRE(retried.value >= 3);
    REQUIRE(retried.value < 6);
  }
}

TEST_CASE("monitor: a handshake that fails, on both sides") {
  ON_EVERY(where, wires());
  scene it{where};
  auto pull = it.pull();
  auto at_pull = pull.monitor();
  const auto endpoint = pull.bind(it.fresh());
  auto other = it.pull(); // PULL with PULL
  auto at_other = other.monitor();
  other.connect(endpoint);
  expect_all(at_pull, {kind::listening, kind::accepted});
  expect_attempt(at_other, where);
  expect(at_other, kind::connected);
  // Who reads the other's READY first ends it, maybe before its own is out:
  // then the other one sees no more than the end.
  const auto failure = {kind::handshake_failed_protocol,
                        kind::handshake_failed_no_detail};
  const auto ours = expect_one_of(at_pull, failure);
  const auto theirs = expect_one_of(at_other, failure);
  REQUIRE((ours == kind::handshake_failed_protocol
           || theirs == kind::handshake_failed_protocol));
  expect(at_pull, kind::disconnected);
  expect_all(at_other, {kind::disconnected, kind::connect_retried});
}

TEST_CASE("monitor: loss and the way back") {
  ON_EVERY(where, wires());
  scene it{where};
  std::optional<socket> pull{it.pull()};
  const auto endpoint = pull->bind(it.fresh());
  auto push = it.eager_push();
  auto events = push.monitor();
  push.connect(endpoint);
  expect_attempt(events, where);
  expect_all(events, {kind::connected, kind::handshake_succeeded});
  REQUIRE(pull->close_for(patience));
  REQUIRE(expect(events, kind::disconnected).remote == endpoint);
  expect(events, kind::connect_retried);
  expect_attempt(events, where);
  expect_all(events, {kind::closed, kind::connect_retried});
  pull = it.pull();
  pull->bind(endpoint);
  await(events, kind::connected);
  expect(events, kind::handshake_succeeded);
  REQUIRE_FALSE(events.try_recv());
}

TEST_CASE("monitor: unbind, disconnect, and close") {
  ON_EVERY(where, wires());
  scene it{where};
  watched_sides sides{it};
  expect_all(sides.at_pull,
             {kind::listening, kind::accepted, kind::handshake_succeeded});
  expect_attempt(sides.at_push, where);
  expect_all(sides.at_push, {kind::connected, kind::handshake_succeeded});
  sides.pull.unbind(sides.endpoint);
  REQUIRE(expect(sides.at_pull, kind::closed).local == sides.endpoint);
  sides.push.disconnect(sides.endpoint);
  expect(sides.at_push, kind::disconnected);
  expect(sides.at_pull, kind::disconnected);
  sides.pull.close();
  sides.push.close();
  expect_end(sides.at_pull);
  expect_end(sides.at_push);
}

TEST_CASE("monitor: an endpoint that cannot be bound") {
  ON_EVERY(where, wires());
  scene it{where};
  auto pull = it.pull();
  const auto endpoint = pull.bind(it.fresh());
  auto other = it.pull();
  auto events = other.monitor();
  REQUIRE(code_of([&] { other.bind(endpoint); }) == errc::address_in_use);
  const auto failed = expect(events, kind::bind_failed);
  REQUIRE(failed.value == EADDRINUSE);
  REQUIRE(failed.local == endpoint);
  REQUIRE_FALSE(events.try_recv());
}

TEST_CASE("monitor: a mask lets through what it names") {
  ON_EVERY(where, wires());
  scene it{where};
  auto pull = it.pull();
  auto some = pull.monitor(static_cast<std::uint32_t>(kind::accepted)
                           | static_cast<std::uint32_t>(kind::disconnected));
  auto all = pull.monitor();
  auto push = it.push_to(pull);
  await(all, kind::handshake_succeeded);
  push.close();
  await(all, kind::disconnected);
  expect_all(some, {kind::accepted, kind::disconnected});
  REQUIRE_FALSE(some.try_recv());
}

TEST_CASE("monitor: one that nobody reads is bounded and blocks nobody") {
  ON_EVERY(where, wires());
  scene it{where};
  auto pull = it.pull();
  const auto endpoint = pull.bind(it.fresh());
  auto unread = pull.monitor();
  auto read = pull.monitor();
  auto push = it.push();
  it.join(push, endpoint, read);
  std::size_t happened = 2;
  constexpr std::size_t rounds = 700;
  for (std::size_t i = 0; i < rounds; ++i) {
    const raw_peer garbage{endpoint};
    expect(read, kind::accepted);
    REQUIRE(garbage.write("GET / HTTP/1.1\r\n\r\n"));
    expect_all(read, {kind::handshake_failed_protocol, kind::disconnected});
    happened += 3;
    // The socket goes on with its work.
    require_passes(push, pull, "x");
  }
  const auto oldest = unread.try_recv();
  REQUIRE(oldest);
  REQUIRE(oldest->missed > 0);
  REQUIRE(oldest->missed < happened);
  std::size_t kept = 1;
  for (auto next = unread.try_recv(); next; next = unread.try_recv()) {
    REQUIRE(next->missed == 0);
    ++kept;
  }
  // Nothing else has gone, and nothing was made up.
  REQUIRE(kept + oldest->missed == happened);
  REQUIRE(kept < happened);
  push.close();
  expect(unread, kind::disconnected);
}

} // namespace zmqrt::test
