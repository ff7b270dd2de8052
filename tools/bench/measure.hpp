// SPDX-License-Identifier: MPL-2.0
//
// One run of each benchmark. Forks: call it while the process has one thread.

#pragma once

#include "tools/bench/plan.hpp"

namespace zmqrt::bench {

struct throughput_sample {
  double msgs_per_s;
  /// Of both sides, user and system; of push-pull only.
  double cpu_ns_per_msg;
};

struct latency_sample {
  double rtt_us_p50;
  double rtt_us_p99;
  double rtt_us_mean;
};

/// Both throw std::runtime_error when a side fails or takes too long.
throughput_sample measure_throughput(const plan& what);
latency_sample measure_latency(const plan& what);

/// How many messages libsodium alone seals (sodium.cpp), in this process.
throughput_sample measure_sealing(const plan& what);

} // namespace zmqrt::bench
