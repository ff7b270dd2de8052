// SPDX-License-Identifier: MPL-2.0
//
// Size classes of pooled slabs, two per octave (128, 192, 256, 384, ... 4 MiB
// of payload), and the block each takes: its header lies in front, in a cache
// line of its own for small ones, in a page of its own for big ones, so that
// a big payload starts on a page and can be given back page by page. Pure.

#pragma once

#include <algorithm>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>

#include "libzmqrt/message/slab.hpp"

namespace zmqrt::pool {

inline constexpr std::size_t page_size = 4096;
inline constexpr std::size_t header_size = 64;
inline constexpr std::size_t class_count = 31;
/// From this class on slabs are big: not kept per thread.
inline constexpr std::size_t first_big_class = 18;

[[nodiscard]] constexpr std::size_t class_capacity(std::size_t index) noexcept {
  return std::size_t{index % 2 == 0 ? 128U : 192U} << (index / 2);
}

inline constexpr std::size_t max_class_capacity =
  class_capacity(class_count - 1);

/// To a multiple of `unit`, a power of two.
[[nodiscard]] constexpr std::uintptr_t round_up(std::uintptr_t value,
                                                std::size_t unit) noexcept {
  return (value + unit - 1) & ~(std::uintptr_t{unit} - 1);
}

/// The smallest class that holds `size` bytes, at most max_class_capacity.
[[nodiscard]] constexpr std::size_t class_of(std::size_t size) noexcept {
  if (size <= 128)
    return 0;
  const auto bits = static_cast<std::size_t>(std::bit_width(size - 1));
  const std::size_t half = std::size_t{1} << (bits - 1);
  return size <= half + half / 2 ? 2 * (bits - 8) + 1 : 2 * (bits - 7);
}

[[nodiscard]] constexpr bool is_big(std::size_t index) noexcept {
  return index >= first_big_class;
}

/// Bytes in front of the payload.
[[nodiscard]] constexpr std::size_t lead_of(std::size_t index) noexcept {
  return is_big(index) ? page_size : header_size;
}

[[nodiscard]] constexpr std::size_t block_size(std::size_t index) noexcept {
  return lead_of(index) + class_capacity(index);
}

/// How many slabs move at a time between a thread and the shared store.
[[nodiscard]] constexpr std::uint32_t
magazine_size(std::size_t index) noexcept {
  constexpr std::size_t bytes = 64 * std::size_t{1024};
  return static_cast<std::uint32_t>(
    std::clamp<std::size_t>(bytes / block_size(index), 2, 64));
}

static_assert(class_capacity(first_big_class) == 64 * std::size_t{1024});
static_assert(class_of(class_capacity(17)) == 17 && class_of(64 * 1024) == 18);
static_assert(class_of(1024 * 1024) == 26 && class_of(1024 * 1024 + 1) == 27);

/// A slab of the pool; its header lies in the last header_size bytes in front
/// of the payload.
struct alignas(header_size) pooled_slab : slab {
  pooled_slab(std::byte* data, std::size_t capacity, dispose_fn dispose,
              std::size_t class_index_) noexcept
    : slab(data, capacity, dispose),
      class_index(static_cast<std::uint16_t>(class_index_)) {
  }
  /// What it takes of the system's memory.
  [[nodiscard]] std::size_t bytes() const noexcept {
    return lead_of(class_index) + ready;
  }

  /// In a magazine: the next slab of it. Whoever has the magazine has it.
  pooled_slab* next = nullptr;
  /// In a stack: the next magazine. Read by threads that lose a race, hence
  /// atomic.
  std::atomic<pooled_slab*> below{nullptr};
  /// At the head of a magazine in a stack: how many slabs.
  std::uint32_t magazine_count = 1;
  std::uint16_t class_index;
  /// Cut where there are no huge pages.
  bool plain = false;
  /// Bytes of the payload that are present, from its start.
  std::size_t ready = 0;
};

static_assert(sizeof(pooled_slab) == header_size);

} // namespace zmqrt::pool
