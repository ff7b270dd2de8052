// SPDX-License-Identifier: MPL-2.0
//
// What this kernel's io_uring grants this process: probed by asking for it,
// never by version number. What it lacks is done without, piece by piece.

#pragma once

#include <optional>

namespace zmqrt::transports {

struct ring_features {
  /// Completions are made on the loop's thread when it asks for them.
  bool deferred_taskrun = true;
  /// Else: without an interrupt at least.
  bool cooperative_taskrun = true;
  /// Receive buffers are picked when data is there.
  bool buffer_rings = true;
  bool multishot_receive = true;
  bool multishot_accept = true;
  bool multishot_poll = true;
  /// Receives may be told to wait before they try.
  bool poll_first = true;
  /// Streams are held in a table of the ring.
  bool registered_files = true;
};

/// The features, found out once; empty: no ring that we could use.
[[nodiscard]] const std::optional<ring_features>& probed_ring() noexcept;

} // namespace zmqrt::transports
