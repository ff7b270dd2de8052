// SPDX-License-Identifier: MPL-2.0
//
// The shared store's slow paths: cutting fresh slabs, the byte limit, and
// mappings of their own. Any thread.

#include "libzmqrt/message/slab_store.hpp"

#include <algorithm>
#include <limits>
#include <new>

namespace zmqrt::pool {

namespace {

pooled_slab* make_slab(std::byte* block, std::size_t index,
                       slab::dispose_fn dispose) noexcept {
  std::byte* const data = block + lead_of(index);
  return new (data - header_size)
    pooled_slab(data, class_capacity(index), dispose, index);
}

std::int64_t block_of(std::size_t index) noexcept {
  return static_cast<std::int64_t>(block_size(index));
}

} // namespace

pooled_slab* slab_store::take_magazine(std::size_t index,
                                       slab::dispose_fn dispose) noexcept {
  if (pooled_slab* const head = magazines_[index].pop())
    return head;
  const std::uint32_t count = magazine_size(index);
  const std::size_t bytes = count * block_size(index);
  std::byte* const at = small_.cut(bytes);
  if (at == nullptr)
    return nullptr;
  prefault(at, bytes);
  mapped_.fetch_add(bytes, std::memory_order_relaxed);
  pooled_slab* head = nullptr;
  for (std::uint32_t i = count; i-- > 0;) {
    pooled_slab* const fresh =
      make_slab(at + i * block_size(index), index, dispose);
    fresh->next = head;
    head = fresh;
  }
  head->magazine_count = count;
  return head;
}

pooled_slab* slab_store::take_big(std::size_t index,
                                  slab::dispose_fn dispose) noexcept {
  if (pooled_slab* const warm = magazines_[index].pop()) {
    free_.fetch_sub(block_of(index), std::memory_order_relaxed);
    return warm;
  }
  pooled_slab* fresh = cold_[index - first_big_class].pop();
  if (fresh == nullptr) {
    std::byte* const at = big_.cut(block_size(index));
    if (at == nullptr)
      return nullptr;
    fresh = make_slab(at, index, dispose);
  }
  prefault(fresh->data(), fresh->capacity());
  mapped_.fetch_add(block_size(index), std::memory_order_relaxed);
  return fresh;
}

void slab_store::put_big(pooled_slab* free) noexcept {
  const std::size_t index = free->class_index;
  magazines_[index].push(free);
  const std::int64_t now =
    free_.fetch_add(block_of(index), std::memory_order_relaxed)
    + block_of(index);
  if (now > limit_.load(std::memory_order_relaxed))
    trim(index);
}

direct_slab* slab_store::take_direct(std::size_t capacity,
                                     slab::dispose_fn dispose) noexcept {
  for (auto& place : direct_) {
    if (place.load(std::memory_order_relaxed) == nullptr)
      continue;
    direct_slab* const found =
      place.exchange(nullptr, std::memory_order_acquire);
    if (found == nullptr)
      continue;
    free_.fetch_sub(static_cast<std::int64_t>(found->mapped()),
                    std::memory_order_relaxed);
    if (found->capacity() >= capacity && found->capacity() / 2 <= capacity)
      return found;
    put_direct(found);
  }
  if (capacity > std::numeric_limits<std::size_t>::max() / 4)
    return nullptr;
  const std::size_t rounded = (capacity + page_size - 1) & ~(page_size - 1);
  std::byte* const at = map_memory(page_size + rounded, huge_page);
  if (at == nullptr)
    return nullptr;
  // Not prefaulted: a peer's word for a size costs addresses only.
  mapped_.fetch_add(page_size + rounded, std::memory_order_relaxed);
  return new (at) direct_slab(at + page_size, rounded, dispose);
}

void slab_store::put_direct(direct_slab* free) noexcept {
  const auto bytes = static_cast<std::int64_t>(free->mapped());
  if (free_.load(std::memory_order_relaxed) + bytes
      > limit_.load(std::memory_order_relaxed)) {
    unmap(free);
    return;
  }
  free_.fetch_add(bytes, std::memory_order_relaxed);
  for (auto& place : direct_) {
    direct_slab* none = nullptr;
    if (place.compare_exchange_strong(none, free, std::memory_order_release,
                                      std::memory_order_relaxed))
      return;
  }
  free_.fetch_sub(bytes, std::memory_order_relaxed);
  unmap(free);
}

void slab_store::set_limit(std::size_t bytes) noexcept {
  constexpr std::size_t most = std::numeric_limits<std::int64_t>::max();
  limit_.store(static_cast<std::int64_t>(std::min(bytes, most)),
               std::memory_order_relaxed);
  trim(class_count - 1);
}

// Slabs of other sizes go first: what is in use now is of this class.
void slab_store::trim(std::size_t last_of_all) noexcept {
  while (free_.load(std::memory_order_relaxed)
         > limit_.load(std::memory_order_relaxed)) {
    bool done = drop_cached_direct();
    for (std::size_t i = class_count; !done && i-- > first_big_class;)
      done = i != last_of_all && cool_one(i);
    if (!done && !cool_one(last_of_all))
      return;
  }
}

bool slab_store::cool_one(std::size_t index) noexcept {
  pooled_slab* const warm = magazines_[index].pop();
  if (warm == nullptr)
    return false;
  free_.fetch_sub(block_of(index), std::memory_order_relaxed);
  mapped_.fetch_sub(block_size(index), std::memory_order_relaxed);
  give_back(warm->data(), warm->capacity());
  cold_[index - first_big_class].push(warm);
  return true;
}

bool slab_store::drop_cached_direct() noexcept {
  for (auto& place : direct_) {
    direct_slab* const found =
      place.exchange(nullptr, std::memory_order_acquire);
    if (found == nullptr)
      continue;
    free_.fetch_sub(static_cast<std::int64_t>(found->mapped()),
                    std::memory_order_relaxed);
    unmap(found);
    return true;
  }
  return false;
}

void slab_store::unmap(direct_slab* free) noexcept {
  const std::size_t bytes = free->mapped();
  mapped_.fetch_sub(bytes, std::memory_order_relaxed);
  unmap_memory(reinterpret_cast<std::byte*>(free), bytes);
}

} // namespace zmqrt::pool
