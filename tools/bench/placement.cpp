// SPDX-License-Identifier: MPL-2.0
//
// Two pinned threads hand one counter to and fro.

#include "tools/bench/placement.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

#include <sched.h>

namespace zmqrt::bench {

namespace {

constexpr unsigned batches = 31;
constexpr unsigned trips = 2000;

std::vector<int> allowed_cores() {
  cpu_set_t set;
  CPU_ZERO(&set);
  std::vector<int> cores;
  if (sched_getaffinity(0, sizeof set, &set) == 0)
    for (int core = 0; core < CPU_SETSIZE; ++core)
      if (CPU_ISSET(core, &set))
        cores.push_back(core);
  return cores;
}

void pin(int core) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(core, &set);
  // Without the pin the figure is only coarser.
  (void)sched_setaffinity(0, sizeof set, &set);
}

/// Odd values are the answerer's turn.
struct alignas(128) ball {
  std::atomic<unsigned> turn{0};
};

void answer(ball& line) {
  for (unsigned next = 1; next < 2 * batches * trips; next += 2) {
    while (line.turn.load(std::memory_order_acquire) != next) {
    }
    line.turn.store(next + 1, std::memory_order_release);
  }
}

double serve(ball& line) {
  std::array<double, batches> ns{};
  unsigned next = 1;
  for (auto& each : ns) {
    const auto start = std::chrono::steady_clock::now();
    for (unsigned i = 0; i < trips; ++i, next += 2) {
      line.turn.store(next, std::memory_order_release);
      while (line.turn.load(std::memory_order_acquire) != next + 1) {
      }
    }
    const std::chrono::duration<double, std::nano> elapsed =
      std::chrono::steady_clock::now() - start;
    each = elapsed.count() / trips;
  }
  std::nth_element(ns.begin(), ns.begin() + batches / 2, ns.end());
  return ns[batches / 2];
}

} // namespace

std::optional<double> cache_line_ns() {
  const auto cores = allowed_cores();
  if (cores.size() < 2)
    return std::nullopt;
  ball line;
  double median = 0;
  std::thread server{[&] {
    pin(cores[0]);
    median = serve(line);
  }};
  std::thread answerer{[&] {
    pin(cores[1]);
    answer(line);
  }};
  server.join();
  answerer.join();
  return median;
}

} // namespace zmqrt::bench
