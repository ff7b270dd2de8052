// SPDX-License-Identifier: MPL-2.0
//
// The pool's front: a cache of two magazines per thread and small class, so
// that most takes and drops touch no shared memory, also where one thread
// takes and another drops (then whole magazines travel). Big slabs go
// straight to the shared store: none is stranded in a thread. Any thread.

#include "libzmqrt/message/slab_pool.hpp"

#include <algorithm>
#include <new>

#include "libzmqrt/message/slab_cache.hpp"
#include "libzmqrt/message/slab_poison.hpp"
#include "libzmqrt/message/slab_store.hpp"

namespace zmqrt {

namespace {

using pool::direct_slab;
using pool::magazine;
using pool::pooled_slab;
using pool::thread_cache;

constinit pool::slab_store store;

void drop_pooled(slab* unused) noexcept;
void drop_direct(slab* unused) noexcept;

constinit std::atomic<thread_cache*> caches{nullptr};
// The counts of threads that have no cache (any more).
constinit std::atomic<std::int64_t> other_live{0};
constinit std::atomic<std::int64_t> other_live_bytes{0};

// One pointer of static TLS: no call is needed to find it.
[[gnu::tls_model("initial-exec")]] constinit thread_local thread_cache* mine =
  nullptr;
constinit thread_local bool ended = false;

void put(magazine& whole) noexcept {
  if (whole.head == nullptr)
    return;
  whole.head->magazine_count = whole.count;
  store.put_magazine(whole.head);
  whole = {};
}

// Its destructor runs when the thread ends. What the thread drops after that
// goes straight to the store.
struct cache_keeper {
  cache_keeper() = default;
  cache_keeper(const cache_keeper&) = delete;
  cache_keeper& operator=(const cache_keeper&) = delete;
  ~cache_keeper() {
    for (auto& shelf : mine->shelves) {
      put(shelf.loaded);
      put(shelf.full);
    }
    mine->claimed.store(false, std::memory_order_release);
    mine = nullptr;
    ended = true;
  }
};

thread_cache* claim_cache() noexcept {
  for (auto* cache = caches.load(std::memory_order_acquire); cache != nullptr;
       cache = cache->next) {
    bool expected = false;
    if (cache->claimed.compare_exchange_strong(
          expected, true, std::memory_order_acquire, std::memory_order_relaxed))
      return cache;
  }
  auto* const fresh = new (std::nothrow) thread_cache;
  if (fresh == nullptr)
    return nullptr;
  fresh->next = caches.load(std::memory_order_relaxed);
  while (!caches.compare_exchange_weak(
    fresh->next, fresh, std::memory_order_release, std::memory_order_relaxed)) {
  }
  return fresh;
}

[[gnu::noinline]] thread_cache* make_cache() noexcept {
  if (ended)
    return nullptr;
  mine = claim_cache();
  if (mine != nullptr)
    static thread_local cache_keeper keeper;
  return mine;
}

thread_cache* my_cache() noexcept {
  return mine != nullptr ? mine : make_cache();
}

void count(thread_cache* cache, std::int64_t slabs,
           std::int64_t bytes) noexcept {
  if (cache != nullptr) {
    cache->count(slabs, bytes);
    return;
  }
  other_live.fetch_add(slabs, std::memory_order_relaxed);
  other_live_bytes.fetch_add(bytes, std::memory_order_relaxed);
}

[[gnu::noinline]] bool reload(thread_cache::shelf& from,
                              std::size_t index) noexcept {
  if (from.full.head != nullptr) {
    from.loaded = from.full;
    from.full = {};
    return true;
  }
  pooled_slab* const head = store.take_magazine(index, drop_pooled);
  if (head == nullptr)
    return false;
  from.loaded = {head, head->magazine_count};
  return true;
}

[[gnu::noinline]] void unload(thread_cache::shelf& to) noexcept {
  put(to.full);
  to.full = to.loaded;
  to.loaded = {};
}

// A magazine's first slab, the rest goes back: for threads without a cache.
pooled_slab* take_uncached(std::size_t index) noexcept {
  pooled_slab* const head = store.take_magazine(index, drop_pooled);
  if (head == nullptr)
    return nullptr;
  magazine rest{head->next, head->magazine_count - 1};
  put(rest);
  return head;
}

pooled_slab* take_small(thread_cache* cache, std::size_t index) noexcept {
  if (cache == nullptr)
    return take_uncached(index);
  thread_cache::shelf& from = cache->shelves[index];
  if (from.loaded.head == nullptr && !reload(from, index))
    return nullptr;
  pooled_slab* const got = from.loaded.head;
  from.loaded.head = got->next;
  --from.loaded.count;
  return got;
}

void put_small(thread_cache* cache, pooled_slab* free) noexcept {
  const std::size_t index = free->class_index;
  if (cache == nullptr) {
    free->next = nullptr;
    magazine single{free, 1};
    put(single);
    return;
  }
  thread_cache::shelf& to = cache->shelves[index];
  if (to.loaded.count == pool::magazine_size(index)) [[unlikely]]
    unload(to);
  free->next = to.loaded.head;
  to.loaded.head = free;
  ++to.loaded.count;
}

void drop_pooled(slab* unused) noexcept {
  auto* const free = static_cast<pooled_slab*>(unused);
  const std::size_t index = free->class_index;
  thread_cache* const cache = my_cache();
  count(cache, -1, -static_cast<std::int64_t>(free->bytes()));
  pool::forbid(*free);
  if (pool::is_big(index))
    store.put_big(free);
  else
    put_small(cache, free);
}

void drop_direct(slab* unused) noexcept {
  auto* const free = static_cast<direct_slab*>(unused);
  count(my_cache(), -1, -static_cast<std::int64_t>(free->mapped()));
  store.put_direct(free);
}

// Hands out what the store gave: null stays null.
pooled_slab* begin_use(thread_cache* cache, pooled_slab* got) noexcept {
  if (got != nullptr) {
    count(cache, 1, static_cast<std::int64_t>(got->bytes()));
    pool::allow(*got);
    got->reset_refs();
  }
  return got;
}

direct_slab* begin_use(direct_slab* got) noexcept {
  if (got != nullptr) {
    count(my_cache(), 1, static_cast<std::int64_t>(got->mapped()));
    got->reset_refs();
  }
  return got;
}

template <class Slab>
claim claim_of(Slab* got, std::size_t size) noexcept {
  return {slab_ref{got}, got ? std::min(got->ready, size) : 0, size};
}

bool grow_direct(claim& what, std::size_t wanted) noexcept {
  auto* const held = static_cast<direct_slab*>(what.memory.release());
  const std::size_t before = held->mapped();
  direct_slab* const grown =
    store.grow_direct(held, wanted, what.size, drop_direct);
  what.memory = slab_ref{grown != nullptr ? grown : held};
  if (grown == nullptr)
    return false;
  count(my_cache(), 0, static_cast<std::int64_t>(grown->mapped() - before));
  what.room = std::min(grown->ready, what.size);
  return true;
}

void grow_pooled(claim& what, std::size_t wanted) noexcept {
  auto* const held = static_cast<pooled_slab*>(what.memory.get());
  const std::size_t before = held->bytes();
  store.make_present(*held, wanted);
  count(my_cache(), 0, static_cast<std::int64_t>(held->bytes() - before));
  what.room = std::min(held->ready, what.size);
}

class pool_source final : public buffer_source {
public:
  slab_ref take(std::size_t capacity) noexcept override {
    if (capacity > pool::max_class_capacity)
      return slab_ref{begin_use(store.take_direct(capacity, drop_direct))};
    const std::size_t index = pool::class_of(capacity);
    thread_cache* const cache = my_cache();
    return slab_ref{begin_use(
      cache, pool::is_big(index)
               ? store.take_big(index, pool::page_kind::huge,
                                pool::class_capacity(index), drop_pooled)
               : take_small(cache, index))};
  }

  claim take_claimed(std::size_t size, std::size_t first) noexcept override {
    if (size > pool::max_class_capacity)
      return claim_of(
        begin_use(store.take_claimed_direct(size, first, drop_direct)), size);
    const std::size_t index = pool::class_of(size);
    if (!pool::is_big(index))
      return {take(size), size, size};
    return claim_of(
      begin_use(my_cache(), store.take_big(index, pool::page_kind::plain, first,
                                           drop_pooled)),
      size);
  }

  bool grow_claimed(claim& what, std::size_t wanted) noexcept override {
    if (what.memory->disposed_by(drop_direct))
      return grow_direct(what, wanted);
    grow_pooled(what, wanted);
    return true;
  }
};

// Holds the source without ever destroying it.
union forever {
  constexpr forever() noexcept : source() {
  }
  ~forever() {
  }
  pool_source source;
};
constinit forever the_source;

} // namespace

buffer_source& shared_pool() noexcept {
  return the_source.source;
}

void set_shared_pool_limit(std::size_t bytes) noexcept {
  store.set_limit(bytes);
}

slab_pool_counts shared_pool_counts() noexcept {
  std::int64_t live = other_live.load(std::memory_order_relaxed);
  std::int64_t bytes = other_live_bytes.load(std::memory_order_relaxed);
  for (const auto* cache = caches.load(std::memory_order_acquire);
       cache != nullptr; cache = cache->next) {
    live += cache->live.load(std::memory_order_relaxed);
    bytes += cache->live_bytes.load(std::memory_order_relaxed);
  }
  // The sums may be torn while threads work: never below zero.
  slab_pool_counts counts;
  counts.bytes_mapped = store.bytes_mapped();
  counts.slabs_live = static_cast<std::uint64_t>(live < 0 ? 0 : live);
  const auto used = static_cast<std::uint64_t>(bytes < 0 ? 0 : bytes);
  counts.bytes_free =
    counts.bytes_mapped > used ? counts.bytes_mapped - used : 0;
  return counts;
}

} // namespace zmqrt
