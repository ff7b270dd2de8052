// SPDX-License-Identifier: MPL-2.0
//
// A reactor's pause for the threads it serves. A loop that turns at once
// finds, turn after turn, only what little came meanwhile, and pays a write or
// a read for it; the application's threads meanwhile want this core. So after
// a turn that moved many messages they get it, and the next turn moves more.
//
// The core may go to a stranger instead, for a whole slice of the scheduler.
// A pause that took long is therefore followed by many turns without one.
// The loop's thread only.

#pragma once

#include <cstddef>
#include <cstdint>

#include "libzmqrt/message/time.hpp"

namespace zmqrt::transports {

class breather {
public:
  using clock_fn = time_point (*)() noexcept;
  using yield_fn = void (*)() noexcept;

  /// With the kernel's clock and sched_yield(2).
  breather() noexcept;
  breather(clock_fn clock, yield_fn yield) noexcept
    : clock_(clock), yield_(yield) {
  }

  /// This turn moved so many messages of one connection, of so many bytes.
  /// Only small ones count: of larger ones a turn moves enough.
  void moved(std::uint64_t messages, std::size_t bytes) noexcept {
    if (bytes / small <= messages)
      moved_ += messages;
  }
  /// The turn is over.
  void end_turn() noexcept {
    if (moved_ >= many) [[unlikely]]
      pause();
    moved_ = 0;
  }

  /// What a small write or read costs is little, shared by as many.
  static constexpr std::uint64_t many = 64;
  static constexpr std::size_t small = 128;
  /// Longer than it takes to fill or to empty a gate of small messages.
  static constexpr duration long_pause = std::chrono::milliseconds{1};
  static constexpr std::uint64_t turns_without = 1000;

private:
  void pause() noexcept;

  clock_fn clock_;
  yield_fn yield_;
  std::uint64_t moved_ = 0;
  std::uint64_t without_ = 0; ///< busy turns left without a pause
};

} // namespace zmqrt::transports
