// SPDX-License-Identifier: MPL-2.0
//
// The coroutine_loop: turns, deadlines, spawned tasks, and where it may run.

#include "zmqrt/coroutine_loop.hpp"

#include <future>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>

#include "actors/gate/gate.hpp"
#include "tests/support/catch.hpp"
#include "zmqrt/coroutine.hpp"

namespace zmqrt::test {

namespace {

using std::chrono::milliseconds;

task<> write(std::string& to, char what, int times, int every_ms) {
  for (int i = 0; i < times; ++i) {
    co_await sleep_for(milliseconds{every_ms});
    to += what;
  }
}

task<> wait_for(int ms) {
  co_await sleep_for(milliseconds{ms});
}

task<int> one() {
  co_return 1;
}

task<> fail(const char* why) {
  co_await yield();
  throw std::runtime_error{why};
}

std::error_code code_of_run(coroutine_loop& loop) {
  try {
    (void)loop.run(one());
  } catch (const error& thrown) {
    return thrown.code();
  }
  return {};
}

} // namespace

TEST_CASE("coroutine_loop: deadlines in order, in virtual time") {
  virtual_clock time;
  coroutine_loop loop{{.clock = &time}};
  std::string order;
  loop.spawn(write(order, 'a', 3, 20));
  loop.spawn(write(order, 'b', 2, 30));
  loop.spawn(write(order, 'c', 2, 30));
  loop.run(wait_for(45));
  CHECK(order == "abca");
  loop.run(wait_for(45)); // where it was
  CHECK(order == "abcabca");
  const auto now = time.now();
  loop.run([](loop_time then) -> task<> {
    co_await sleep_until(then - milliseconds{1}); // is over
    co_await sleep_until(then + milliseconds{7});
  }(now));
  CHECK(time.now() - now == milliseconds{7});
}

TEST_CASE("coroutine_loop: the system's time") {
  coroutine_loop loop;
  const auto began = std::chrono::steady_clock::now();
  loop.run(wait_for(3));
  CHECK(std::chrono::steady_clock::now() - began >= milliseconds{3});
}

TEST_CASE("coroutine_loop: a clock that lets it sleep") {
  struct shifted final : loop_clock {
    loop_time now() noexcept override {
      return loop_time::clock::now() + std::chrono::hours{5};
    }
    bool skip_to(loop_time) noexcept override {
      return false;
    }
  };
  shifted time;
  coroutine_loop loop{{.clock = &time}};
  const auto began = time.now();
  loop.run(wait_for(2));
  CHECK(time.now() - began >= milliseconds{2});
}

TEST_CASE("coroutine_loop: tasks that are always ready take turns") {
  coroutine_loop loop;
  int others = 0;
  loop.spawn([](int& count) -> task<> {
    for (;;) {
      co_await yield();
      ++count;
    }
  }(others));
  loop.run([]() -> task<> {
    for (int i = 0; i < 6400; ++i)
      (void)co_await one();
  }());
  CHECK(others >= 90);
}

TEST_CASE("coroutine_loop: what spawned tasks throw comes out") {
  coroutine_loop loop;
  std::string order;
  loop.spawn(fail("one"));
  loop.spawn(fail("two"));
  loop.spawn(write(order, 'x', 1000, 0));
  auto live = std::make_shared<int>();
  CHECK_THROWS_WITH(loop.run([](std::shared_ptr<int>) -> task<> {
    co_await sleep_for(infinite);
  }(live)),
                    "one");
  CHECK(live.use_count() == 1); // it was destroyed
  CHECK_THROWS_WITH(loop.run(wait_for(-1)), "two");
  loop.run([&]() -> task<> {
    while (order.size() < 1000)
      co_await yield();
  }());
}

TEST_CASE("coroutine_loop: tasks that spawn") {
  coroutine_loop loop;
  std::string order;
  loop.run([&]() -> task<> {
    loop.spawn(write(order, 'a', 1, 0));
    loop.spawn([](coroutine_loop& home, std::string& text) -> task<> {
      home.spawn(write(text, 'b', 1, 0));
      co_return;
    }(loop, order));
    while (order.size() < 2)
      co_await yield();
  }());
  CHECK(order == "ab");
}

TEST_CASE("coroutine_loop: one run() per thread, and per loop") {
  coroutine_loop loop;
  coroutine_loop other;
  loop.run([&]() -> task<> {
    CHECK(code_of_run(loop) == errc::fsm);
    CHECK(code_of_run(other) == errc::fsm);
    auto elsewhere =
      std::async(std::launch::async, [&] { return code_of_run(loop); });
    CHECK(elsewhere.get() == errc::fsm);
    elsewhere =
      std::async(std::launch::async, [&] { return code_of_run(other); });
    CHECK(elsewhere.get() == std::error_code{});
    co_return;
  }());
  CHECK(code_of_run(loop) == std::error_code{});
  // Another thread may have it next.
  std::thread([&] { CHECK(code_of_run(loop) == std::error_code{}); }).join();
}

TEST_CASE("coroutine_loop: not on the runtime's threads") {
  std::error_code code;
  std::thread([&] {
    actors::forbid_waiting_on_this_thread();
    coroutine_loop loop;
    code = code_of_run(loop);
  }).join();
  CHECK(code == errc::would_deadlock);
}

TEST_CASE("coroutine_loop: its end destroys what is left, wherever it is") {
  auto live = std::make_shared<int>();
  const auto hold = [](std::shared_ptr<int> mine, int steps) -> task<> {
    for (int i = 0; i < steps; ++i)
      co_await yield();
    (void)co_await when_any(
      when_all(sleep_for(infinite), sleep_for(std::chrono::hours{1})),
      [](std::shared_ptr<int>) -> task<> {
        for (;;)
          co_await yield();
      }(mine));
  };
  for (int steps = 0; steps < 20; ++steps) {
    {
      coroutine_loop loop;
      loop.spawn(hold(live, 10));
      for (int i = 0; i < steps; ++i)
        (void)loop.run([]() -> task<> { co_await yield(); }());
    }
    CHECK(live.use_count() == 1);
  }
}

} // namespace zmqrt::test
