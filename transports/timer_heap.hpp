// SPDX-License-Identifier: MPL-2.0
//
// The armed timers of one reactor, as a heap of four children a node. Shared
// by all kinds of reactors; belongs to the reactor's thread.

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "libzmqrt/message/time.hpp"
#include "transports/timer.hpp"

namespace zmqrt::transports {

class timer_heap {
public:
  timer_heap() = default;
  timer_heap(const timer_heap&) = delete;
  timer_heap& operator=(const timer_heap&) = delete;
  /// Disarms what is left.
  ~timer_heap();

  /// Arms, or moves, `which`. Within fire(), a time that has passed counts as
  /// the time of that call.
  void arm(timer& which, time_point when);
  void disarm(timer& which) noexcept;

  /// When the next one is due; empty when none is armed.
  [[nodiscard]] std::optional<time_point> next() const noexcept;
  [[nodiscard]] std::size_t size() const noexcept {
    return heap_.size();
  }

  /// Fires what is due at `now`, by time, ties in the order of arming. What
  /// the callbacks arm waits for the next call. Answers how many fired. Lets
  /// a callback's exception through; the rest is due still.
  std::size_t fire(time_point now);

private:
  static bool before(const timer& a, const timer& b) noexcept;
  void place(timer& which, std::size_t index) noexcept;
  void sift_up(timer& which, std::size_t index) noexcept;
  void sift_down(timer& which, std::size_t index) noexcept;

  std::vector<timer*> heap_;
  std::uint64_t next_order_ = 0;
  std::optional<time_point> firing_;
};

} // namespace zmqrt::transports
