// SPDX-License-Identifier: MPL-2.0
//
// PAIR to PAIR, one message on its way at a time; each round trip is timed by
// itself.

#include <algorithm>
#include <numeric>
#include <vector>

#include "tools/bench/measure.hpp"
#include "tools/bench/sides.hpp"

namespace zmqrt::bench {

namespace {

void summarize(std::vector<std::uint64_t>& rtt_ns, outcome& result) {
  std::sort(rtt_ns.begin(), rtt_ns.end());
  const auto us = [&](std::size_t rank) {
    return static_cast<double>(rtt_ns[rank]) / 1000;
  };
  const auto n = rtt_ns.size();
  result.rtt_us_p50 = us(n / 2);
  result.rtt_us_p99 = us(n * 99 / 100);
  const auto sum =
    std::accumulate(rtt_ns.begin(), rtt_ns.end(), std::uint64_t{0});
  result.rtt_us_mean = static_cast<double>(sum) / static_cast<double>(n) / 1000;
}

void client(const plan& what, contender& own, rendezvous& meeting,
            outcome& result) {
  const auto end = own.open(side::pair);
  meeting.announce(end->bind());
  std::vector<std::uint64_t> rtt_ns(margin(what));
  end->ping(0, rtt_ns);
  rtt_ns.resize(what.count);
  end->ping(margin(what), rtt_ns);
  summarize(rtt_ns, result);
}

void server(const plan& what, contender& own, rendezvous& meeting) {
  const auto end = own.open(side::pair);
  end->connect(meeting.await());
  end->echo(0, margin(what) + what.count);
}

} // namespace

latency_sample measure_latency(const plan& what) {
  const auto result = run_sides(
    what,
    [&](contender& own, rendezvous& meeting, outcome& out) {
      client(what, own, meeting, out);
    },
    [&](contender& own, rendezvous& meeting, outcome&) {
      server(what, own, meeting);
    });
  return {result.rtt_us_p50, result.rtt_us_p99, result.rtt_us_mean};
}

} // namespace zmqrt::bench
