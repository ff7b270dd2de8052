// SPDX-License-Identifier: MPL-2.0

#include "transports/timer_heap.hpp"

#include <algorithm>
#include <chrono>
#include <deque>
#include <memory>
#include <random>
#include <stdexcept>

#include "tests/support/catch.hpp"

using namespace zmqrt;
using namespace zmqrt::transports;
using namespace std::chrono_literals;

namespace {

constexpr time_point start{};

struct bell {
  explicit bell(std::vector<int>& log, int name)
    : log_(log), name_(name), clock(this, [](void* self) {
        auto* me = static_cast<bell*>(self);
        me->log_.push_back(me->name_);
      }) {
  }
  std::vector<int>& log_;
  int name_;
  timer clock;
};

} // namespace

TEST_CASE("timers fire by time, ties in the order they were armed") {
  timer_heap heap;
  std::vector<int> log;
  bell a{log, 1};
  bell b{log, 2};
  bell c{log, 3};
  heap.arm(a.clock, start + 2s);
  heap.arm(b.clock, start + 1s);
  heap.arm(c.clock, start + 1s);
  CHECK(heap.next() == start + 1s);
  CHECK(heap.fire(start) == 0);
  CHECK(heap.fire(start + 1s) == 2);
  CHECK(heap.fire(start + 5s) == 1);
  CHECK(log == std::vector<int>{2, 3, 1});
  CHECK_FALSE(heap.next());
}

TEST_CASE("a timer that is moved or armed again goes to the end of its tie") {
  timer_heap heap;
  std::vector<int> log;
  bell a{log, 1};
  bell b{log, 2};
  heap.arm(a.clock, start + 1s);
  heap.arm(b.clock, start + 1s);
  heap.arm(a.clock, start + 1s);
  CHECK(heap.size() == 2);
  heap.fire(start + 1s);
  CHECK(log == std::vector<int>{2, 1});
  CHECK_FALSE(a.clock.armed());
}

TEST_CASE("disarmed and destroyed timers do not fire") {
  timer_heap heap;
  std::vector<int> log;
  bell a{log, 1};
  auto b = std::make_unique<bell>(log, 2);
  heap.arm(a.clock, start);
  heap.arm(b->clock, start);
  heap.disarm(a.clock);
  heap.disarm(a.clock);
  b.reset();
  CHECK(heap.fire(start) == 0);
  CHECK(heap.size() == 0);
}

TEST_CASE("what a callback arms for the past waits for the next call") {
  struct again {
    timer_heap heap;
    int fired = 0;
    timer clock{this, [](void* self) {
                  auto* me = static_cast<again*>(self);
                  ++me->fired;
                  me->heap.arm(me->clock, start - 1s);
                }};
  } self;
  std::vector<int> log;
  bell other{log, 1};
  self.heap.arm(self.clock, start);
  self.heap.arm(other.clock, start + 1s);
  CHECK(self.heap.fire(start + 1s) == 2);
  CHECK(self.fired == 1);
  CHECK(log.size() == 1);
  CHECK(self.heap.fire(start + 1s) == 1);
}

TEST_CASE("a callback may destroy its own timer and its neighbours") {
  struct suicidal {
    std::unique_ptr<timer> own;
    std::unique_ptr<timer> neighbour;
    static void fire(void* self) {
      auto* me = static_cast<suicidal*>(self);
      me->own.reset();
      me->neighbour.reset();
    }
  } both;
  timer_heap heap;
  both.own = std::make_unique<timer>(&both, suicidal::fire);
  both.neighbour = std::make_unique<timer>(&both, suicidal::fire);
  heap.arm(*both.own, start);
  heap.arm(*both.neighbour, start);
  CHECK(heap.fire(start) == 1);
  CHECK(heap.size() == 0);
}

TEST_CASE("a callback that throws leaves the others due") {
  timer_heap heap;
  std::vector<int> log;
  timer bad{nullptr, [](void*) { throw std::runtime_error("no"); }};
  bell good{log, 1};
  heap.arm(bad, start);
  heap.arm(good.clock, start);
  CHECK_THROWS(heap.fire(start));
  CHECK(heap.fire(start) == 1);
}

TEST_CASE("timers outlive their heap unarmed") {
  std::vector<int> log;
  bell a{log, 1};
  {
    timer_heap heap;
    heap.arm(a.clock, start);
    CHECK(a.clock.armed());
  }
  CHECK_FALSE(a.clock.armed());
}

TEST_CASE("any mix of arming, moving and disarming fires in order") {
  const auto seed = GENERATE(range(1u, 20u));
  CAPTURE(seed);
  std::mt19937 random{seed};
  timer_heap heap;
  std::vector<int> log;
  std::deque<bell> bells;
  std::vector<std::pair<long, int>> armed; // when, name; in arming order
  for (int i = 0; i < 200; ++i)
    bells.emplace_back(log, i);
  for (int step = 0; step < 1000; ++step) {
    const auto which = static_cast<int>(random() % 200);
    std::erase_if(armed, [&](auto& each) { return each.second == which; });
    auto& clock = bells[static_cast<std::size_t>(which)].clock;
    if (random() % 4 == 0) {
      heap.disarm(clock);
      continue;
    }
    const auto when = static_cast<long>(random() % 50);
    heap.arm(clock, start + std::chrono::seconds{when});
    armed.emplace_back(when, which);
  }
  std::stable_sort(armed.begin(), armed.end(),
                   [](auto& a, auto& b) { return a.first < b.first; });
  for (int now = 0; now < 50; ++now)
    heap.fire(start + std::chrono::seconds{now});
  std::vector<int> expected;
  for (const auto& each : armed)
    expected.push_back(each.second);
  CHECK(log == expected);
}
