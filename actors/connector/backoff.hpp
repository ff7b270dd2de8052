// SPDX-License-Identifier: MPL-2.0
//
// When to dial again (RECONNECT_IVL, RECONNECT_IVL_MAX, zmq_setsockopt(3)):
// the interval plus a random part of up to one interval; doubled after each
// failure where a maximum is set; back to the start after a success. Pure.

#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>

namespace zmqrt::actors {

class backoff {
public:
  using milliseconds = std::chrono::milliseconds;

  /// `interval` -1 ms: never again. `maximum` 0, or below interval: constant.
  backoff(milliseconds interval, milliseconds maximum) noexcept
    : interval_(interval), maximum_(maximum), current_(interval) {
  }

  /// How long to wait now; none: for ever. `random` decides the jitter.
  [[nodiscard]] std::optional<milliseconds> next(std::uint64_t random) {
    if (interval_.count() < 0)
      return std::nullopt;
    const auto base = current_;
    const auto spread = static_cast<std::uint64_t>(interval_.count());
    const milliseconds jitter{
      spread == 0 ? 0 : static_cast<std::int64_t>(random % spread)};
    if (maximum_ > interval_)
      current_ = std::min(std::max(current_, smallest) * 2, maximum_);
    // An interval of zero still yields: a flapping peer must not spin us.
    return std::max(base + jitter, smallest);
  }

  void reset() noexcept {
    current_ = interval_;
  }

private:
  static constexpr milliseconds smallest{1};

  milliseconds interval_;
  milliseconds maximum_;
  milliseconds current_;
};

} // namespace zmqrt::actors
