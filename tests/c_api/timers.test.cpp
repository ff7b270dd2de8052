// SPDX-License-Identifier: MPL-2.0
//
// zmq_timers(3), with the clock there is: what is due at once, and what is not
// due for an hour. Times in between are timer_list's tests.

#include <cerrno>
#include <functional>
#include <vector>

#include <zmq.h>

#include "tests/support/catch.hpp"

namespace {

using ids = std::vector<int>;

constexpr std::size_t hour = 3'600'000; // ms

struct timers {
  timers() {
    REQUIRE(handle != nullptr);
  }
  timers(const timers&) = delete;
  timers& operator=(const timers&) = delete;
  ~timers() {
    CHECK(zmq_timers_destroy(&handle) == 0);
    CHECK(handle == nullptr);
  }

  static void call(int id, void* argument) {
    auto& self = *static_cast<timers*>(argument);
    self.called.push_back(id);
    if (self.then)
      self.then(id);
  }

  int add(std::size_t interval) {
    const int id = zmq_timers_add(handle, interval, &call, this);
    CHECK(id > 0);
    return id;
  }
  /// Until somebody has a turn.
  ids execute() {
    called.clear();
    while (called.empty())
      REQUIRE(zmq_timers_execute(handle) == 0);
    return called;
  }
  ids execute_once() {
    called.clear();
    CHECK(zmq_timers_execute(handle) == 0);
    return called;
  }

  void* handle = zmq_timers_new();
  ids called{};
  std::function<void(int id)> then{}; // what handlers do
};

#define REFUSED(call)                                                          \
  errno = 0;                                                                   \
  CHECK((call) == -1);                                                         \
  CHECK(errno == EINVAL)

} // namespace

TEST_CASE("without timers there is nothing to wait for") {
  timers t;
  CHECK(zmq_timers_timeout(t.handle) == -1);
  CHECK(t.execute_once().empty());
}

TEST_CASE("ids count from 1") {
  timers t;
  CHECK(t.add(hour) == 1);
  CHECK(t.add(hour) == 2);
  CHECK(zmq_timers_cancel(t.handle, 2) == 0);
  CHECK(t.add(hour) == 3);
}

TEST_CASE("a timer that is not due has no turn") {
  timers t;
  t.add(hour);
  const long left = zmq_timers_timeout(t.handle);
  CHECK(left > 0);
  CHECK(left <= static_cast<long>(hour));
  CHECK(t.execute_once().empty());
}

TEST_CASE("a timer has its turn again and again") {
  timers t;
  const int id = t.add(1);
  t.add(hour);
  for (int round = 0; round < 5; ++round)
    CHECK(t.execute() == ids{id});
}

TEST_CASE("the first of all is waited for") {
  timers t;
  t.add(2 * hour);
  t.add(hour);
  CHECK(zmq_timers_timeout(t.handle) <= static_cast<long>(hour));
  const int id = t.add(0);
  CHECK(zmq_timers_timeout(t.handle) == 0);
  CHECK(zmq_timers_cancel(t.handle, id) == 0);
  CHECK(zmq_timers_timeout(t.handle) > 0);
}

TEST_CASE("a cancelled timer has no turn") {
  timers t;
  const int id = t.add(0);
  CHECK(zmq_timers_cancel(t.handle, id) == 0);
  REFUSED(zmq_timers_cancel(t.handle, id));
  CHECK(t.execute_once().empty());
  CHECK(zmq_timers_timeout(t.handle) == -1);
  REFUSED(zmq_timers_cancel(t.handle, id));
  REFUSED(zmq_timers_reset(t.handle, id));
  REFUSED(zmq_timers_set_interval(t.handle, id, 0));
}

TEST_CASE("there is no timer of an id that was not given") {
  timers t;
  t.add(hour);
  for (const int id : {0, -1, 2, 1000}) {
    CAPTURE(id);
    REFUSED(zmq_timers_cancel(t.handle, id));
    REFUSED(zmq_timers_reset(t.handle, id));
    REFUSED(zmq_timers_set_interval(t.handle, id, 1));
  }
}

TEST_CASE("a new interval counts from now") {
  timers t;
  t.then = [&](int which) { CHECK(zmq_timers_cancel(t.handle, which) == 0); };
  const int id = t.add(hour);
  CHECK(zmq_timers_set_interval(t.handle, id, 0) == 0);
  CHECK(zmq_timers_timeout(t.handle) == 0);
  CHECK(t.execute() == ids{id});
  const int other = t.add(0);
  CHECK(zmq_timers_set_interval(t.handle, other, hour) == 0);
  CHECK(t.execute_once().empty());
  CHECK(zmq_timers_timeout(t.handle) > 0);
}

TEST_CASE("a reset keeps the interval") {
  timers t;
  const int id = t.add(hour);
  CHECK(zmq_timers_reset(t.handle, id) == 0);
  CHECK(zmq_timers_timeout(t.handle) > 0);
  CHECK(t.execute_once().empty());
}

TEST_CASE("an interval as long as can be said is no mistake") {
  timers t;
  t.add(static_cast<std::size_t>(-1) / 2);
  CHECK(zmq_timers_timeout(t.handle) > 0);
  CHECK(t.execute_once().empty());
}

TEST_CASE("a handler may cancel its own timer") {
  timers t;
  t.then = [&](int which) { CHECK(zmq_timers_cancel(t.handle, which) == 0); };
  const int id = t.add(0);
  CHECK(t.execute() == ids{id});
  CHECK(t.execute_once().empty());
  CHECK(zmq_timers_timeout(t.handle) == -1);
}

TEST_CASE("a handler may cancel one that is due") {
  timers t;
  const int first = t.add(0);
  const int second = t.add(0);
  t.then = [&](int) {
    CHECK(zmq_timers_cancel(t.handle, first) == 0);
    CHECK(zmq_timers_cancel(t.handle, second) == 0);
  };
  CHECK(t.execute() == ids{first});
  CHECK(t.execute_once().empty());
}

TEST_CASE("a handler may add timers") {
  timers t;
  const int first = t.add(0);
  int second = 0;
  t.then = [&](int which) {
    CHECK(zmq_timers_cancel(t.handle, which) == 0);
    if (which == first)
      second = t.add(1);
  };
  CHECK(t.execute() == ids{first});
  CHECK(t.execute() == ids{second});
  CHECK(zmq_timers_timeout(t.handle) == -1);
}

TEST_CASE("lists of timers know nothing of each other") {
  timers one;
  timers other;
  CHECK(one.add(hour) == 1);
  REFUSED(zmq_timers_cancel(other.handle, 1));
  CHECK(zmq_timers_timeout(other.handle) == -1);
}

TEST_CASE("a timer needs a handler") {
  timers t;
  errno = 0;
  CHECK(zmq_timers_add(t.handle, 1, nullptr, nullptr) == -1);
  CHECK(errno == EFAULT);
}

TEST_CASE("without a list there are no timers") {
  void* none = nullptr;
  const auto call = [](int, void*) {};
  errno = 0;
  CHECK(zmq_timers_add(none, 1, call, nullptr) == -1);
  CHECK(errno == EFAULT);
  errno = 0;
  CHECK(zmq_timers_cancel(none, 1) == -1);
  CHECK(errno == EFAULT);
  errno = 0;
  CHECK(zmq_timers_set_interval(none, 1, 1) == -1);
  CHECK(errno == EFAULT);
  errno = 0;
  CHECK(zmq_timers_reset(none, 1) == -1);
  CHECK(errno == EFAULT);
  errno = 0;
  CHECK(zmq_timers_timeout(none) == -1);
  CHECK(errno == EFAULT);
  errno = 0;
  CHECK(zmq_timers_execute(none) == -1);
  CHECK(errno == EFAULT);
  errno = 0;
  CHECK(zmq_timers_destroy(&none) == -1);
  CHECK(errno == EFAULT);
}
