// SPDX-License-Identifier: MPL-2.0
//
// A lock-free stack of magazines (Treiber's), last in, first out, so that what
// is still in a cache is used first. The head carries a tag that changes with
// each step, against ABA; slabs are never unmapped, so that a loser may read
// the link of a slab that has been taken. Any thread.

#pragma once

#include <atomic>
#include <cstdint>

#include "libzmqrt/message/slab_class.hpp"

namespace zmqrt::pool {

class alignas(64) slab_stack {
public:
  constexpr slab_stack() noexcept = default;

  void push(pooled_slab* magazine) noexcept {
    std::uint64_t head = head_.load(std::memory_order_relaxed);
    do {
      magazine->below.store(slab_at(head), std::memory_order_relaxed);
    } while (!head_.compare_exchange_weak(head, step(head, magazine),
                                          std::memory_order_release,
                                          std::memory_order_relaxed));
  }

  /// Null when it is empty.
  [[nodiscard]] pooled_slab* pop() noexcept {
    std::uint64_t head = head_.load(std::memory_order_acquire);
    while (pooled_slab* const top = slab_at(head)) {
      pooled_slab* const below = top->below.load(std::memory_order_relaxed);
      if (head_.compare_exchange_weak(head, step(head, below),
                                      std::memory_order_acquire,
                                      std::memory_order_acquire))
        return top;
    }
    return nullptr;
  }

private:
  // User addresses have 47 bits, of which a slab's lowest 6 are zero: what is
  // left of 64 bits is the tag.
  static constexpr unsigned shift = 17;
  static constexpr std::uint64_t tag_mask = (std::uint64_t{1} << 23) - 1;

  static pooled_slab* slab_at(std::uint64_t head) noexcept {
    return reinterpret_cast<pooled_slab*>((head & ~tag_mask) >> shift);
  }
  static std::uint64_t step(std::uint64_t head, pooled_slab* to) noexcept {
    return reinterpret_cast<std::uintptr_t>(to) << shift
           | ((head + 1) & tag_mask);
  }

  std::atomic<std::uint64_t> head_{0};
};

} // namespace zmqrt::pool
