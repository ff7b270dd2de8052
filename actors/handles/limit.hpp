// SPDX-License-Identifier: MPL-2.0
//
// How long the verbs with a limit wait. Pure.

#pragma once

#include <chrono>
#include <optional>

namespace zmqrt::actors {

/// None: no limit. That is what a negative one (zmqrt::infinite) means, and
/// what one means that is too long to be added to the present time.
[[nodiscard]] constexpr std::optional<std::chrono::milliseconds>
bounded(std::chrono::milliseconds limit) noexcept {
  constexpr std::chrono::hours a_century{24 * 365 * 100};
  if (limit.count() < 0 || limit > a_century)
    return std::nullopt;
  return limit;
}

} // namespace zmqrt::actors
