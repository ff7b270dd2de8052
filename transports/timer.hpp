// SPDX-License-Identifier: MPL-2.0
//
// A timer of a reactor: armed and disarmed on the reactor's thread, fired
// there once. Owned by whoever waits; disarms itself when destroyed. Never
// CAF's clock, so that a simulated reactor owns all of time.

#pragma once

#include <cstddef>
#include <cstdint>

#include "libzmqrt/message/time.hpp"

namespace zmqrt::transports {

class timer_heap;

class timer {
public:
  using callback = void (*)(void* owner);

  timer(void* owner, callback fire) noexcept : owner_(owner), fire_(fire) {
  }
  timer(const timer&) = delete;
  timer& operator=(const timer&) = delete;
  ~timer();

  [[nodiscard]] bool armed() const noexcept {
    return heap_ != nullptr;
  }
  [[nodiscard]] time_point when() const noexcept {
    return when_;
  }

private:
  friend class timer_heap;

  void* owner_;
  callback fire_;
  timer_heap* heap_ = nullptr;
  std::size_t index_ = 0;
  std::uint64_t order_ = 0; // ties fire in the order they were armed
  time_point when_{};
};

} // namespace zmqrt::transports
