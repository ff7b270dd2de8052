// SPDX-License-Identifier: MPL-2.0

#include "transports/posix/breather.hpp"

#include <chrono>

#include "tests/support/catch.hpp"

using namespace zmqrt;
using namespace zmqrt::transports;
using namespace std::chrono_literals;

namespace {

time_point now{};
duration away{};
int pauses = 0;

/// A breather whose pauses take `long_as` on a clock of the test's own.
breather make_breather(duration long_as) {
  away = long_as;
  pauses = 0;
  return {[]() noexcept { return now; },
          []() noexcept {
            ++pauses;
            now += away;
          }};
}

} // namespace

TEST_CASE("a loop breathes after a turn that moved many small messages") {
  auto lungs = make_breather(10us);
  lungs.moved(breather::many - 1, 64 * (breather::many - 1));
  lungs.end_turn();
  CHECK(pauses == 0);

  lungs.moved(breather::many, 64 * breather::many);
  lungs.end_turn();
  CHECK(pauses == 1);
  lungs.end_turn();
  CHECK(pauses == 1);
}

TEST_CASE("a turn's small messages are counted over all connections") {
  auto lungs = make_breather(10us);
  lungs.moved(breather::many / 2, 1000);
  lungs.moved(breather::many / 2, 1000);
  lungs.end_turn();
  CHECK(pauses == 1);
}

TEST_CASE("a loop that moves large messages does not breathe") {
  auto lungs = make_breather(10us);
  lungs.moved(1000, 1000 * 2 * breather::small);
  lungs.end_turn();
  CHECK(pauses == 0);
}

TEST_CASE("a loop that lost its core for long keeps it for many turns") {
  auto lungs = make_breather(breather::long_pause);
  const auto busy_turn = [&] {
    lungs.moved(breather::many, 0);
    lungs.end_turn();
  };
  busy_turn();
  CHECK(pauses == 1);
  for (std::uint64_t i = 0; i < breather::turns_without; ++i)
    busy_turn();
  CHECK(pauses == 1);
  busy_turn();
  CHECK(pauses == 2);
}
