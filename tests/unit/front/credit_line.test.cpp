// SPDX-License-Identifier: MPL-2.0
//
// What may be on its way to an actor, and when its answer is asked for.

#include "actors/front/credit_line.hpp"

#include <deque>

#include "tests/support/catch.hpp"

using zmqrt::actors::credit_line;

TEST_CASE("credit line: never more than the limit is owed, and it goes on") {
  const auto limit = GENERATE(range(1, 40));
  const auto run = GENERATE(1, 2, 7, 64);
  CAPTURE(limit, run);
  credit_line line{static_cast<std::size_t>(limit)};
  std::deque<std::size_t> asked; // answers that will come
  std::size_t handed = 0;
  std::size_t answered = 0;
  std::size_t requests = 0;
  for (int step = 0; step < 500; ++step) {
    const auto count = std::min(line.left(), static_cast<std::size_t>(run));
    REQUIRE(handed - answered <= static_cast<std::size_t>(limit));
    if (count == 0) {
      REQUIRE(!asked.empty()); // else it would stand still
      answered += asked.front();
      line.give_back(asked.front());
      asked.pop_front();
      continue;
    }
    handed += count;
    if (const auto owed = line.hand_over(count)) {
      asked.push_back(owed);
      ++requests;
    }
  }
  // One answer for about half of the limit.
  CHECK(requests <= handed / ((static_cast<std::size_t>(limit) + 1) / 2));
}

TEST_CASE("credit line: a limit of one has each of them answered") {
  credit_line line{1};
  CHECK(line.hand_over(1) == 1);
  CHECK(line.left() == 0);
  line.give_back(1);
  CHECK(line.left() == 1);
}

TEST_CASE("credit line: a new limit keeps what is owed") {
  credit_line line{10};
  CHECK(line.hand_over(8) == 8);
  line.set_limit(3);
  CHECK(line.left() == 0);
  line.give_back(8);
  CHECK(line.left() == 3);
  line.set_limit(0); // counts as one
  CHECK(line.left() == 1);
}

TEST_CASE("credit line: a lower limit below what no request covers goes on") {
  credit_line line{100};
  CHECK(line.hand_over(30) == 0);
  line.set_limit(10);
  // It is at its limit, so somebody has to answer.
  CHECK(line.left() != 0);
}
