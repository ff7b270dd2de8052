// SPDX-License-Identifier: MPL-2.0
//
// Who gets what: PUSH deals out in turn among those with room, PULL and PAIR
// read from all, PAIR has one peer (RFC 30, RFC 31).

#include <array>
#include <atomic>
#include <future>

#include "tests/actors/fixture.hpp"

namespace zmqrt::test {

namespace {

/// A bound PUSH and PULLs that connect to it, all of them joined.
struct dealer_of_work {
  dealer_of_work(scene& home, std::size_t pullers, hwm mark = {1000})
    : it(home), push(home.push(mark)), events(push.monitor()),
      endpoint(push.bind(it.fresh())) {
    for (std::size_t i = 0; i < pullers; ++i)
      join(mark);
  }

  void join(hwm mark = {1000}) {
    auto& pull = pulls.emplace_back(it.pull(mark));
    it.join(pull, endpoint, events);
  }

  scene& it;
  socket push;
  monitor events;
  std::string endpoint;
  std::vector<socket> pulls;
};

/// How many messages come before `marker`.
std::size_t count_to_marker(socket& from) {
  return drain_to(from, "marker");
}

} // namespace

TEST_CASE("fairness: 9 messages to 3 PULLs are 3 each") {
  ON_EVERY(where, places());
  scene it{where};
  dealer_of_work deal{it, 3};
  send_times(deal.push, 9, "work");
  send_times(deal.push, 3, "marker");
  for (auto& pull : deal.pulls)
    REQUIRE(count_to_marker(pull) == 3);
}

TEST_CASE("fairness: a connecting PUSH deals out in turn, too") {
  ON_EVERY(where, places());
  scene it{where};
  auto push = it.push();
  std::vector<socket> pulls;
  for (int i = 0; i < 3; ++i) {
    pulls.push_back(it.pull());
    push.connect(pulls.back().bind(it.fresh()));
  }
  send_times(push, 9, "work");
  send_times(push, 3, "marker");
  for (auto& pull : pulls)
    REQUIRE(count_to_marker(pull) == 3);
}

TEST_CASE("fairness: a late joiner gets its share") {
  ON_EVERY(where, places());
  scene it{where};
  dealer_of_work deal{it, 2};
  send_times(deal.push, 4, "work");
  deal.join();
  send_times(deal.push, 9, "work");
  send_times(deal.push, 3, "marker");
  REQUIRE(count_to_marker(deal.pulls[0]) == 5);
  REQUIRE(count_to_marker(deal.pulls[1]) == 5);
  REQUIRE(count_to_marker(deal.pulls[2]) == 3);
}

TEST_CASE("fairness: a peer that leaves hands its turn on") {
  ON_EVERY(where, places());
  scene it{where};
  dealer_of_work deal{it, 3};
  send_times(deal.push, 3, "work");
  for (auto& pull : deal.pulls)
    REQUIRE(pull.recv().str() == "work");
  deal.pulls[1].close();
  if (it.is_wire())
    await(deal.events, event_kind::disconnected);
  send_times(deal.push, 8, "work");
  send_times(deal.push, 2, "marker");
  REQUIRE(count_to_marker(deal.pulls[0]) == 4);
  REQUIRE(count_to_marker(deal.pulls[2]) == 4);
}

TEST_CASE("fairness: a full peer is skipped, and served when it reads again") {
  ON_EVERY(where, places());
  scene it{where};
  dealer_of_work deal{it, 2, hwm{2}};
  const std::string big(500'000, 'b');
  auto& slow = deal.pulls[0];
  auto& quick = deal.pulls[1];
  std::atomic<bool> more{true};
  std::atomic<std::size_t> quick_got{0};
  auto reader = std::async(std::launch::async, [&] {
    while (more) {
      if (quick.recv_for(milliseconds{10}))
        ++quick_got;
    }
  });
  // The quick one takes all that the slow one has no room for.
  std::size_t sent = 0;
  while (quick_got < 200) {
    deal.push.send(big);
    ++sent;
  }
  // And the slow one gets some again once it reads.
  std::size_t slow_got = 0;
  while (slow_got < 300) {
    if (deal.push.try_send(big))
      ++sent;
    if (slow.try_recv())
      ++slow_got;
  }
  // What is under way at most: two HWMs each, and what the kernel holds.
  REQUIRE(slow_got <= sent);
  more = false;
  reader.get();
}

TEST_CASE("fairness: 10,000 to 4, none lost, none starved") {
  ON_EVERY(where, places());
  scene it{where};
  dealer_of_work deal{it, 4, hwm{100}};
  std::vector<std::future<std::size_t>> readers;
  for (auto& pull : deal.pulls)
    readers.push_back(
      std::async(std::launch::async, [&] { return count_to_marker(pull); }));
  send_times(deal.push, 10'000, "work");
  std::size_t all = 0;
  std::vector<std::size_t> shares;
  // Each reader leaves with the first marker that it gets.
  send_times(deal.push, readers.size(), "marker");
  auto over = [&] {
    for (auto& reader : readers)
      if (reader.wait_for(milliseconds{0}) != std::future_status::ready)
        return false;
    return true;
  };
  while (!over())
    (void)deal.push.send_for(message{"marker"}, milliseconds{5});
  for (auto& reader : readers) {
    shares.push_back(reader.get());
    all += shares.back();
  }
  REQUIRE(all == 10'000);
  for (const auto share : shares)
    REQUIRE(share > 0);
}

TEST_CASE("fairness: PULL reads from its peers in turn") {
  ON_EVERY(where, places());
  scene it{where};
  auto pull = it.pull();
  const auto endpoint = pull.bind(it.fresh());
  auto events = pull.monitor();
  std::vector<socket> pushes;
  for (std::size_t p = 0; p < 3; ++p) {
    auto& push = pushes.emplace_back(it.push());
    it.join(push, endpoint, events);
  }
  // Many more than fit at once from each: nobody gets in all at once.
  for (std::size_t p = 0; p < 3; ++p)
    send_times(pushes[p], 900, std::to_string(p));
  std::array<std::size_t, 3> got{};
  for (int i = 0; i < 2700; ++i)
    ++got.at(std::stoul(pull.recv().str()));
  for (const auto count : got)
    REQUIRE(count == 900);
}

TEST_CASE("fairness: PULL in turn, exactly, when all have something") {
  ON_EVERY(where, places_of({"inproc"}));
  scene it{where};
  auto pull = it.pull();
  const auto endpoint = pull.bind(it.fresh());
  std::vector<socket> pushes;
  for (std::size_t p = 0; p < 3; ++p) {
    auto& push = pushes.emplace_back(it.push_to(endpoint));
    send_times(push, 9, std::to_string(p));
  }
  for (int round = 0; round < 3; ++round) {
    std::array<int, 3> got{};
    for (int i = 0; i < 9; ++i)
      ++got.at(std::stoul(pull.recv().str()));
    REQUIRE(got == std::array<int, 3>{3, 3, 3});
  }
}

TEST_CASE("fairness: PAIR has one peer; the second is refused") {
  ON_EVERY(where, wires());
  scene it{where};
  auto bound = it.pair();
  const auto endpoint = bound.bind(it.fresh());
  auto events = bound.monitor();
  auto first = it.pair();
  it.join(first, endpoint, events);
  auto second = it.pair();
  auto fate = second.monitor();
  second.connect(endpoint);
  // It may get as far as a handshake, but is sent away.
  await(fate, {event_kind::disconnected, event_kind::handshake_failed_protocol,
               event_kind::handshake_failed_no_detail});
  require_passes(first, bound, "ours");
  require_passes(bound, first, "yours");
  REQUIRE_FALSE(second.try_recv());
  // The place is free again once the first has left.
  first.close();
  require_passes(second, bound, "my turn");
}

TEST_CASE("fairness: what a pipe that ends still has goes to the others") {
  ON_EVERY(where, places());
  scene it{where};
  auto push = it.push();
  auto pull = it.pull();
  const auto nowhere = it.vacant();
  push.connect(nowhere);
  push.connect(pull.bind(it.fresh()));
  send_times(push, 10, "work");
  push.disconnect(nowhere);
  recv_times(pull, 10, "work");
}

} // namespace zmqrt::test
