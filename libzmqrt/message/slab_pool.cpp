// SPDX-License-Identifier: MPL-2.0
//
// The pool's front: a cache of two magazines per thread and small class, so
// that most takes and drops touch no shared memory, also where one thread
// takes and another drops (then whole magazines travel). Big slabs go
// straight to the shared store: none is stranded in a thread. Any thread.

#include "libzmqrt/message/slab_pool.hpp"

#include <array>
#include <new>

#include "libzmqrt/message/slab_store.hpp"

#if defined(__SANITIZE_ADDRESS__)
#define ZMQRT_POISON_SLABS 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ZMQRT_POISON_SLABS 1
#endif
#endif

#ifdef ZMQRT_POISON_SLABS
extern "C" {
void __asan_poison_memory_region(const volatile void* at, std::size_t size);
void __asan_unpoison_memory_region(const volatile void* at, std::size_t size);
}
#endif

namespace zmqrt {

namespace {

// Under ASan what is free may not be touched.
void forbid([[maybe_unused]] const slab& unused) noexcept {
#ifdef ZMQRT_POISON_SLABS
  __asan_poison_memory_region(unused.data(), unused.capacity());
#endif
}

void allow([[maybe_unused]] const slab& used) noexcept {
#ifdef ZMQRT_POISON_SLABS
  __asan_unpoison_memory_region(used.data(), used.capacity());
#endif
}

using pool::direct_slab;
using pool::pooled_slab;

constinit pool::slab_store store;

void drop_pooled(slab* unused) noexcept;
void drop_direct(slab* unused) noexcept;

struct magazine {
  pooled_slab* head = nullptr;
  std::uint32_t count = 0;
};

// What one thread has at hand. Never freed: a thread that ends leaves its
// cache, empty, to a later one.
struct alignas(64) thread_cache {
  struct shelf {
    magazine loaded;
    magazine full; ///< a whole magazine or nothing
  };
  std::array<shelf, pool::first_big_class> shelves{};
  // Written by the owner alone, read by shared_pool_counts().
  std::atomic<std::int64_t> live{0};
  std::atomic<std::int64_t> live_bytes{0};
  std::atomic<bool> claimed{true};
  thread_cache* next = nullptr;

  void count(std::int64_t slabs, std::int64_t bytes) noexcept {
    live.store(live.load(std::memory_order_relaxed) + slabs,
               std::memory_order_relaxed);
    live_bytes.store(live_bytes.load(std::memory_order_relaxed) + bytes,
                     std::memory_order_relaxed);
  }
};

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
  count(cache, -1, -static_cast<std::int64_t>(pool::block_size(index)));
  forbid(*free);
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

slab* take_direct(std::size_t capacity) noexcept {
  direct_slab* const got = store.take_direct(capacity, drop_direct);
  if (got != nullptr) {
    got->reset_refs();
    count(my_cache(), 1, static_cast<std::int64_t>(got->mapped()));
  }
  return got;
}

class pool_source final : public buffer_source {
public:
  slab_ref take(std::size_t capacity) noexcept override {
    if (capacity > pool::max_class_capacity)
      return slab_ref{take_direct(capacity)};
    const std::size_t index = pool::class_of(capacity);
    thread_cache* const cache = my_cache();
    pooled_slab* const got = pool::is_big(index)
                               ? store.take_big(index, drop_pooled)
                               : take_small(cache, index);
    if (got == nullptr)
      return {};
    count(cache, 1, static_cast<std::int64_t>(pool::block_size(index)));
    allow(*got);
    got->reset_refs();
    return slab_ref{got};
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
