// SPDX-License-Identifier: MPL-2.0
//
// Passes on to glibc by the names under which it keeps its own.

#include "tests/bench/allocation_counter.hpp"

#include <atomic>
#include <cerrno>
#include <cstddef>

namespace {

// Constant-initialised: the first calls come before any constructor.
constinit std::atomic<std::uint64_t> calls{0};

void count() noexcept {
  calls.fetch_add(1, std::memory_order_relaxed);
}

} // namespace

namespace zmqrt::test {

std::uint64_t allocations() noexcept {
  return calls.load(std::memory_order_relaxed);
}

} // namespace zmqrt::test

extern "C" {

void* __libc_malloc(std::size_t size) noexcept;
void* __libc_calloc(std::size_t n, std::size_t size) noexcept;
void* __libc_realloc(void* old, std::size_t size) noexcept;
void* __libc_memalign(std::size_t alignment, std::size_t size) noexcept;

[[gnu::visibility("default")]] void* malloc(std::size_t size) noexcept {
  count();
  return __libc_malloc(size);
}

[[gnu::visibility("default")]] void* calloc(std::size_t n,
                                            std::size_t size) noexcept {
  count();
  return __libc_calloc(n, size);
}

[[gnu::visibility("default")]] void* realloc(void* old,
                                             std::size_t size) noexcept {
  count();
  return __libc_realloc(old, size);
}

[[gnu::visibility("default")]] void* memalign(std::size_t alignment,
                                              std::size_t size) noexcept {
  count();
  return __libc_memalign(alignment, size);
}

[[gnu::visibility("default")]] void* aligned_alloc(std::size_t alignment,
                                                   std::size_t size) noexcept {
  count();
  return __libc_memalign(alignment, size);
}

[[gnu::visibility("default")]] int
posix_memalign(void** to, std::size_t alignment, std::size_t size) noexcept {
  count();
  *to = __libc_memalign(alignment, size);
  return *to == nullptr ? ENOMEM : 0;
}
}
