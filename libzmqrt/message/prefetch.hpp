// SPDX-License-Identifier: MPL-2.0
//
// Fetching cache lines ahead of use. A slab goes round between two cores: the
// writer's lines are still in the reader's cache, and the locked instructions
// of each message wait for every store before them, so without this each
// message pays a whole trip between the cores (measured: 250 ns instead of
// 60). Addresses need not be valid. Pure.

#pragma once

#include <cstddef>

namespace zmqrt {

inline constexpr std::size_t cache_line = 64;

/// How far ahead of the bytes in hand.
inline constexpr std::size_t prefetch_distance = 1024;

/// The line will be written here, and is nobody else's then.
inline void prefetch_to_write(const std::byte* at) noexcept {
#if defined(__x86_64__)
  // The builtin stays a plain read unless a newer machine is compiled for;
  // processors without this instruction take it as none.
  asm volatile("prefetchw %0" : : "m"(*at));
#else
  __builtin_prefetch(at, 1);
#endif
}

inline void prefetch_to_read(const std::byte* at) noexcept {
  __builtin_prefetch(at, 0);
}

/// All that comes before the distance.
inline void prefetch_start_to_write(const std::byte* from) noexcept {
  for (std::size_t at = 0; at < prefetch_distance; at += cache_line)
    prefetch_to_write(from + at);
}

inline void prefetch_start_to_read(const std::byte* from) noexcept {
  for (std::size_t at = 0; at < prefetch_distance; at += cache_line)
    prefetch_to_read(from + at);
}

} // namespace zmqrt
