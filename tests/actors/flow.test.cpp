// SPDX-License-Identifier: MPL-2.0
//
// Flow: high-water marks, timeouts, and the options that change what is
// queued and what is let in.

#include <future>
#include <thread>

#include "tests/actors/fixture.hpp"

namespace zmqrt::test {

namespace {

std::size_t send_until_full(socket& to, const message& what, std::size_t most) {
  std::size_t count = 0;
  // A wait, because the kernel and the peer take their time.
  while (count < most && to.send_for(what, milliseconds{100}))
    ++count;
  return count;
}

} // namespace

// -- high-water marks ---------------------------------------------------------

TEST_CASE("flow: HWM 1/1 on inproc refuses the third send") {
  ON_EVERY(where, places_of({"inproc"}));
  scene it{where};
  auto pull = it.pull(hwm{1});
  auto push = it.push_to(pull, hwm{1});
  REQUIRE(push.try_send("one"));
  REQUIRE(push.try_send("two"));
  REQUIRE_FALSE(push.try_send("three"));
  push.set(option::sndtimeo, milliseconds{0});
  REQUIRE(code_of([&] { push.send("three"); }) == errc::again);
  REQUIRE(pull.recv().str() == "one");
  REQUIRE(push.try_send("three"));
  REQUIRE(pull.recv().str() == "two");
  REQUIRE(pull.recv().str() == "three");
  REQUIRE_FALSE(pull.try_recv());
}

TEST_CASE("flow: with a reader that never reads, sends stop") {
  ON_EVERY(where, places());
  scene it{where};
  auto pull = it.pull(hwm{5});
  pull.set(option::rcvbuf, 65'536);
  auto push = it.push(hwm{5});
  push.set(option::sndbuf, 65'536);
  push.connect(pull.bind(it.fresh()));
  const message big{std::string(100'000, 'x')};
  // Both HWMs, and at most 4 MB in the kernel and one read's buffer.
  const std::size_t most = it.is_wire() ? 5 + 5 + 40 : 5 + 5;
  // Both marks, but for the credit that has not come back yet: a lump of half
  // a mark.
  constexpr std::size_t least = 5 + 5 - 3;
  for (std::size_t i = 0; i < least; ++i)
    push.send(big);
  const auto accepted = least + send_until_full(push, big, 1000);
  REQUIRE(accepted <= most);
  for (std::size_t i = 0; i < accepted; ++i)
    REQUIRE(pull.recv().bytes() == 100'000);
  REQUIRE_FALSE(pull.try_recv());
}

TEST_CASE("flow: HWM 0 is no limit") {
  ON_EVERY(where, places());
  scene it{where};
  auto pull = it.pull(hwm{0});
  auto push = it.push_to(pull, hwm{0});
  constexpr std::size_t count = 100'000;
  std::size_t accepted = 0;
  while (accepted < count && push.try_send(numbered(accepted)))
    ++accepted;
  REQUIRE(accepted == count);
  recv_numbered(pull, count);
}

TEST_CASE("flow: a peer that is not there yet takes SNDHWM messages") {
  ON_EVERY(where, places());
  scene it{where};
  const auto endpoint = it.vacant();
  auto push = it.push_to(endpoint, hwm{7});
  REQUIRE(send_until_full(push, message{"x"}, 100) == 7);
  // They are what the peer gets when it comes.
  auto pull = it.pull();
  pull.bind(endpoint);
  push.send("marker");
  REQUIRE(drain_to(pull, "marker") == 7);
}

TEST_CASE("flow: a raised HWM counts for connections that exist") {
  ON_EVERY(where, places());
  scene it{where};
  auto push = it.push_to(it.vacant(), hwm{2});
  REQUIRE(send_until_full(push, message{"x"}, 100) == 2);
  push.set(option::sndhwm, 6);
  REQUIRE(send_until_full(push, message{"x"}, 100) == 4);
}

TEST_CASE("flow: a message counts once, however many parts it has") {
  ON_EVERY(where, places_of({"inproc"}));
  scene it{where};
  auto pull = it.pull(hwm{1});
  auto push = it.push_to(pull, hwm{1});
  const message parts{"a", "b", "c"};
  REQUIRE(push.try_send(parts));
  REQUIRE(push.try_send(parts));
  REQUIRE_FALSE(push.try_send(parts));
  REQUIRE(pull.recv().size() == 3);
  REQUIRE(push.try_send(parts));
}

// -- time ---------------------------------------------------------------------

TEST_CASE("flow: RCVTIMEO 0 and n answer again, -1 waits") {
  ON_EVERY(where, places());
  scene it{where};
  auto pull = it.pull();
  auto push = it.push_to(pull);
  pull.set(option::rcvtimeo, milliseconds{0});
  REQUIRE(code_of([&] { (void)pull.recv(); }) == errc::again);
  pull.set(option::rcvtimeo, milliseconds{20});
  const auto begin = std::chrono::steady_clock::now();
  REQUIRE(code_of([&] { (void)pull.recv(); }) == errc::again);
  // Never less; how much more is the scheduler's business.
  REQUIRE(std::chrono::steady_clock::now() - begin >= milliseconds{20});
  REQUIRE_FALSE(pull.try_recv());
  REQUIRE_FALSE(pull.recv_for(milliseconds{1}));
  REQUIRE(pull.try_recv_batch(10).empty());
  REQUIRE(code_of([&] { (void)pull.recv_batch(10); }) == errc::again);
  pull.set(option::rcvtimeo, infinite);
  auto reader = std::async(std::launch::async, [&] { return pull.recv(); });
  push.send(message{"worth", "the", "wait"});
  REQUIRE(reader.get().size() == 3);
}

TEST_CASE("flow: SNDTIMEO 0 and n answer again, -1 waits; multipart too") {
  ON_EVERY(where, places());
  scene it{where};
  const auto endpoint = it.vacant();
  auto push = it.push_to(endpoint, hwm{1});
  REQUIRE(push.try_send("fills it"));
  const message parts{"two", "parts"};
  push.set(option::sndtimeo, milliseconds{0});
  REQUIRE(code_of([&] { push.send(parts); }) == errc::again);
  push.set(option::sndtimeo, milliseconds{20});
  const auto begin = std::chrono::steady_clock::now();
  REQUIRE(code_of([&] { push.send(parts); }) == errc::again);
  REQUIRE(std::chrono::steady_clock::now() - begin >= milliseconds{20});
  auto kept = parts;
  REQUIRE_FALSE(push.try_send(std::move(kept)));
  REQUIRE(kept.size() == 2); // not moved from
  REQUIRE_FALSE(push.send_for(std::move(kept), milliseconds{1}));
  REQUIRE(kept[1].view() == "parts");
  push.set(option::sndtimeo, infinite);
  auto sender = std::async(std::launch::async, [&] { push.send(parts); });
  auto pull = it.pull();
  pull.bind(endpoint);
  REQUIRE(pull.recv().str() == "fills it");
  REQUIRE(pull.recv().size() == 2);
  sender.get();
}

TEST_CASE("flow: a batch sends the first that fit and keeps the rest") {
  ON_EVERY(where, places());
  scene it{where};
  const auto endpoint = it.vacant();
  auto push = it.push_to(endpoint, hwm{3});
  std::vector<message> batch;
  for (std::size_t i = 0; i < 5; ++i)
    batch.push_back(message{numbered(i)});
  REQUIRE(push.send_batch(batch) == 3);
  REQUIRE(batch[2].empty());
  REQUIRE(batch[3].str() == numbered(3));
  REQUIRE(push.try_send_batch({batch.data() + 3, 2}) == 0);
  REQUIRE(batch[3].str() == numbered(3));
  push.set(option::sndtimeo, milliseconds{1});
  REQUIRE(code_of([&] {
            (void)push.send_batch({batch.data() + 3, 2});
          })
          == errc::again);
  auto pull = it.pull();
  pull.bind(endpoint);
  recv_numbered(pull, 3);
}

// -- what is queued, and where ------------------------------------------------

TEST_CASE("flow: IMMEDIATE queues nothing for a peer that is not there") {
  ON_EVERY(where, wires());
  scene it{where};
  auto push = it.eager_push();
  push.set(option::immediate, true);
  const auto later = it.vacant();
  push.connect(later);
  REQUIRE_FALSE(push.try_send("nowhere"));
  REQUIRE_FALSE(push.send_for(message{"nowhere"}, milliseconds{20}));
  auto here = it.pull();
  push.connect(here.bind(it.fresh()));
  // All go to the one that is there, none waits for the other.
  send_times(push, 10, "here");
  push.send("marker");
  REQUIRE(drain_to(here, "marker") == 10);
  // And when it comes, it takes part.
  auto events = push.monitor();
  auto there = it.pull();
  there.bind(later);
  await(events, event_kind::handshake_succeeded);
  send_times(push, 2, "marker");
  REQUIRE(drain_to(here, "marker") == 0);
  REQUIRE(drain_to(there, "marker") == 0);
}

TEST_CASE("flow: CONFLATE keeps the last message only") {
  ON_EVERY(where, places());
  const auto at_sender = GENERATE(true, false);
  CAPTURE(at_sender);
  scene it{where};
  auto pull = it.pull();
  auto push = it.push();
  (at_sender ? push : pull).set(option::conflate, true);
  const auto endpoint = it.vacant();
  push.connect(endpoint);
  send_numbered(push, 100);
  pull.bind(endpoint);
  if (!at_sender) {
    // Read only when the last has come: read until it is the last.
    std::string got;
    std::size_t reads = 0;
    while (got != numbered(99)) {
      got = pull.recv().str();
      ++reads;
    }
    REQUIRE(reads <= 100);
  } else {
    REQUIRE(pull.recv().str() == numbered(99));
  }
  REQUIRE_FALSE(pull.try_recv());
}

TEST_CASE("flow: MAXMSGSIZE ends the connection of a longer message") {
  ON_EVERY(where, wires());
  scene it{where};
  auto pull = it.pull();
  pull.set(option::maxmsgsize, std::int64_t{1000});
  auto events = pull.monitor();
  const auto endpoint = pull.bind(it.fresh());
  auto healthy = it.push();
  it.join(healthy, endpoint, events);
  healthy.send(std::string(1000, 'x'));
  REQUIRE(pull.recv().bytes() == 1000);
  auto big = it.push();
  big.set(option::reconnect_ivl, infinite);
  it.join(big, endpoint, events);
  big.send(std::string(1001, 'x'));
  await(events, event_kind::disconnected);
  require_passes(healthy, pull, "still here");
}

TEST_CASE("flow: MAX_CONNECTIONS turns the next one away") {
  ON_EVERY(where, wires());
  scene it{where};
  auto pull = it.pull();
  pull.set(option::max_connections, 2);
  const auto endpoint = pull.bind(it.fresh());
  auto events = pull.monitor();
  std::vector<socket> pushes;
  for (int i = 0; i < 2; ++i) {
    pushes.push_back(it.push());
    it.join(pushes.back(), endpoint, events);
  }
  auto third = it.push();
  third.set(option::reconnect_ivl, milliseconds{5});
  third.connect(endpoint);
  const auto refused = await(events, event_kind::accept_failed);
  REQUIRE(refused.value == EMFILE);
  third.send("at last");
  // There is room when one has left.
  pushes.pop_back();
  await(events, event_kind::handshake_succeeded);
  REQUIRE(pull.recv().str() == "at last");
}

} // namespace zmqrt::test
