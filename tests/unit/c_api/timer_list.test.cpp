// SPDX-License-Identifier: MPL-2.0
//
// Timers (zmq_timers(3)) in a time of the test's own.

#include "actors/c_api/timer_list.hpp"

#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <vector>

#include "tests/support/catch.hpp"

using namespace zmqrt;
using namespace zmqrt::c_api;
using std::chrono::milliseconds;

namespace {

using ids = std::vector<int>;

constexpr int soon = 10; // ms

/// A list, its clock, and who had a turn.
struct world {
  timer_list list;
  time_point now{};
  ids called;
  std::function<void(int id)> then; // what handlers do

  world() = default;
  explicit world(int last_id) : list(last_id) {
  }

  static void call(int id, void* argument) {
    auto& self = *static_cast<world*>(argument);
    self.called.push_back(id);
    if (self.then)
      self.then(id);
  }

  int add(std::uint64_t interval_ms) {
    return list.add(interval_ms, &call, this, now);
  }
  void pass(int ms) {
    now += milliseconds{ms};
  }
  /// Whose turn it was.
  ids execute() {
    called.clear();
    {
      timer_list::round round{list, now};
      while (const auto due = round.next())
        due->call(due->id, due->argument);
    }
    return called;
  }
  [[nodiscard]] long wait() const {
    const auto left = list.wait(now);
    return left ? left->count() : -1;
  }
};

} // namespace

TEST_CASE("without timers there is nothing to wait for") {
  world w;
  CHECK(w.wait() == -1);
  CHECK(w.execute().empty());
  CHECK_FALSE(w.list.cancel(1));
  CHECK_FALSE(w.list.reset(0, w.now));
  CHECK_FALSE(w.list.set_interval(-1, 5, w.now));
}

TEST_CASE("a timer is due after its interval, again and again") {
  world w;
  const int id = w.add(soon);
  CHECK(id == 1);
  CHECK(w.wait() == soon);
  CHECK(w.execute().empty());
  w.pass(soon - 1);
  CHECK(w.wait() == 1);
  CHECK(w.execute().empty());
  for (int round = 0; round < 3; ++round) {
    w.pass(1);
    CHECK(w.wait() == 0);
    CHECK(w.execute() == ids{id});
    CHECK(w.execute().empty());
    CHECK(w.wait() == soon);
    w.pass(soon - 1);
  }
}

TEST_CASE("a timer that was missed for long has one turn") {
  world w;
  const int id = w.add(soon);
  w.pass(100 * soon);
  CHECK(w.execute() == ids{id});
  CHECK(w.execute().empty());
  CHECK(w.wait() == soon); // from now, not from when it was due
}

TEST_CASE("waiting is long enough") {
  world w;
  const int id = w.add(soon);
  w.now += std::chrono::nanoseconds{1};
  CHECK(w.wait() == soon);
  w.pass(soon - 1);
  CHECK(w.wait() == 1);
  w.pass(1);
  CHECK(w.execute() == ids{id});
}

TEST_CASE("timers have their turns in the order they are due") {
  world w;
  const int late = w.add(30);
  const int early = w.add(soon);
  const int also_early = w.add(soon);
  CHECK(ids{late, early, also_early} == ids{1, 2, 3});
  w.pass(soon);
  CHECK(w.execute() == ids{early, also_early});
  w.pass(20);
  CHECK(w.execute() == ids{early, also_early, late});
}

TEST_CASE("a cancelled timer is gone") {
  world w;
  const int id = w.add(soon);
  const int other = w.add(2 * soon);
  CHECK(w.list.cancel(id));
  CHECK(w.wait() == 2 * soon);
  CHECK_FALSE(w.list.cancel(id));
  CHECK_FALSE(w.list.reset(id, w.now));
  CHECK_FALSE(w.list.set_interval(id, soon, w.now));
  w.pass(2 * soon);
  CHECK(w.execute() == ids{other});
  CHECK(w.list.cancel(other));
  CHECK(w.wait() == -1);
}

TEST_CASE("a reset starts the interval anew") {
  world w;
  const int id = w.add(soon);
  w.pass(soon - 1);
  CHECK(w.list.reset(id, w.now));
  CHECK(w.wait() == soon);
  w.pass(soon - 1);
  CHECK(w.execute().empty());
  w.pass(1);
  CHECK(w.execute() == ids{id});
}

TEST_CASE("a new interval counts from now") {
  world w;
  const int id = w.add(1000);
  w.pass(500);
  CHECK(w.list.set_interval(id, soon, w.now));
  CHECK(w.wait() == soon);
  w.pass(soon);
  CHECK(w.execute() == ids{id});
  CHECK(w.wait() == soon);
  CHECK(w.list.set_interval(id, 1000, w.now));
  CHECK(w.wait() == 1000);
}

TEST_CASE("an interval of 0 has one turn in each round") {
  world w;
  const int id = w.add(0);
  const int other = w.add(0);
  CHECK(w.wait() == 0);
  for (int round = 0; round < 3; ++round)
    CHECK(w.execute() == ids{id, other});
  CHECK(w.wait() == 0);
}

TEST_CASE("an interval beyond the clock never ends") {
  const auto interval =
    GENERATE(std::numeric_limits<std::uint64_t>::max(), std::uint64_t{1} << 63,
             (std::uint64_t{1} << 63) - 1, std::uint64_t{10'000'000'000'000});
  world w;
  w.pass(1'000'000'000);
  const int id = w.add(interval);
  CHECK(w.wait() > 1'000'000'000'000);
  w.pass(2'000'000'000);
  CHECK(w.execute().empty());
  CHECK(w.list.reset(id, w.now));
  CHECK(w.list.set_interval(id, interval, w.now));
  CHECK(w.execute().empty());
  CHECK(w.list.cancel(id));
}

TEST_CASE("ids start over, and past those there are") {
  world w{std::numeric_limits<int>::max() - 1};
  CHECK(w.add(soon) == std::numeric_limits<int>::max());
  CHECK(w.add(soon) == 1);
  CHECK(w.add(soon) == 2);
  world v{std::numeric_limits<int>::max()};
  CHECK(v.add(soon) == 1);
}

// -- handlers that touch timers ----------------------------------------------

TEST_CASE("a handler may cancel its own timer") {
  world w;
  const int id = w.add(soon);
  w.then = [&](int which) {
    CHECK(w.list.cancel(which));
    CHECK_FALSE(w.list.cancel(which));
    CHECK_FALSE(w.list.reset(which, w.now));
    CHECK(w.wait() == -1);
  };
  w.pass(soon);
  CHECK(w.execute() == ids{id});
  CHECK(w.wait() == -1);
  w.pass(soon);
  CHECK(w.execute().empty());
}

TEST_CASE("a handler may cancel one that is due") {
  world w;
  const int first = w.add(soon);
  const int second = w.add(soon);
  const int third = w.add(soon);
  w.then = [&](int which) {
    if (which == first)
      CHECK(w.list.cancel(second));
  };
  w.pass(soon);
  CHECK(w.execute() == ids{first, third});
  CHECK_FALSE(w.list.cancel(second));
}

TEST_CASE("a handler may cancel one that had its turn") {
  world w;
  const int first = w.add(soon);
  const int second = w.add(soon);
  w.then = [&](int which) {
    if (which == second)
      CHECK(w.list.cancel(first));
  };
  w.pass(soon);
  CHECK(w.execute() == ids{first, second});
  w.pass(soon);
  w.then = nullptr;
  CHECK(w.execute() == ids{second});
}

TEST_CASE("what a handler adds waits for another round") {
  world w;
  const int first = w.add(soon);
  int added = 0;
  w.then = [&](int which) {
    if (which == first)
      added = w.add(0);
  };
  w.pass(soon);
  CHECK(w.execute() == ids{first});
  w.then = nullptr;
  CHECK(w.execute() == ids{added});
}

TEST_CASE("a handler may set its own timer's interval") {
  world w;
  const int id = w.add(soon);
  w.then = [&](int which) {
    w.pass(3); // a slow one
    CHECK(w.list.set_interval(which, 50, w.now));
  };
  w.pass(soon);
  CHECK(w.execute() == ids{id});
  CHECK(w.wait() == 50);
}

TEST_CASE("a handler may reset its own timer") {
  world w;
  const int id = w.add(soon);
  w.then = [&](int which) {
    w.pass(3);
    CHECK(w.list.reset(which, w.now));
  };
  w.pass(soon);
  CHECK(w.execute() == ids{id});
  CHECK(w.wait() == soon);
  // Without that, from the begin of the round.
  w.then = [&](int) { w.pass(3); };
  w.pass(soon);
  CHECK(w.execute() == ids{id});
  CHECK(w.wait() == soon - 3);
}

TEST_CASE("a handler may put off one that is due") {
  world w;
  const int first = w.add(soon);
  const int second = w.add(soon);
  w.then = [&](int which) {
    if (which == first)
      CHECK(w.list.reset(second, w.now));
  };
  w.pass(soon);
  CHECK(w.execute() == ids{first});
  w.pass(soon);
  w.then = nullptr;
  CHECK(w.execute() == ids{second, first}); // as they were started
}

TEST_CASE("a round within a round leaves out whose handler is being called") {
  world w;
  const int first = w.add(0);
  const int second = w.add(soon);
  const int third = w.add(soon);
  ids all;
  w.then = [&](int which) {
    all.push_back(which);
    CHECK(w.wait() == (which == first || which == second ? 0 : -1));
    w.execute();
  };
  w.pass(soon);
  w.execute();
  CHECK(all == ids{first, second, third});
  CHECK(w.wait() == 0);
}

TEST_CASE("a round within a round has later timers' turns") {
  world w;
  const int first = w.add(soon);
  const int second = w.add(2 * soon);
  ids inner;
  w.then = [&](int which) {
    if (which != first)
      return;
    w.pass(soon);
    inner = w.execute();
  };
  w.pass(soon);
  w.execute();
  CHECK(inner == ids{second});
  w.then = nullptr;
  CHECK(w.execute() == ids{first});
}

TEST_CASE("a round that is given up leaves all timers in place") {
  world w;
  const int first = w.add(soon);
  const int second = w.add(soon);
  w.pass(soon);
  {
    timer_list::round round{w.list, w.now};
    const auto due = round.next();
    REQUIRE(due);
    CHECK(due->id == first);
    // Its handler throws.
  }
  CHECK(w.execute() == ids{second});
  CHECK(w.wait() == soon);
  w.pass(soon);
  CHECK(w.execute() == ids{first, second});
}

TEST_CASE("many timers keep their order") {
  world w;
  ids wanted;
  for (int count = 0; count < 1000; ++count)
    w.add(static_cast<std::uint64_t>(count * 7919 % 1000));
  for (int ms = 0; ms < 1000; ++ms) {
    const auto seen = w.execute();
    // One is due for the first time in each millisecond.
    std::vector<int> fresh;
    for (const int id : seen)
      if ((id - 1) * 7919 % 1000 == ms)
        fresh.push_back(id);
    CHECK(fresh.size() == 1);
    w.pass(1);
  }
}
