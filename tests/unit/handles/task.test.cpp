// SPDX-License-Identifier: MPL-2.0
//
// zmqrt::task: when it runs, what it answers and throws, and its end.

#include "zmqrt/task.hpp"

#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>

#include "tests/support/catch.hpp"
#include "zmqrt/coroutine.hpp"

namespace zmqrt::test {

namespace {

task<int> answer(int what) {
  co_return what;
}

task<int> fail(const char* why) {
  throw std::runtime_error{why};
  co_return 0;
}

/// std::move for what is looked at, or moved, again.
task<int>&& give(task<int>& what) {
  return static_cast<task<int>&&>(what);
}

/// Counts its copies that live.
using token = std::shared_ptr<int>;

task<> hold(token) {
  co_await sleep_for(infinite);
}

task<> hold_nested(token mine, int depth) {
  if (depth > 0)
    co_await hold_nested(mine, depth - 1);
  else
    co_await hold(mine);
}

} // namespace

TEST_CASE("task: begins when it is awaited, and answers") {
  coroutine_loop loop;
  bool began = false;
  const auto make = [](bool& flag) -> task<int> {
    flag = true;
    co_return 3;
  };
  auto made = make(began);
  CHECK_FALSE(began);
  CHECK(loop.run(give(made)) == 3);
  CHECK(began);
  CHECK_FALSE(made);
  // What can be moved only.
  const auto unique = []() -> task<std::unique_ptr<std::string>> {
    co_return std::make_unique<std::string>("x");
  };
  CHECK(*loop.run(unique()) == "x");
}

TEST_CASE("task: exceptions go to who awaits") {
  coroutine_loop loop;
  CHECK_THROWS_WITH(loop.run(fail("why")), "why");
  CHECK(loop.run([]() -> task<std::string> {
    std::string seen;
    try {
      (void)co_await fail("inside");
    } catch (const std::runtime_error& thrown) {
      seen = thrown.what();
    }
    co_return seen;
  }()) == "inside");
  // Through one that does not care.
  CHECK_THROWS_WITH(
    loop.run([]() -> task<int> { co_return co_await fail("far"); }()), "far");
}

TEST_CASE("task: can be awaited once") {
  coroutine_loop loop;
  auto made = answer(1);
  auto moved = give(made);
  CHECK_THROWS_AS(loop.run(give(made)), error);
  const auto twice = [](task<int> what) -> task<bool> {
    (void)co_await give(what);
    bool refused = false;
    try {
      (void)co_await give(what);
    } catch (const error& thrown) {
      refused = thrown.code() == errc::invalid_argument;
    }
    co_return refused;
  };
  CHECK(loop.run(twice(give(moved))));
  CHECK_THROWS_AS(loop.spawn(task<>{}), error);
}

TEST_CASE("task: the stack does not grow") {
  coroutine_loop loop;
  const auto where = [](std::uintptr_t& at) -> task<int> {
    const volatile char here = 0;
    at = reinterpret_cast<std::uintptr_t>(&here);
    co_return 1;
  };
  const auto many = [&where](std::uintptr_t& low,
                             std::uintptr_t& high) -> task<int> {
    int sum = 0;
    for (int i = 0; i < 100'000; ++i) {
      std::uintptr_t at = 0;
      sum += co_await where(at);
      low = std::min(low, at);
      high = std::max(high, at);
    }
    co_return sum;
  };
  std::uintptr_t low = UINTPTR_MAX;
  std::uintptr_t high = 0;
  CHECK(loop.run(many(low, high)) == 100'000);
  // That `here` lives in the frame, or on the stack, is up to the compiler.
  CHECK(high - low < 4096);
}

namespace {

task<int> count_down(int from) {
  if (from == 0)
    co_return 0;
  co_return 1 + co_await count_down(from - 1);
}

} // namespace

TEST_CASE("task: 100,000 tasks that wait for each other") {
  coroutine_loop loop;
  CHECK(loop.run(count_down(100'000)) == 100'000);
}

TEST_CASE("task: destroying one destroys what it holds and awaits") {
  auto live = std::make_shared<int>();
  {
    auto never_begun = hold(live);
    CHECK(live.use_count() == 2);
  }
  CHECK(live.use_count() == 1);
  {
    coroutine_loop loop;
    loop.spawn(hold_nested(live, 50));
    loop.spawn(hold(live));
    loop.run([]() -> task<> { co_await yield(); }());
    CHECK(live.use_count() > 50);
  }
  CHECK(live.use_count() == 1);
}

TEST_CASE("task: awaited by another type of coroutine") {
  struct eager {
    struct promise_type {
      eager get_return_object() {
        return {};
      }
      std::suspend_never initial_suspend() noexcept {
        return {};
      }
      std::suspend_never final_suspend() noexcept {
        return {};
      }
      void return_void() {
      }
      void unhandled_exception() {
        throw;
      }
    };
  };
  int got = 0;
  const auto foreign = [&got]() -> eager {
    got = co_await answer(5);
    co_await yield();
    got += co_await answer(2);
  };
  CHECK_THROWS_AS(foreign(), error); // no loop runs
  coroutine_loop loop;
  loop.run([&]() -> task<> {
    foreign();
    while (got != 7)
      co_await yield();
  }());
  CHECK(got == 7);
}

} // namespace zmqrt::test
