// SPDX-License-Identifier: MPL-2.0
//
// The list of those that shake hands: who is pushed out, and when.

#include "actors/session/half_open.hpp"

#include <deque>
#include <optional>

#include "tests/support/catch.hpp"

namespace zmqrt::actors {

namespace {

constexpr time_point begun{std::chrono::hours{1}};

struct member final : half_open {
  void on_pushed_out() noexcept override {
    ++pushed_out;
  }
  int pushed_out = 0;
};

} // namespace

TEST_CASE("half open: one more pushes out the oldest that is left") {
  const auto list = std::make_shared<half_open_list>(3);
  std::deque<member> all(6);
  for (std::size_t i = 0; i < 3; ++i)
    all[i].enter(list, begun);
  REQUIRE(all[0].pushed_out == 0);
  const auto later = begun + handshake_grace;
  all[3].enter(list, later);
  CHECK(all[0].pushed_out == 1);
  CHECK(list->size() == 3);
  all[1].leave(); // ready: there is room, and it is not in danger any more
  all[4].enter(list, later);
  CHECK(all[1].pushed_out == 0);
  CHECK(all[2].pushed_out == 0);
  all[5].enter(list, later);
  CHECK(all[2].pushed_out == 1);
  CHECK(all[3].pushed_out + all[4].pushed_out + all[5].pushed_out == 0);
  all[0].leave(); // again: nothing happens
  CHECK(list->size() == 3);
}

TEST_CASE(
  "half open: the newest is turned away while the oldest has its time") {
  const auto list = std::make_shared<half_open_list>(2);
  std::deque<member> all(3);
  for (std::size_t i = 0; i < 2; ++i) {
    CHECK_FALSE(list->turns_away(begun));
    all[i].enter(list, begun);
  }
  const auto later = begun + handshake_grace;
  CHECK(list->turns_away(begun));
  CHECK(list->turns_away(later - std::chrono::nanoseconds{1}));
  CHECK_FALSE(list->turns_away(later));
  all[2].enter(list, later);
  CHECK(all[0].pushed_out == 1);
  CHECK(all[1].pushed_out == 0);
  CHECK_FALSE(list->turns_away(later)); // the next one is as old
  all[1].leave();
  CHECK_FALSE(list->turns_away(begun));
}

TEST_CASE("half open: who ends leaves, and the list outlives its listener") {
  auto list = std::make_shared<half_open_list>(1);
  const std::weak_ptr<half_open_list> seen{list};
  std::optional<member> first;
  first.emplace().enter(list, begun);
  first.reset();
  CHECK(list->size() == 0);
  first.emplace().enter(std::exchange(list, nullptr), begun);
  CHECK_FALSE(seen.expired());
  first->leave();
  CHECK(seen.expired());
}

TEST_CASE("half open: without a list nobody is pushed out") {
  std::deque<member> all(2000);
  for (auto& each : all)
    each.enter(nullptr, begun);
  for (auto& each : all)
    REQUIRE(each.pushed_out == 0);
}

} // namespace zmqrt::actors
