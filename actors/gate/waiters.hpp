// SPDX-License-Identifier: MPL-2.0
//
// Threads that wait for room or for messages. All members but sleep() and
// wake() are called under the gate's lock; wake() after it is released, when
// want_one() or want_all() said so. One event wakes one thread; whoever
// leaves something behind wakes the next.

#pragma once

#include <atomic>
#include <cstdint>

#include <climits>

#include "actors/gate/futex.hpp"

namespace zmqrt::actors {

class waiters {
public:
  /// The caller will sleep; answers what to give to sleep().
  [[nodiscard]] std::uint32_t enter() noexcept {
    ++waiting_;
    return word_.load(std::memory_order_relaxed);
  }
  wait_end sleep(std::uint32_t ticket, std::int64_t deadline_ns) noexcept {
    return futex_wait(word_, ticket, deadline_ns);
  }
  void leave() noexcept {
    --waiting_;
    if (called_ > 0)
      --called_;
  }

  /// Some wait that nobody has called.
  [[nodiscard]] bool any_asleep() const noexcept {
    return waiting_ > called_;
  }
  /// True: wake(1) has to follow.
  [[nodiscard]] bool want_one() noexcept {
    if (!any_asleep()) [[likely]]
      return false;
    ++called_;
    word_.fetch_add(1, std::memory_order_relaxed);
    return true;
  }
  /// True: wake(all) has to follow.
  [[nodiscard]] bool want_all() noexcept {
    called_ = waiting_;
    word_.fetch_add(1, std::memory_order_relaxed);
    return waiting_ != 0;
  }

  static constexpr int all = INT_MAX;
  void wake(int count) noexcept {
    futex_wake(word_, count);
  }

private:
  std::atomic<std::uint32_t> word_{0}; // changes with every call
  std::uint32_t waiting_ = 0;
  std::uint32_t called_ = 0; // of those, how many have a wake-up under way
};

} // namespace zmqrt::actors
