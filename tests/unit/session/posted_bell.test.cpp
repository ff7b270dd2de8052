// SPDX-License-Identifier: MPL-2.0
//
// A doorbell and the loop that it is posted to: who keeps whom.

#include "actors/posted_bell.hpp"

#include "tests/support/catch.hpp"
#include "transports/sim/sim_reactor.hpp"
#include "transports/sim/sim_world.hpp"

using namespace zmqrt;

namespace {

struct listener {
  void on_bell() noexcept {
    ++heard;
  }
  int heard = 0;
};

using bell = actors::posted_bell<listener>;

} // namespace

TEST_CASE("many rings are heard once, and the next one again") {
  transports::sim_world world{1};
  const auto loop = std::make_shared<transports::sim_reactor>(world);
  const auto rung = std::make_shared<bell>(loop);
  listener target;
  rung->set_target(&target);
  for (int round = 1; round <= 2; ++round) {
    rung->ring();
    rung->ring();
    world.run_for(std::chrono::seconds{1});
    CHECK(target.heard == round);
  }
  rung->set_target(nullptr);
  rung->ring();
  world.run_for(std::chrono::seconds{1});
  CHECK(target.heard == 2);
}

TEST_CASE("a bell that is rung late does not keep its loop") {
  transports::sim_world world{1};
  auto loop = std::make_shared<transports::sim_reactor>(world);
  const auto rung = std::make_shared<bell>(loop);
  const std::weak_ptr<transports::sim_reactor> watched = loop;
  rung->ring(); // no turn comes any more
  loop.reset();
  CHECK(watched.expired());
  rung->ring();
}
