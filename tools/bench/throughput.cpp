// SPDX-License-Identifier: MPL-2.0
//
// PUSH to PULL. The receiver holds the clock: it starts when the messages in
// front of the measured ones have come and stops before those behind them, so
// full queues are neither measured filling up nor running empty.

#include <chrono>

#include "tools/bench/measure.hpp"
#include "tools/bench/patterns.hpp"
#include "tools/bench/sides.hpp"

namespace zmqrt::bench {

namespace {

void push(const plan& what, contender& own, rendezvous& meeting,
          outcome& result) {
  const auto end = own.open(side::push);
  meeting.announce(end->bind());
  const auto extra = margin(what);
  end->send(0, extra);
  const auto before = process_cpu_ns();
  end->send(extra, what.count);
  result.first_cpu_ns = process_cpu_ns() - before;
  end->send(extra + what.count, extra);
  meeting.await_leave();
}

void pull(const plan& what, contender& own, rendezvous& meeting,
          outcome& result) {
  using clock = std::chrono::steady_clock;
  const auto end = own.open(side::pull);
  end->connect(meeting.await());
  const auto extra = margin(what);
  end->recv(0, extra);
  const auto before = process_cpu_ns();
  const auto start = clock::now();
  end->recv(extra, what.count);
  const auto elapsed = clock::now() - start;
  result.second_cpu_ns = process_cpu_ns() - before;
  result.wall_ns =
    static_cast<std::uint64_t>(std::chrono::nanoseconds(elapsed).count());
  end->recv(extra + what.count, extra);
  meeting.leave();
}

} // namespace

throughput_sample measure_throughput(const plan& what) {
  if (what.impl == "sodium")
    return measure_sealing(what);
  if (what.pattern != "push-pull")
    return measure_pattern(what);
  const auto result = run_sides(
    what,
    [&](contender& own, rendezvous& meeting, outcome& out) {
      push(what, own, meeting, out);
    },
    [&](contender& own, rendezvous& meeting, outcome& out) {
      pull(what, own, meeting, out);
    });
  const auto count = static_cast<double>(what.count);
  // Within one process each side has seen the CPU time of both.
  auto cpu = static_cast<double>(result.second_cpu_ns);
  if (what.transport != "inproc")
    cpu += static_cast<double>(result.first_cpu_ns);
  return {count * 1e9 / static_cast<double>(result.wall_ns), cpu / count};
}

} // namespace zmqrt::bench
