// SPDX-License-Identifier: MPL-2.0
//
// How far apart the two cores are at the moment. A host moves virtual cores
// about, and every result with it: figures compare only at equal placement.

#pragma once

#include <optional>

namespace zmqrt::bench {

/// The median round trip, in nanoseconds, of one cache line between two
/// threads pinned to the first two allowed cores; nothing when there is only
/// one. Starts and ends a thread.
std::optional<double> cache_line_ns();

} // namespace zmqrt::bench
