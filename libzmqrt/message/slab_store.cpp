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

std::int64_t bytes_of(const pooled_slab& one) noexcept {
  return static_cast<std::int64_t>(one.bytes());
}

/// Of more bytes the sums below would overflow.
constexpr std::size_t most_direct = std::numeric_limits<std::size_t>::max() / 4;

std::size_t whole_pages(std::size_t bytes) noexcept {
  return round_up(bytes, page_size);
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
    fresh->ready = fresh->capacity();
    fresh->next = head;
    head = fresh;
  }
  head->magazine_count = count;
  return head;
}

pooled_slab* slab_store::take_big(std::size_t index, page_kind pages,
                                  std::size_t present,
                                  slab::dispose_fn dispose) noexcept {
  pooled_slab* got = magazines_[index].pop();
  if (got != nullptr) {
    free_.fetch_sub(bytes_of(*got), std::memory_order_relaxed);
  } else {
    const bool plain = pages == page_kind::plain;
    big_source& from = plain ? plain_ : huge_;
    got = from.cold[index - first_big_class].pop();
    if (got == nullptr) {
      std::byte* const at = from.fresh.cut(block_size(index));
      if (at == nullptr)
        return nullptr;
      got = make_slab(at, index, dispose);
      got->plain = plain;
    }
    mapped_.fetch_add(got->bytes(), std::memory_order_relaxed);
  }
  make_present(*got, present);
  return got;
}

void slab_store::make_present(pooled_slab& of, std::size_t bytes) noexcept {
  const std::size_t wanted = std::min(whole_pages(bytes), of.capacity());
  if (wanted <= of.ready)
    return;
  prefault(of.data() + of.ready, wanted - of.ready);
  mapped_.fetch_add(wanted - of.ready, std::memory_order_relaxed);
  of.ready = wanted;
}

void slab_store::put_big(pooled_slab* free) noexcept {
  const std::size_t index = free->class_index;
  const std::int64_t bytes = bytes_of(*free);
  magazines_[index].push(free);
  const std::int64_t now =
    free_.fetch_add(bytes, std::memory_order_relaxed) + bytes;
  if (now > limit_.load(std::memory_order_relaxed))
    trim(index);
}

direct_slab* slab_store::take_direct(std::size_t capacity,
                                     slab::dispose_fn dispose) noexcept {
  if (direct_slab* const found = find_direct(capacity))
    return found;
  if (capacity > most_direct)
    return nullptr;
  return map_direct(page_size + whole_pages(capacity), page_kind::huge,
                    dispose);
}

direct_slab* slab_store::find_direct(std::size_t capacity) noexcept {
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
  return nullptr;
}

direct_slab* slab_store::map_direct(std::size_t bytes, page_kind pages,
                                    slab::dispose_fn dispose) noexcept {
  std::byte* const at = map_memory(bytes, huge_page, pages);
  if (at == nullptr)
    return nullptr;
  mapped_.fetch_add(bytes, std::memory_order_relaxed);
  return new (at) direct_slab(at + page_size, bytes - page_size, dispose);
}

direct_slab*
slab_store::take_claimed_direct(std::size_t size, std::size_t first,
                                slab::dispose_fn dispose) noexcept {
  if (direct_slab* const found = find_direct(size))
    return found;
  if (size > most_direct)
    return nullptr;
  // Addresses of one huge page: with plain ones behind it, none can be huge.
  direct_slab* const fresh = map_direct(huge_page, page_kind::plain, dispose);
  if (fresh == nullptr)
    return nullptr;
  fresh->ready = std::min(whole_pages(first), fresh->capacity());
  prefault(fresh->data(), fresh->ready);
  return fresh;
}

direct_slab* slab_store::grow_direct(direct_slab* of, std::size_t wanted,
                                     std::size_t size,
                                     slab::dispose_fn dispose) noexcept {
  const std::size_t here = std::min(whole_pages(wanted), of->capacity());
  if (here > of->ready) {
    prefault(of->data() + of->ready, here - of->ready);
    of->ready = here;
  }
  if (wanted <= here)
    return of;
  // Up to the end of a huge page, unless that is more than was claimed. They
  // are taken as they are first written to: one page fault each.
  const std::size_t ends = round_up(page_size + wanted, huge_page);
  const std::size_t bytes = std::min(ends, page_size + whole_pages(size));
  const std::size_t before = of->mapped();
  std::byte* const at =
    grow_memory(reinterpret_cast<std::byte*>(of), before, bytes);
  if (at == nullptr)
    return nullptr;
  mapped_.fetch_add(bytes - before, std::memory_order_relaxed);
  return new (at) direct_slab(at + page_size, bytes - page_size, dispose);
}

void slab_store::put_direct(direct_slab* free) noexcept {
  const auto bytes = static_cast<std::int64_t>(free->mapped());
  // A claim that was given up early is no use to others.
  if (free->capacity() <= max_class_capacity) {
    unmap(free);
    return;
  }
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
  free_.fetch_sub(bytes_of(*warm), std::memory_order_relaxed);
  mapped_.fetch_sub(warm->bytes(), std::memory_order_relaxed);
  give_back(warm->data(), warm->capacity());
  warm->ready = 0;
  (warm->plain ? plain_ : huge_).cold[index - first_big_class].push(warm);
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
