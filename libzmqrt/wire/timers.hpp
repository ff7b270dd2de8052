// SPDX-License-Identifier: MPL-2.0
//
// The engine's timers: a table with one moment for each kind. Pure.

#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "libzmqrt/message/time.hpp"

namespace zmqrt::wire {

enum class timer : std::uint8_t {
  handshake, ///< the handshake takes too long, in total
  ping,      ///< the next PING is due
  silence,   ///< nothing came since our PING
  ttl,       ///< nothing came since the peer's PING, which named this time
  pong,      ///< an unasked sign of life, while we do not read
};

class timers {
public:
  void set(timer which, time_point when) noexcept {
    at(which) = when;
  }
  void clear(timer which) noexcept {
    at(which) = never;
  }
  void clear_all() noexcept {
    when_.fill(never);
  }
  [[nodiscard]] bool armed(timer which) const noexcept {
    return when_[static_cast<std::size_t>(which)] != never;
  }
  [[nodiscard]] bool due(timer which, time_point now) const noexcept {
    return armed(which) && when_[static_cast<std::size_t>(which)] <= now;
  }
  [[nodiscard]] std::optional<time_point> next() const noexcept {
    const time_point first = *std::min_element(when_.begin(), when_.end());
    if (first == never)
      return {};
    return first;
  }

private:
  static constexpr time_point never = time_point::max();

  [[nodiscard]] time_point& at(timer which) noexcept {
    return when_[static_cast<std::size_t>(which)];
  }

  std::array<time_point, 5> when_{never, never, never, never, never};
};

} // namespace zmqrt::wire
