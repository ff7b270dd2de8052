// SPDX-License-Identifier: MPL-2.0
//
// Waits without an end that a signal ends all the same. Any thread.

#pragma once

#include <cstdint>

#include "actors/gate/futex.hpp"

namespace zmqrt::actors {

/// A deadline that is never met. With none at all the kernel would go on with a
/// wait after a signal, where its handler says so (SA_RESTART).
[[nodiscard]] inline std::int64_t endless_deadline() noexcept {
  constexpr std::int64_t a_century_ns = 3'155'760'000'000'000'000;
  return monotonic_ns() + a_century_ns;
}

} // namespace zmqrt::actors
