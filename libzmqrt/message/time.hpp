// SPDX-License-Identifier: MPL-2.0
//
// Time as an argument: pure code names these types and never reads a clock.

#pragma once

#include <chrono>

namespace zmqrt {

/// A point of the monotonic clock (or of a simulation's virtual one).
using time_point = std::chrono::steady_clock::time_point;

using duration = std::chrono::nanoseconds;

} // namespace zmqrt
