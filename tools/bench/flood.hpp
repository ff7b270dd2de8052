// SPDX-License-Identifier: MPL-2.0
//
// What a flood of bad HELLOs costs an established CURVE peer: PUSH to PULL over
// tcp, without and, on the same connection, with a third process that connects
// plan.hellos_per_s times a second and says a HELLO of garbage, of the right
// size and of a wrong one in turn. plan.runs times each, in turn.

#pragma once

#include "tools/bench/plan.hpp"

namespace zmqrt::bench {

/// Medians.
struct flood_sample {
  double quiet_msgs_per_s;
  double flooded_msgs_per_s;
  double flooded_to_quiet; ///< of a run amid the flood and the one before it
  double bad_hellos_per_s; ///< that the server has ended
};

/// Throws std::runtime_error when a side fails or takes too long. Forks: call
/// it while the process has one thread.
[[nodiscard]] flood_sample measure_flood(const plan& what);

} // namespace zmqrt::bench
