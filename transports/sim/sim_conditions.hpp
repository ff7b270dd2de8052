// SPDX-License-Identifier: MPL-2.0
//
// What a simulated network is like: delays, buffer sizes, and how often which
// misfortune happens. The default is a benign one that still splits reads and
// writes; a world may be given other conditions at any time.

#pragma once

#include <cstddef>

#include "transports/sim/sim_random.hpp"

namespace zmqrt::transports {

struct sim_conditions {
  /// From one end to the other, per segment; order is kept within a stream.
  sim_range latency{std::chrono::microseconds{20},
                    std::chrono::microseconds{300}};
  /// From the start of a kernel operation to its completion.
  sim_range completion{duration{0}, std::chrono::microseconds{30}};
  /// From a post to a sleeping reactor to the turn that runs it.
  sim_range turn{duration{0}, std::chrono::microseconds{15}};
  sim_range resolve{std::chrono::microseconds{200},
                    std::chrono::milliseconds{4}};

  /// What the kernel holds per direction, drawn for each stream.
  std::size_t kernel_buffer_least_bytes = 1024;
  std::size_t kernel_buffer_most_bytes = 32 * 1024;

  /// A read or write moves less than it could.
  unsigned short_read_permille = 300;
  unsigned short_write_permille = 300;
  /// A read under way is still delivered after receiving was paused.
  unsigned late_read_permille = 500;

  /// A completion comes late: the process does not get to it.
  unsigned stall_permille = 0;
  sim_range stall{std::chrono::milliseconds{1}, std::chrono::milliseconds{50}};

  /// Per connection: the network breaks it (RST to both ends), or ends it in
  /// order (FIN to both ends, as a dying proxy does), somewhere within its
  /// first `fate_within_bytes`.
  unsigned reset_permille = 0;
  unsigned orderly_end_permille = 0;
  std::size_t fate_within_bytes = 16 * 1024;

  /// Per attempt: refused although somebody listens.
  unsigned refuse_permille = 0;
  /// Per accept: EMFILE.
  unsigned accept_failure_permille = 0;
};

} // namespace zmqrt::transports
