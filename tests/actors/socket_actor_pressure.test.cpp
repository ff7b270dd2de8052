// SPDX-License-Identifier: MPL-2.0
//
// What a slow side does to a fast one: sends are answered late, or refused;
// who receives slowly has the wire wait; memory stays bounded both ways.

#include <deque>

#include "tests/actors/actor_scene.hpp"
#include "tests/actors/proc.hpp"
#include "tests/support/eventually.hpp"

namespace zmqrt::test {

using namespace std::chrono_literals;

namespace {

constexpr std::size_t mebibyte = std::size_t{1} << 20;
constexpr std::size_t message_bytes = 10'000;
/// Of each round the fast side has so many messages, the slow side one.
constexpr std::size_t faster = 10;
constexpr std::size_t rounds = 2000;

/// Deals with a message when it is told to: a number says with how many.
struct slow_state {
  std::deque<caf::response_promise> held;
  std::size_t came = 0;
};

caf::behavior slow(caf::stateful_actor<slow_state>* self, int) {
  return {
    [self](const message&) -> caf::result<void> {
      ++self->state.came;
      auto done = self->make_response_promise();
      self->state.held.push_back(done);
      return done;
    },
    [self](std::size_t count) {
      auto& held = self->state.held;
      for (; count != 0 && !held.empty(); --count) {
        held.front().deliver(caf::unit);
        held.pop_front();
      }
      return self->state.came;
    },
  };
}

} // namespace

TEST_CASE("socket actor pressure: with no room a send is refused, or late") {
  ON_EVERY(where, over_tcp());
  actor_scene it{where};
  const auto push = it.spawn(socket_type::push, {{option::sndhwm, 2}});
  it.must(push, verb::connect{"tcp://127.0.0.1:1"}); // nobody is there
  const auto refuse = verb::when_full::refuse;
  it.must(push, verb::send{message{"1"}, refuse});
  it.must(push, verb::send{message{"2"}, refuse});
  CHECK(code_of(it.tell(push, verb::send{message{"3"}, refuse}))
        == errc::again);
  CHECK(
    it.ask<std::size_t>(push, verb::send_batch{{message{"3"}}, refuse}).code()
    == errc::again);
  auto late = it.self->request(push, caf::infinite, verb::send{message{"3"}});
  auto later = it.self->request(push, caf::infinite,
                                verb::send_batch{{message{"4"}, message{"5"}}});
  auto pull = it.ctx.socket(socket_type::pull);
  pull.set(option::rcvtimeo, patience);
  it.must(push, verb::connect{pull.bind("tcp://127.0.0.1:*")});
  late.receive([] {}, [](const caf::error& why) { FAIL(explain(why)); });
  later.receive([](std::size_t count) { CHECK(count == 2); },
                [](const caf::error& why) { FAIL(explain(why)); });
  for (const char* each : {"3", "4", "5"})
    CHECK(pull.recv().str() == each);
}

TEST_CASE("socket actor pressure: a part of a batch fits") {
  ON_EVERY(where, over_tcp());
  actor_scene it{where};
  const auto push = it.spawn(socket_type::push, {{option::sndhwm, 3}});
  it.must(push, verb::connect{"tcp://127.0.0.1:1"});
  std::vector<message> five(5, message{"x"});
  CHECK(
    it.ask<std::size_t>(push, verb::send_batch{five, verb::when_full::refuse})
      .value
    == 3U);
}

TEST_CASE("socket actor pressure: SNDTIMEO bounds the wait, and so does room") {
  ON_EVERY(where, over_tcp());
  actor_scene it{where};
  socket_actor_options options{{option::sndtimeo, 1ms}};
  options.sends_waiting = 3;
  const auto push = it.spawn(socket_type::push, options);
  CHECK(code_of(it.tell(push, verb::send{message{"x"}})) == errc::again);
  it.must(push, verb::set{option::sndtimeo, infinite});
  for (int i = 0; i < 3; ++i)
    it.self->send(push, verb::send{message{"x"}});
  CHECK(code_of(it.tell(push, verb::send{message{"x"}})) == errc::again);
  it.must(push, verb::set{option::sndtimeo, 0ms});
  CHECK(code_of(it.tell(push, verb::send{message{"x"}})) == errc::again);
}

TEST_CASE("socket actor pressure: one full peer of a ROUTER's is waited for") {
  ON_EVERY(where, over_tcp());
  actor_scene it{where};
  const auto router =
    it.spawn(socket_type::router,
             {{option::router_mandatory, true}, {option::sndhwm, 1}});
  const auto endpoint = it.bind(router);
  auto dealer = it.ctx.socket(socket_type::dealer);
  dealer.set(option::routing_id, "slow");
  dealer.set(option::rcvhwm, 1);
  dealer.set(option::rcvtimeo, patience);
  dealer.connect(endpoint);
  const std::string body(256 * 1024, 'b');
  eventually(
    [&] {
      return it.tell(router, verb::send{message{"slow", body}});
    },
    [](const caf::error& why) { return !why; });
  CHECK(code_of(it.tell(router, verb::send{message{"nobody", "x"}}))
        == errc::host_unreachable);
  // Until nothing fits, and one more that waits.
  std::size_t sent = 1;
  while (!it.tell(router,
                  verb::send{message{"slow", body}, verb::when_full::refuse}))
    ++sent;
  auto late =
    it.self->request(router, caf::infinite, verb::send{message{"slow", body}});
  for (std::size_t i = 0; i <= sent; ++i)
    REQUIRE(dealer.recv().bytes() == body.size());
  late.receive([] {}, [](const caf::error& why) { FAIL(explain(why)); });
}

TEST_CASE("socket actor pressure: memory, with a producer ten times too fast") {
  ON_EVERY(where, places());
  const bool batches = GENERATE(false, true);
  CAPTURE(batches);
  actor_scene it{where};
  const auto push = it.spawn(socket_type::push, {{option::sndhwm, 100}});
  auto pull = it.ctx.socket(socket_type::pull);
  pull.set(option::rcvhwm, 100);
  pull.set(option::rcvbuf, 65'536);
  pull.set(option::rcvtimeo, patience);
  it.must(push, verb::connect{pull.bind(it.fresh())});
  const message what{std::string(message_bytes, 'm')};
  it.must(push, verb::send{what});
  REQUIRE(pull.recv().bytes() == message_bytes);
  const auto before = resident_bytes();
  std::size_t most = 0;
  std::size_t accepted = 0;
  std::size_t refused = 0;
  for (std::size_t round = 0; round < rounds; ++round) {
    std::size_t fits = 0;
    if (batches) {
      const auto got = it.ask<std::size_t>(
        push, verb::send_batch{std::vector<message>(faster, what),
                               verb::when_full::refuse});
      fits = got.value.value_or(0);
    } else {
      for (std::size_t i = 0; i < faster; ++i)
        fits +=
          it.tell(push, verb::send{what, verb::when_full::refuse}) ? 0 : 1;
    }
    accepted += fits;
    refused += faster - fits;
    if (pull.try_recv())
      --accepted;
    most = std::max(most, resident_bytes());
  }
  CHECK(refused > rounds); // it was too fast
  // Marks, and what the kernel holds.
  CHECK(accepted * message_bytes <= 200 * message_bytes + 16 * mebibyte);
  if (!sanitized)
    CHECK(most <= before + 200 * message_bytes + 24 * mebibyte);
}

TEST_CASE("socket actor pressure: memory, with a receiver ten times too slow") {
  ON_EVERY(where, places());
  actor_scene it{where};
  const auto pull = it.spawn(socket_type::pull,
                             {{option::rcvhwm, 100}, {option::rcvbuf, 65'536}});
  auto push = it.ctx.socket(socket_type::push);
  push.set(option::sndhwm, 100);
  push.connect(it.bind(pull));
  const auto receiver = it.system.made->spawn(slow, 0);
  constexpr std::size_t credit = 8;
  it.must(pull, verb::receive{receiver, credit});
  const message what{std::string(message_bytes, 'm')};
  const auto before = resident_bytes();
  std::size_t most = 0;
  std::size_t accepted = 0;
  std::size_t came = 0;
  for (std::size_t round = 0; round < rounds; ++round) {
    for (std::size_t i = 0; i < faster; ++i)
      accepted += push.try_send(what) ? 1 : 0;
    it.self->request(receiver, caf::infinite, std::size_t{1})
      .receive([&](std::size_t sum) { came = sum; },
               [](const caf::error& why) { FAIL(to_string(why)); });
    // Beyond its credit it gets nothing.
    REQUIRE(came <= round + credit);
    most = std::max(most, resident_bytes());
  }
  CHECK(accepted < rounds * faster); // the wire pushed back
  CHECK((accepted - came) * message_bytes
        <= (200 + credit) * message_bytes + 16 * mebibyte);
  if (!sanitized)
    CHECK(most <= before + 200 * message_bytes + 24 * mebibyte);
  // And nothing is lost.
  while (came < accepted)
    it.self->request(receiver, caf::infinite, std::size_t{credit})
      .receive([&](std::size_t sum) { came = sum; },
               [](const caf::error& why) { FAIL(to_string(why)); });
  CHECK(came == accepted);
}

} // namespace zmqrt::test
