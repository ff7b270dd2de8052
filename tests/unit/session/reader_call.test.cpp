// SPDX-License-Identifier: MPL-2.0
//
// When a thread that waits in recv is called: at once for small messages, a
// little later for large ones, but never not at all.

#include "actors/session/reader_call.hpp"

#include <thread>

#include "tests/support/catch.hpp"
#include "tests/unit/gate/fixtures.hpp"
#include "transports/sim/sim_reactor.hpp"
#include "transports/sim/sim_world.hpp"

using namespace zmqrt;

namespace {

constexpr std::size_t kib = 1024;

struct bed {
  transports::sim_world world{1};
  std::shared_ptr<transports::sim_reactor> loop =
    std::make_shared<transports::sim_reactor>(world);
  std::shared_ptr<actors::gate> pull = test::make_gate(socket_type::pull);
  std::shared_ptr<actors::reader_call> call =
    std::make_shared<actors::reader_call>(*loop, pull);

  void run() {
    world.run_for(std::chrono::seconds{1});
  }
};

} // namespace

TEST_CASE("small messages are called for at once") {
  bed on;
  CHECK_FALSE(on.call->defers(1, 64));
  CHECK_FALSE(on.call->defers(1, 8 * kib - 1));
  CHECK_FALSE(on.call->defers(1000, 64 * kib));
}

TEST_CASE("a small message ends the wait of large ones") {
  bed on;
  CHECK(on.call->defers(1, 64 * kib));
  CHECK_FALSE(on.call->defers(1, 1));
}

TEST_CASE("who waits is called when the stream pauses") {
  bed on;
  const auto pipe = *on.pull->attach({});
  for (int round = 0; round < 3; ++round) {
    auto one = test::batch_of({"large"});
    REQUIRE(on.call->defers(1, 64 * kib));
    std::error_code why;
    // From here to the join nothing may throw.
    std::thread reader([&] {
      message next;
      why = on.pull->recv(next, actors::patience::forever());
    });
    CHECK(on.pull->deliver(pipe, one, false));
    on.run();
    reader.join();
    CHECK_FALSE(why);
  }
}

TEST_CASE("who waits is called when the inbox is full") {
  bed on;
  on.pull = test::make_gate(socket_type::pull, 1, 1);
  const auto pipe = *on.pull->attach({});
  auto one = test::batch_of({"large"});
  std::error_code why;
  std::thread reader([&] {
    message next;
    why = on.pull->recv(next, actors::patience::forever());
  });
  CHECK_FALSE(on.pull->deliver(pipe, one, false));
  reader.join();
  CHECK_FALSE(why);
}
