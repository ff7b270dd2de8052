// SPDX-License-Identifier: MPL-2.0
//
// What one thread has at hand of the pool: two magazines per small class, and
// its share of the counts. Belongs to the thread, but for what is atomic.

#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "libzmqrt/message/slab_class.hpp"

namespace zmqrt::pool {

struct magazine {
  pooled_slab* head = nullptr;
  std::uint32_t count = 0;
};

// Never freed: a thread that ends leaves its cache, empty, to a later one.
struct alignas(64) thread_cache {
  struct shelf {
    magazine loaded;
    magazine full; ///< a whole magazine or nothing
  };
  std::array<shelf, first_big_class> shelves{};
  // Written by the owner alone, read by shared_pool_counts().
  std::atomic<std::int64_t> live{0};
  std::atomic<std::int64_t> live_bytes{0};
  std::atomic<bool> claimed{true};
  thread_cache* next = nullptr;

  void count(std::int64_t slabs, std::int64_t bytes) noexcept {
    live.store(live.load(std::memory_order_relaxed) + slabs,
               std::memory_order_relaxed);
    live_bytes.store(live_bytes.load(std::memory_order_relaxed) + bytes,
                     std::memory_order_relaxed);
  }
};

} // namespace zmqrt::pool
