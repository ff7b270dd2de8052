// SPDX-License-Identifier: MPL-2.0
//
// Who gets what: PUSH deals out in turn among those with room, PULL reads from
// all, PAIR has one peer (RFC 30, RFC 31).

#include <atomic>
#include <deque>
#include <future>

#include "tests/c_api/c_scene.hpp"

namespace zmqrt::test {

namespace {

/// A bound PUSH and PULLs that connect to it, all of them joined.
struct dealer_of_work {
  dealer_of_work(scene& home, std::size_t pullers, int high_water = 1000)
    : it(home), mark(high_water), push(home.open(ZMQ_PUSH, mark)),
      events(it.ctx, push), endpoint(push.bind(it.fresh())) {
    for (std::size_t i = 0; i < pullers; ++i)
      add();
  }

  void add() {
    join(it, pulls.emplace_back(it.open(ZMQ_PULL, mark)), endpoint, events);
  }

  scene& it;
  int mark;
  socket push;
  monitor events;
  std::string endpoint;
  std::deque<socket> pulls;
};

} // namespace

TEST_CASE("fairness: 9 messages to 3 PULLs are 3 each, whole") {
  OVER_ALL(transport);
  const parts work = GENERATE(parts{"work"}, parts{"work", "in", "parts"});
  scene it{transport};
  dealer_of_work deal{it, 3};
  for (int i = 0; i < 9; ++i)
    deal.push.send_parts(work);
  send_times(deal.push, 3, "marker");
  for (auto& pull : deal.pulls) {
    for (int i = 0; i < 3; ++i)
      REQUIRE((pull.recv_parts() == work));
    CHECK(pull.recv() == "marker");
  }
}

TEST_CASE("fairness: a connecting PUSH deals out in turn, too") {
  OVER_ALL(transport);
  scene it{transport};
  auto push = it.open(ZMQ_PUSH);
  std::deque<socket> pulls;
  for (int i = 0; i < 3; ++i)
    push.connect(pulls.emplace_back(it.open(ZMQ_PULL)).bind(it.fresh()));
  send_times(push, 9, "work");
  send_times(push, 3, "marker");
  for (auto& pull : pulls)
    CHECK(count_to(pull, "marker") == 3);
}

TEST_CASE("fairness: a late joiner gets its share") {
  OVER_ALL(transport);
  scene it{transport};
  dealer_of_work deal{it, 2};
  send_times(deal.push, 4, "work");
  deal.add();
  send_times(deal.push, 9, "work");
  send_times(deal.push, 3, "marker");
  CHECK(count_to(deal.pulls[0], "marker") == 5);
  CHECK(count_to(deal.pulls[1], "marker") == 5);
  CHECK(count_to(deal.pulls[2], "marker") == 3);
}

TEST_CASE("fairness: a peer that leaves hands its turn on") {
  OVER_ALL(transport);
  scene it{transport};
  dealer_of_work deal{it, 3};
  send_times(deal.push, 3, "work");
  for (auto& pull : deal.pulls)
    REQUIRE(pull.recv() == "work");
  deal.pulls[1].close();
  if (it.is_wire())
    deal.events.await(ZMQ_EVENT_DISCONNECTED);
  if (!ours()) // there it takes some more with it
    return;
  send_times(deal.push, 8, "work");
  send_times(deal.push, 2, "marker");
  CHECK(count_to(deal.pulls[0], "marker") == 4);
  CHECK(count_to(deal.pulls[2], "marker") == 4);
}

TEST_CASE("fairness: a full peer is skipped, and served when it reads again") {
  OVER_ALL(transport);
  scene it{transport};
  dealer_of_work deal{it, 2, 2};
  const std::string big(500'000, 'b');
  auto& slow = deal.pulls[0];
  auto& quick = deal.pulls[1];
  quick.set(ZMQ_RCVTIMEO, 10);
  std::atomic<bool> more{true};
  std::atomic<int> quick_got{0};
  auto reader = std::async(std::launch::async, [&] {
    msg got;
    while (more)
      quick_got += zmq_msg_recv(got.get(), quick.get(), 0) < 0 ? 0 : 1;
  });
  // The quick one takes all that the slow one has no room for.
  while (quick_got < 100)
    deal.push.send(big);
  // And the slow one gets some again once it reads.
  for (int slow_got = 0; slow_got < 100;) {
    (void)deal.push.try_send(big);
    slow_got += slow.try_recv() ? 1 : 0;
  }
  more = false;
  reader.get();
}

TEST_CASE("fairness: 10,000 to 4, none lost, none starved") {
  OVER_ALL(transport);
  scene it{transport};
  dealer_of_work deal{it, 4, 100};
  std::atomic<std::size_t> taken{0};
  std::vector<std::future<std::size_t>> readers;
  for (auto& pull : deal.pulls) {
    pull.set(ZMQ_RCVTIMEO, 10);
    readers.push_back(std::async(std::launch::async, [&] {
      std::size_t share = 0;
      msg got;
      while (taken < 10'000)
        if (zmq_msg_recv(got.get(), pull.get(), 0) >= 0) {
          ++share;
          ++taken;
        }
      return share;
    }));
  }
  send_times(deal.push, 10'000, "work");
  std::size_t all = 0;
  for (auto& reader : readers) {
    const auto share = reader.get();
    CHECK(share > 0);
    all += share;
  }
  CHECK(all == 10'000);
}

TEST_CASE("fairness: PULL reads from all of its peers") {
  OVER_ALL(transport);
  scene it{transport};
  auto pull = it.open(ZMQ_PULL);
  monitor events{it.ctx, pull};
  const auto endpoint = pull.bind(it.fresh());
  std::deque<socket> pushes;
  for (std::size_t p = 0; p < 3; ++p)
    join(it, pushes.emplace_back(it.open(ZMQ_PUSH)), endpoint, events);
  for (std::size_t p = 0; p < 3; ++p)
    send_times(pushes[p], 900, std::to_string(p));
  std::array<std::size_t, 3> got{};
  for (int i = 0; i < 2700; ++i)
    ++got.at(std::stoul(pull.recv()));
  CHECK(got == std::array<std::size_t, 3>{900, 900, 900});
}

TEST_CASE("fairness: PAIR has one peer; the second is refused") {
  OVER_WIRES(transport);
  scene it{transport};
  auto bound = it.open(ZMQ_PAIR);
  monitor events{it.ctx, bound};
  const auto endpoint = bound.bind(it.fresh());
  auto first = it.open(ZMQ_PAIR);
  join(it, first, endpoint, events);
  require_passes(first, bound, "mine");
  auto second = it.open(ZMQ_PAIR);
  monitor fate{it.ctx, second};
  second.connect(endpoint);
  // It may get as far as a handshake, but is sent away; libzmq lets it be
  // connected, to nobody.
  fate.await(ours() ? ZMQ_EVENT_DISCONNECTED | handshake_failed
                    : ZMQ_EVENT_HANDSHAKE_SUCCEEDED);
  require_passes(first, bound, "ours");
  require_passes(bound, first, "yours");
  CHECK_FALSE(second.try_recv());
}

} // namespace zmqrt::test
