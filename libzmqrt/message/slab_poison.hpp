// SPDX-License-Identifier: MPL-2.0
//
// Under ASan what is free may not be touched. Any thread.

#pragma once

#include "libzmqrt/message/slab.hpp"

#if defined(__SANITIZE_ADDRESS__)
#define ZMQRT_POISON_SLABS 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ZMQRT_POISON_SLABS 1
#endif
#endif

#ifdef ZMQRT_POISON_SLABS
#include <sanitizer/asan_interface.h>
#endif

namespace zmqrt::pool {

inline void forbid([[maybe_unused]] const slab& unused) noexcept {
#ifdef ZMQRT_POISON_SLABS
  __asan_poison_memory_region(unused.data(), unused.capacity());
#endif
}

inline void allow([[maybe_unused]] const slab& used) noexcept {
#ifdef ZMQRT_POISON_SLABS
  __asan_unpoison_memory_region(used.data(), used.capacity());
#endif
}

} // namespace zmqrt::pool
