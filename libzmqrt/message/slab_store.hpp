// SPDX-License-Identifier: MPL-2.0
//
// The part of the pool that all threads share: magazines of small slabs,
// single big slabs, slabs beyond the largest class, and the byte limit. No
// lock anywhere; constant-initialised and never destroyed, because threads
// may outlive static destructors. Any thread.

#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "libzmqrt/message/slab_class.hpp"
#include "libzmqrt/message/slab_region.hpp"
#include "libzmqrt/message/slab_stack.hpp"

namespace zmqrt::pool {

/// A slab of a mapping of its own.
struct direct_slab : slab {
  direct_slab(std::byte* data, std::size_t capacity,
              dispose_fn dispose) noexcept
    : slab(data, capacity, dispose) {
  }
  [[nodiscard]] std::size_t mapped() const noexcept {
    return capacity() + page_size;
  }
};

class slab_store {
public:
  constexpr slab_store() noexcept = default;

  /// A magazine of a small class; fresh ones are cut when there is none. Null
  /// when there is no memory.
  [[nodiscard]] pooled_slab* take_magazine(std::size_t index,
                                           slab::dispose_fn dispose) noexcept;
  /// The head's magazine_count says how many it holds.
  void put_magazine(pooled_slab* head) noexcept {
    magazines_[head->class_index].push(head);
  }

  [[nodiscard]] pooled_slab* take_big(std::size_t index,
                                      slab::dispose_fn dispose) noexcept;
  void put_big(pooled_slab* free) noexcept;

  [[nodiscard]] direct_slab* take_direct(std::size_t capacity,
                                         slab::dispose_fn dispose) noexcept;
  void put_direct(direct_slab* free) noexcept;

  void set_limit(std::size_t bytes) noexcept;
  [[nodiscard]] std::uint64_t bytes_mapped() const noexcept {
    return mapped_.load(std::memory_order_relaxed);
  }

private:
  static constexpr std::size_t big_classes = class_count - first_big_class;

  void trim(std::size_t last_of_all) noexcept;
  bool cool_one(std::size_t index) noexcept;
  bool drop_cached_direct() noexcept;
  void unmap(direct_slab* free) noexcept;

  std::array<slab_stack, class_count> magazines_;
  /// Big slabs whose payload was given back to the system.
  std::array<slab_stack, big_classes> cold_;
  std::array<std::atomic<direct_slab*>, 8> direct_{};
  region_cutter small_{huge_page};
  region_cutter big_{8 * huge_page};
  alignas(64) std::atomic<std::uint64_t> mapped_{0};
  /// Bytes of big and direct slabs that are free and present.
  alignas(64) std::atomic<std::int64_t> free_{0};
  std::atomic<std::int64_t> limit_{std::int64_t{512} * 1024 * 1024};
};

} // namespace zmqrt::pool
