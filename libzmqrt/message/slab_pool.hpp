// SPDX-License-Identifier: MPL-2.0
//
// The pool of slabs that everything in the process shares: outboxes, receive
// buffers, large frames. Size classes, a small cache per thread, and one
// shared store that the caches exchange whole magazines with. What is free
// beyond the byte limit goes back to the system. Any thread; no lock is held
// while memory is taken from the system.

#pragma once

#include <cstddef>
#include <cstdint>

#include "libzmqrt/message/slab.hpp"

namespace zmqrt {

struct slab_pool_counts {
  std::uint64_t bytes_mapped = 0; ///< taken from the system now
  std::uint64_t bytes_free = 0;   ///< of those, kept unused
  std::uint64_t slabs_live = 0;   ///< handed out and not yet returned
};

/// The process-wide pool. Lives as long as the process.
[[nodiscard]] buffer_source& shared_pool() noexcept;

/// Adopts foreign memory into a slab of its own; `free(data, hint)` runs when
/// the last reference is gone. Empty when there is no memory.
[[nodiscard]] slab_ref
adopt_slab(void* data, std::size_t size, void (*free)(void*, void*), void* hint,
           slab::origin from = slab::origin::foreign) noexcept;

/// Free memory beyond this many bytes is given back (default 512 MiB).
void set_shared_pool_limit(std::size_t bytes) noexcept;

[[nodiscard]] slab_pool_counts shared_pool_counts() noexcept;

} // namespace zmqrt
