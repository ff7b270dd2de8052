// SPDX-License-Identifier: MPL-2.0
//
// Turns: nobody is forgotten, nobody comes twice in a round.

#include "libzmqrt/patterns/rotation.hpp"

#include <map>
#include <random>
#include <set>
#include <vector>

#include "tests/support/catch.hpp"

using namespace zmqrt::patterns;

namespace {

std::vector<pipe_id> turns(rotation& of, int count) {
  std::vector<pipe_id> seen;
  for (int i = 0; i < count; ++i) {
    seen.push_back(of.current());
    of.advance(of.current());
  }
  return seen;
}

} // namespace

TEST_CASE("nobody is current until somebody is active") {
  rotation all;
  CHECK(all.current() == no_pipe);
  all.add(3);
  CHECK(all.current() == no_pipe);
  all.set_active(3, true);
  CHECK(all.current() == 3);
  all.remove(3);
  CHECK(all.current() == no_pipe);
}

TEST_CASE("the active ones take turns in the order they became active") {
  rotation all;
  for (pipe_id id : {0U, 1U, 2U}) {
    all.add(id);
    all.set_active(id, true);
  }
  CHECK(turns(all, 6) == std::vector<pipe_id>{0, 1, 2, 0, 1, 2});
}

TEST_CASE("only the one whose turn it is passes it on") {
  rotation all;
  for (pipe_id id : {0U, 1U}) {
    all.add(id);
    all.set_active(id, true);
  }
  all.advance(1);
  CHECK(all.current() == 0);
}

TEST_CASE("a turn is not lost when another one becomes inactive") {
  rotation all;
  for (pipe_id id : {0U, 1U, 2U}) {
    all.add(id);
    all.set_active(id, true);
  }
  all.advance(0);
  all.advance(1);
  REQUIRE(all.current() == 2);
  all.set_active(1, false);
  CHECK(all.current() == 2);
  all.set_active(2, false);
  CHECK(all.current() == 0);
}

TEST_CASE("saying the same thing twice changes nothing") {
  rotation all;
  all.add(0);
  all.set_active(0, true);
  all.set_active(0, true);
  all.set_active(7, true); // not a member
  all.remove(7);
  CHECK(turns(all, 2) == std::vector<pipe_id>{0, 0});
  all.set_active(0, false);
  all.set_active(0, false);
  CHECK(all.current() == no_pipe);
}

TEST_CASE("any sequence of changes keeps every active member in turn") {
  const auto seed = GENERATE(1U, 2U, 3U, 4U, 5U);
  std::minstd_rand random(seed);
  rotation all;
  std::set<pipe_id> members;
  std::set<pipe_id> active;
  for (int step = 0; step < 2'000; ++step) {
    const auto id = static_cast<pipe_id>(random() % 12);
    switch (random() % 4) {
    case 0:
      if (members.insert(id).second)
        all.add(id);
      break;
    case 1:
      if (members.erase(id) != 0) {
        active.erase(id);
        all.remove(id);
      }
      break;
    case 2:
      all.set_active(id, true);
      if (members.contains(id))
        active.insert(id);
      break;
    default:
      all.set_active(id, false);
      active.erase(id);
    }
    const auto round = turns(all, static_cast<int>(active.size()));
    REQUIRE(std::set<pipe_id>(round.begin(), round.end()) == active);
  }
}
