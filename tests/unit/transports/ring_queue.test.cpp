// SPDX-License-Identifier: MPL-2.0
//
// The ring's two queues without a loop. Where no ring is granted there is
// nothing to test.

#include "transports/ring/ring_queue.hpp"

#include <algorithm>
#include <chrono>
#include <optional>
#include <vector>

#include "tests/support/catch.hpp"

using namespace zmqrt::transports;
using namespace std::chrono_literals;

namespace {

class counted final : public ring_operation {
public:
  void on_completion(int, std::uint32_t) override {
    ++completions;
  }

  int completions = 0;
};

void dispatch(ring_queue& queue) {
  queue.dispatch([](ring_operation& which, int outcome, std::uint32_t flags) {
    which.on_completion(outcome, flags);
  });
}

void start_nop(ring_queue& queue, ring_operation& which) {
  queue.start(which, [](io_uring_sqe* entry) { io_uring_prep_nop(entry); });
}

} // namespace

TEST_CASE("the ring does not wait while a completion is owed") {
  if (!probed_ring())
    return;
  ring_queue queue{*probed_ring()};
  queue.enable();
  counted nop;
  start_nop(queue, nop);
  queue.poll(); // as a full queue does, between two dispatches
  // What would end a wait, far too late.
  counted late;
  __kernel_timespec span{20, 0};
  queue.start(late, [&](io_uring_sqe* entry) {
    io_uring_prep_timeout(entry, &span, 0, 0);
  });
  queue.wait(std::nullopt);
  dispatch(queue);
  CHECK(nop.completions == 1);
  CHECK(late.completions == 0);
  queue.cancel(late);
  while (late.in_flight()) {
    queue.wait(std::nullopt);
    dispatch(queue);
  }
  queue.leave();
}

TEST_CASE("more completions than a ring holds all arrive") {
  if (!probed_ring())
    return;
  ring_queue queue{*probed_ring()};
  queue.enable();
  std::vector<counted> nops(20'000);
  for (std::size_t i = 0; i < nops.size(); ++i) {
    start_nop(queue, nops[i]);
    if (i % 1000 == 999)
      queue.poll(); // collects beyond what was reserved
  }
  const auto open = [&] {
    return std::any_of(nops.begin(), nops.end(),
                       [](const counted& each) { return each.in_flight(); });
  };
  while (open()) {
    queue.wait(std::nullopt);
    dispatch(queue);
  }
  CHECK(std::all_of(nops.begin(), nops.end(),
                    [](const counted& each) { return each.completions == 1; }));
  queue.leave();
}
