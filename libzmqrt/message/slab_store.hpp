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
  /// Bytes of the payload that may be written to, from its start.
  std::size_t ready = capacity();
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

  /// A slab of a big class with `present` bytes of it present; if it has to
  /// be a fresh one, of such pages.
  [[nodiscard]] pooled_slab* take_big(std::size_t index, page_kind pages,
                                      std::size_t present,
                                      slab::dispose_fn dispose) noexcept;
  void make_present(pooled_slab& of, std::size_t bytes) noexcept;
  void put_big(pooled_slab* free) noexcept;

  [[nodiscard]] direct_slab* take_direct(std::size_t capacity,
                                         slab::dispose_fn dispose) noexcept;
  /// For a claim of `size` bytes: a slab for all of it that lies ready, or a
  /// fresh one that has `first` of them ready and grows.
  [[nodiscard]] direct_slab*
  take_claimed_direct(std::size_t size, std::size_t first,
                      slab::dispose_fn dispose) noexcept;
  /// Makes `wanted` of `size` bytes ready; answers where the slab is now. Null
  /// when there is no memory, and it is as it was.
  [[nodiscard]] direct_slab* grow_direct(direct_slab* of, std::size_t wanted,
                                         std::size_t size,
                                         slab::dispose_fn dispose) noexcept;
  void put_direct(direct_slab* free) noexcept;

  void set_limit(std::size_t bytes) noexcept;
  [[nodiscard]] std::uint64_t bytes_mapped() const noexcept {
    return mapped_.load(std::memory_order_relaxed);
  }

private:
  static constexpr std::size_t big_classes = class_count - first_big_class;

  struct big_source {
    /// Slabs whose payload was given back to the system.
    std::array<slab_stack, big_classes> cold;
    region_cutter fresh;
  };

  void trim(std::size_t last_of_all) noexcept;
  bool cool_one(std::size_t index) noexcept;
  bool drop_cached_direct() noexcept;
  direct_slab* find_direct(std::size_t capacity) noexcept;
  direct_slab* map_direct(std::size_t bytes, page_kind pages,
                          slab::dispose_fn dispose) noexcept;
  void unmap(direct_slab* free) noexcept;

  std::array<slab_stack, class_count> magazines_;
  std::array<std::atomic<direct_slab*>, 8> direct_{};
  region_cutter small_{huge_page, page_kind::huge};
  big_source huge_{{}, {8 * huge_page, page_kind::huge}};
  big_source plain_{{}, {8 * huge_page, page_kind::plain}};
  alignas(64) std::atomic<std::uint64_t> mapped_{0};
  /// Bytes of big and direct slabs that are free and present.
  alignas(64) std::atomic<std::int64_t> free_{0};
  std::atomic<std::int64_t> limit_{std::int64_t{512} * 1024 * 1024};
};

} // namespace zmqrt::pool
