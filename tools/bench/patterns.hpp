// SPDX-License-Identifier: MPL-2.0
//
// Throughput of the other patterns, in two processes:
//
//   pub-sub         an XPUB that waits for its SUBs (XPUB_NODROP) to --peers
//                   SUBs; the rate is that of what is published
//   dealer-router   --peers DEALERs with --in-flight requests each to a ROUTER
//                   that sends them back; the rate is that of the answers
//   req-rep         --peers REQs to a REP that sends them back
//   proxy           PUSH to PULL by way of a proxy, which is a thread of the
//                   sender's process

#pragma once

#include "tools/bench/measure.hpp"

namespace zmqrt::bench {

/// Throws std::runtime_error when a side fails or takes too long.
[[nodiscard]] throughput_sample measure_pattern(const plan& what);

} // namespace zmqrt::bench
