// SPDX-License-Identifier: MPL-2.0
//
// The shared pool from many threads, for TSan: slabs travel from takers to
// droppers and back; no slab is handed out twice, memory stays bounded, and
// threads that end leave nothing behind.

#include <array>
#include <atomic>
#include <cstring>
#include <mutex>
#include <thread>
#include <vector>

#include "libzmqrt/message/slab_pool.hpp"
#include "tests/support/catch.hpp"

using namespace zmqrt;

namespace {

constexpr std::array<std::size_t, 8> sizes{64,    500,    4096,    9000,
                                           65536, 200000, 1 << 20, 5 << 20};

// Marks both ends of a slab as its taker's.
void mark(const slab_ref& one, std::size_t size, std::uint32_t by) {
  std::memcpy(one->data(), &by, sizeof by);
  std::memcpy(one->data() + size - sizeof by, &by, sizeof by);
}

bool is_marked(const slab_ref& one, std::size_t size, std::uint32_t by) {
  return std::memcmp(one->data(), &by, sizeof by) == 0
         && std::memcmp(one->data() + size - sizeof by, &by, sizeof by) == 0;
}

struct parcel {
  slab_ref what;
  std::size_t size = 0;
  std::uint32_t mark = 0;
};

class belt {
public:
  /// False: the belt is full, and `one` stays.
  bool put(parcel& one) {
    const std::lock_guard guard(mutex_);
    if (parcels_.size() >= 64)
      return false;
    parcels_.push_back(std::move(one));
    return true;
  }
  std::vector<parcel> take_all() {
    const std::lock_guard guard(mutex_);
    return std::exchange(parcels_, {});
  }

private:
  std::mutex mutex_;
  std::vector<parcel> parcels_;
};

} // namespace

TEST_CASE("slabs travel between threads, each belonging to one at a time") {
  constexpr int pairs = 3;
  constexpr std::uint32_t rounds = 2000;
  const std::uint64_t live = shared_pool_counts().slabs_live;
  std::atomic<int> wrong{0};
  std::array<belt, pairs> belts;
  std::vector<std::thread> threads;
  std::atomic<int> taking{pairs};
  for (unsigned id = 0; id < pairs; ++id) {
    threads.emplace_back([&, id] {
      for (std::uint32_t i = 0; i < rounds; ++i) {
        const std::size_t size = sizes[(i * 7 + id) % sizes.size()];
        parcel one{shared_pool().take(size), size, id << 24 | i};
        if (!one.what) {
          ++wrong;
          break;
        }
        mark(one.what, size, one.mark);
        // A second holder on this side: the last one drops, whoever it is.
        const slab_ref other = i % 3 == 0 ? one.what : slab_ref{};
        while (!belts[id].put(one))
          std::this_thread::yield();
      }
      --taking;
    });
    threads.emplace_back([&, id] {
      for (bool last = false; !last;) {
        last = taking == 0;
        for (const parcel& one : belts[(id + 1) % pairs].take_all())
          if (!is_marked(one.what, one.size, one.mark))
            ++wrong;
        std::this_thread::yield();
      }
    });
  }
  for (std::thread& each : threads)
    each.join();
  REQUIRE(wrong == 0);
  REQUIRE(shared_pool_counts().slabs_live == live);
}

TEST_CASE("ping-pong of slabs needs a bounded amount of memory") {
  for (std::size_t size : {std::size_t{256}, std::size_t{1} << 20}) {
    std::atomic<slab*> hand{nullptr};
    constexpr int rounds = 20000;
    const std::uint64_t before = shared_pool_counts().bytes_mapped;
    std::thread dropper([&] {
      for (int i = 0; i < rounds; ++i) {
        slab* got = nullptr;
        while ((got = hand.exchange(nullptr)) == nullptr)
          std::this_thread::yield();
        const slab_ref gone{got};
      }
    });
    for (int i = 0; i < rounds; ++i) {
      slab* fresh = shared_pool().take(size).release();
      slab* none = nullptr;
      while (!hand.compare_exchange_weak(none, fresh)) {
        none = nullptr;
        std::this_thread::yield();
      }
    }
    dropper.join();
    // Small ones: four magazines of 64 KiB and what region cutting adds; big
    // ones: the few that were under way.
    REQUIRE(shared_pool_counts().bytes_mapped < before + (6U << 20));
  }
}

TEST_CASE("threads come and go without taking memory along") {
  const auto work = [] {
    std::vector<slab_ref> held;
    for (std::size_t size : {100, 1000, 5000, 30000})
      for (int i = 0; i < 40; ++i)
        held.push_back(shared_pool().take(size));
  };
  std::thread{work}.join();
  const slab_pool_counts before = shared_pool_counts();
  for (int i = 0; i < 50; ++i)
    std::thread{work}.join();
  const slab_pool_counts after = shared_pool_counts();
  REQUIRE(after.bytes_mapped == before.bytes_mapped);
  REQUIRE(after.slabs_live == before.slabs_live);
}

TEST_CASE("a thread may drop and take after its cache is gone") {
  struct late {
    slab_ref held;
    ~late() {
      held = shared_pool().take(700); // drops one, takes one
      held = shared_pool().take(1 << 20);
    }
  };
  const slab_pool_counts before = shared_pool_counts();
  for (int i = 0; i < 20; ++i) {
    std::thread([] {
      // Made before the pool's own per-thread object, so destroyed after it.
      thread_local late keeper;
      keeper.held = shared_pool().take(700);
    }).join();
  }
  REQUIRE(shared_pool_counts().slabs_live == before.slabs_live);
}
