// SPDX-License-Identifier: MPL-2.0
//
// when_any, when_all and with_deadline, in virtual time.

#include "zmqrt/when.hpp"

#include <memory>
#include <stdexcept>
#include <string>
#include <type_traits>

#include "tests/support/catch.hpp"
#include "zmqrt/coroutine.hpp"

namespace zmqrt::test {

namespace {

using std::chrono::milliseconds;

task<int> later(int ms, std::shared_ptr<int> = {}) {
  co_await sleep_for(milliseconds{ms});
  co_return ms;
}

task<std::string> named(int ms) {
  co_await sleep_for(milliseconds{ms});
  co_return "text";
}

task<int> fail_later(int ms) {
  co_await sleep_for(milliseconds{ms});
  throw std::runtime_error{"late"};
}

struct virtual_loop {
  virtual_clock time;
  coroutine_loop loop{loop_options{&time}};
};

} // namespace

TEST_CASE("when_any: three kinds, and which of them it was") {
  virtual_loop it;
  const auto first = [](int a, int b, int c) -> task<std::size_t> {
    auto got =
      co_await when_any(later(a), named(b), sleep_for(milliseconds{c}));
    static_assert(
      std::is_same_v<decltype(got),
                     std::variant<int, std::string, std::monostate>>);
    if (got.index() == 0)
      CHECK(std::get<0>(got) == a);
    co_return got.index();
  };
  CHECK(it.loop.run(first(1, 2, 3)) == 0);
  CHECK(it.loop.run(first(2, 1, 3)) == 1);
  CHECK(it.loop.run(first(3, 2, 1)) == 2);
  CHECK(it.loop.run(first(1, 1, 1)) == 0);
  CHECK(it.loop.run(first(2, 1, 1)) == 1);
  CHECK(it.loop.run(first(0, 0, 0)) == 0);
}

TEST_CASE("when_any: two of one type are told apart") {
  virtual_loop it;
  CHECK(it.loop.run([]() -> task<bool> {
    const auto got = co_await when_any(later(9), later(4));
    co_return got.index() == 1 && std::get<1>(got) == 4;
  }()));
}

TEST_CASE("when_any: the others are gone before it answers") {
  virtual_loop it;
  auto live = std::make_shared<int>();
  it.loop.run([&]() -> task<> {
    (void)co_await when_any(later(50, live), later(1), later(1, live));
    CHECK(live.use_count() == 1);
    try {
      (void)co_await when_any(later(50, live), fail_later(2));
      CHECK(false);
    } catch (const std::runtime_error& thrown) {
      CHECK(thrown.what() == std::string{"late"});
    }
    CHECK(live.use_count() == 1);
    // One that would have thrown later did not.
    auto answered = co_await when_any(fail_later(3), later(2));
    CHECK(answered.index() == 1);
  }());
  // The losers' deadlines are gone, too.
  const auto now = it.time.now();
  it.loop.run([]() -> task<> { co_await sleep_for(milliseconds{1}); }());
  CHECK(it.time.now() - now == milliseconds{1});
}

TEST_CASE("when_any: within each other, and in tasks") {
  virtual_loop it;
  const auto inner = [](int ms) -> task<std::size_t> {
    const auto got = co_await when_any(later(ms), later(5));
    co_return got.index();
  };
  CHECK(it.loop.run([&]() -> task<bool> {
    const auto outer = co_await when_any(
      when_any(later(8), when_any(later(9), later(3))), inner(4), later(7));
    if (outer.index() != 0 || std::get<0>(outer).index() != 1)
      co_return false;
    const auto deepest = std::get<1>(std::get<0>(outer));
    co_return deepest.index() == 1 && std::get<1>(deepest) == 3;
  }()));
  CHECK(it.loop.run(inner(6)) == 1);
}

TEST_CASE("when_any: what is destroyed amid it") {
  virtual_loop it;
  auto live = std::make_shared<int>();
  for (int ms = 0; ms < 8; ++ms) {
    it.loop.run([&]() -> task<> {
      (void)co_await with_deadline(
        when_any(later(9, live), when_all(later(3, live), later(6, live)),
                 sleep_for(infinite)),
        milliseconds{ms});
    }());
    CHECK(live.use_count() == 1);
  }
}

TEST_CASE("when_all: waits for all, and answers in order") {
  virtual_loop it;
  const auto began = it.time.now();
  it.loop.run([]() -> task<> {
    const auto [a, b, c] =
      co_await when_all(later(3), sleep_for(milliseconds{9}), named(1));
    CHECK(a == 3);
    CHECK(c == "text");
    static_assert(std::is_same_v<decltype(b), const std::monostate>);
  }());
  CHECK(it.time.now() - began == milliseconds{9});
}

TEST_CASE("when_all: the first to throw ends it") {
  virtual_loop it;
  auto live = std::make_shared<int>();
  const auto began = it.time.now();
  CHECK_THROWS_WITH(it.loop.run([&]() -> task<> {
    co_await when_all(later(1), later(50, live), fail_later(4));
  }()),
                    "late");
  CHECK(live.use_count() == 1);
  CHECK(it.time.now() - began == milliseconds{4});
}

TEST_CASE("with_deadline: in time, or not") {
  virtual_loop it;
  it.loop.run([&]() -> task<> {
    const milliseconds five{5};
    CHECK(co_await with_deadline(later(4), five) == 4);
    CHECK(co_await with_deadline(later(5), five) == 5); // it was there first
    CHECK(co_await with_deadline(later(6), five) == std::nullopt);
    CHECK(co_await with_deadline(sleep_for(milliseconds{1}), five));
    CHECK_FALSE(co_await with_deadline(sleep_for(infinite), five));
    CHECK(co_await with_deadline(later(1'000'000), infinite) == 1'000'000);
    CHECK(co_await with_deadline(later(0), milliseconds{0}) == 0);
    bool thrown = false;
    try {
      (void)co_await with_deadline(fail_later(1), five);
    } catch (const std::runtime_error&) {
      thrown = true;
    }
    CHECK(thrown);
  }());
}

} // namespace zmqrt::test
