// SPDX-License-Identifier: MPL-2.0
//
// A mutex for a few dozen instructions: taken and released inline, spins
// briefly against a holder on another core, then sleeps on a futex. Any
// thread; meets the standard's Lockable.

#pragma once

#include <atomic>
#include <cstdint>

namespace zmqrt::actors {

class short_lock {
public:
  short_lock() = default;
  short_lock(const short_lock&) = delete;
  short_lock& operator=(const short_lock&) = delete;

  void lock() noexcept {
    std::uint32_t seen = free;
    if (!word_.compare_exchange_strong(seen, held, std::memory_order_acquire,
                                       std::memory_order_relaxed)) [[unlikely]]
      lock_slowly();
  }
  [[nodiscard]] bool try_lock() noexcept {
    std::uint32_t seen = free;
    return word_.compare_exchange_strong(seen, held, std::memory_order_acquire,
                                         std::memory_order_relaxed);
  }
  void unlock() noexcept {
    if (word_.exchange(free, std::memory_order_release) == contended)
      [[unlikely]]
      wake_one();
  }

private:
  static constexpr std::uint32_t free = 0;
  static constexpr std::uint32_t held = 1;
  static constexpr std::uint32_t contended = 2; // held, and somebody sleeps

  void lock_slowly() noexcept;
  void wake_one() noexcept;

  std::atomic<std::uint32_t> word_{free};
};

} // namespace zmqrt::actors
