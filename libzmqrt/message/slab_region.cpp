// SPDX-License-Identifier: MPL-2.0
//
// Memory from the system for the pool, and its cutting into blocks. Any
// thread; lock-free, so that a fork cannot leave a lock taken in the child.

#include "libzmqrt/message/slab_region.hpp"

#include <sys/mman.h>

#include "libzmqrt/message/slab_class.hpp"

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23 // Linux 5.14
#endif

namespace zmqrt::pool {

namespace {

// The whole pages within [at, at + size).
struct pages {
  pages(std::byte* at, std::size_t size) noexcept {
    const auto start = reinterpret_cast<std::uintptr_t>(at);
    const std::uintptr_t first = round_up(start, page_size);
    const std::uintptr_t last = (start + size) & ~(page_size - 1);
    begin = reinterpret_cast<void*>(first);
    length = last > first ? last - first : 0;
  }
  void* begin;
  std::size_t length;
};

} // namespace

std::byte* map_memory(std::size_t size, std::size_t alignment,
                      page_kind pages) noexcept {
  const std::size_t rounded = round_up(size, page_size);
  if (rounded < size || rounded + alignment < rounded)
    return nullptr;
  void* const got = ::mmap(nullptr, rounded + alignment, PROT_READ | PROT_WRITE,
                           MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (got == MAP_FAILED)
    return nullptr;
  const auto raw = reinterpret_cast<std::uintptr_t>(got);
  const std::uintptr_t start = round_up(raw, alignment);
  if (start != raw)
    ::munmap(got, start - raw);
  auto* const at = reinterpret_cast<std::byte*>(start);
  const std::size_t behind = alignment - (start - raw);
  if (behind != 0)
    ::munmap(at + rounded, behind);
  ::madvise(at, rounded,
            pages == page_kind::huge ? MADV_HUGEPAGE : MADV_NOHUGEPAGE);
  return at;
}

std::byte* grow_memory(std::byte* at, std::size_t size,
                       std::size_t wanted) noexcept {
  const std::size_t before = round_up(size, page_size);
  const std::size_t after = round_up(wanted, page_size);
  // All of it, because mremap takes nothing that is mapped in two ways.
  ::madvise(at, before, MADV_HUGEPAGE);
  // Of whole huge pages' size the kernel places it (since 6.7) so that huge
  // pages move as such.
  const std::size_t whole = round_up(after, huge_page);
  void* const got = ::mremap(at, before, whole, MREMAP_MAYMOVE);
  if (got == MAP_FAILED)
    return nullptr;
  auto* const grown = static_cast<std::byte*>(got);
  if (whole != after)
    ::munmap(grown + after, whole - after);
  return grown;
}

void unmap_memory(std::byte* at, std::size_t size) noexcept {
  ::munmap(at, round_up(size, page_size));
}

void prefault(std::byte* at, std::size_t size) noexcept {
  const pages whole(at, size);
  if (whole.length != 0)
    ::madvise(whole.begin, whole.length, MADV_POPULATE_WRITE);
}

void give_back(std::byte* at, std::size_t size) noexcept {
  const pages whole(at, size);
  if (whole.length != 0)
    ::madvise(whole.begin, whole.length, MADV_DONTNEED);
}

std::byte* region_cutter::cut(std::size_t size) noexcept {
  std::uintptr_t at = free_.load(std::memory_order_relaxed);
  for (;;) {
    const std::uintptr_t used = at & (region_size_ - 1);
    if (used != 0 && region_size_ - used >= size) {
      if (free_.compare_exchange_weak(at, at + size, std::memory_order_relaxed))
        return reinterpret_cast<std::byte*>(at);
      continue;
    }
    std::byte* const fresh = map_memory(region_size_, region_size_, pages_);
    if (fresh == nullptr)
      return nullptr;
    const auto start = reinterpret_cast<std::uintptr_t>(fresh);
    if (free_.compare_exchange_strong(at, start + size,
                                      std::memory_order_relaxed))
      return fresh;
    unmap_memory(fresh, region_size_); // another thread was faster
  }
}

} // namespace zmqrt::pool
