// SPDX-License-Identifier: MPL-2.0
//
// The shared pool from one thread: sizes, reuse, the byte limit, running out.

#include "libzmqrt/message/slab_pool.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <limits>
#include <vector>

#include "libzmqrt/message/slab_class.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/sanitized.hpp"

using namespace zmqrt;

namespace {

constexpr std::size_t kib = 1024;
constexpr std::size_t mib = 1024 * kib;

/// Of this process, in the memory of the machine.
std::size_t resident_bytes() {
  std::ifstream statm("/proc/self/statm");
  std::size_t all = 0;
  std::size_t resident = 0;
  statm >> all >> resident;
  return resident * 4 * kib;
}

std::uintptr_t address_of(const slab_ref& of) {
  return reinterpret_cast<std::uintptr_t>(of->data());
}

} // namespace

TEST_CASE("every size has the smallest class that holds it") {
  for (std::size_t i = 0; i < pool::class_count; ++i) {
    const std::size_t capacity = pool::class_capacity(i);
    REQUIRE(pool::class_of(capacity) == i);
    if (i != 0)
      REQUIRE(pool::class_capacity(i - 1) < capacity);
    if (i + 1 < pool::class_count)
      REQUIRE(pool::class_of(capacity + 1) == i + 1);
    REQUIRE(pool::block_size(i) % 64 == 0);
  }
  REQUIRE(pool::class_of(0) == 0);
  REQUIRE(pool::max_class_capacity == 4 * mib);
}

TEST_CASE("slabs hold what was asked for, aligned") {
  for (std::size_t size :
       {std::size_t{0}, std::size_t{1}, std::size_t{128}, std::size_t{129},
        4 * kib, 4 * kib + 9, 64 * kib, mib, 4 * mib, 4 * mib + 1, 64 * mib}) {
    const slab_ref one = shared_pool().take(size);
    REQUIRE(one);
    REQUIRE(one->unique());
    REQUIRE_FALSE(one->foreign());
    REQUIRE(one->capacity() >= size);
    REQUIRE(address_of(one) % (size >= 64 * kib ? 4096 : 64) == 0);
    one->data()[0] = std::byte{1};
    if (size != 0)
      one->data()[size - 1] = std::byte{2};
  }
}

TEST_CASE("a payload of 1 MiB is not doubled") {
  REQUIRE(shared_pool().take(mib)->capacity() == mib);
  REQUIRE(shared_pool().take(mib + 1)->capacity() == mib + mib / 2);
}

TEST_CASE("what was dropped last is used first") {
  for (std::size_t size : {100 * std::size_t{1}, 4 * kib, mib, 8 * mib}) {
    slab_ref one = shared_pool().take(size);
    const std::uintptr_t where = address_of(one);
    one = {};
    const slab_ref again = shared_pool().take(size);
    REQUIRE(address_of(again) == where);
  }
}

TEST_CASE("counts: live, mapped, free") {
  const slab_pool_counts before = shared_pool_counts();
  std::vector<slab_ref> held;
  for (int i = 0; i < 100; ++i)
    held.push_back(shared_pool().take(1000));
  for (int i = 0; i < 10; ++i)
    held.push_back(shared_pool().take(100 * kib));
  const slab_pool_counts during = shared_pool_counts();
  REQUIRE(during.slabs_live == before.slabs_live + 110);
  REQUIRE(during.bytes_mapped >= 100 * 1000 + 10 * 100 * kib);
  held.clear();
  const slab_pool_counts after = shared_pool_counts();
  REQUIRE(after.slabs_live == before.slabs_live);
  REQUIRE(after.bytes_mapped == during.bytes_mapped);
  REQUIRE(after.bytes_free > during.bytes_free);
}

TEST_CASE("the steady state takes nothing from the system") {
  const auto round = [] {
    std::vector<slab_ref> held;
    for (std::size_t size = 100; size <= 2 * mib; size *= 3)
      for (int i = 0; i < 5; ++i)
        held.push_back(shared_pool().take(size));
  };
  round();
  const std::uint64_t mapped = shared_pool_counts().bytes_mapped;
  for (int i = 0; i < 50; ++i)
    round();
  REQUIRE(shared_pool_counts().bytes_mapped == mapped);
}

TEST_CASE("beyond the limit memory goes back, and is taken again") {
  const auto fill = [](std::size_t size) {
    std::vector<slab_ref> held;
    for (int i = 0; i < 20; ++i) {
      held.push_back(shared_pool().take(size));
      std::memset(held.back()->data(), 0x5a, size);
    }
  };
  fill(mib);
  fill(192 * kib);
  fill(6 * mib);
  REQUIRE(shared_pool_counts().bytes_free > 23 * mib);
  set_shared_pool_limit(4 * mib);
  // Small slabs stay: a few regions of them at most.
  REQUIRE(shared_pool_counts().bytes_free < 10 * mib);
  const std::uint64_t mapped = shared_pool_counts().bytes_mapped;
  fill(mib);
  fill(6 * mib);
  fill(192 * kib);
  REQUIRE(shared_pool_counts().bytes_mapped <= mapped + 4 * mib);
  set_shared_pool_limit(512 * mib);
}

TEST_CASE("a claim costs what it has room for") {
  constexpr std::size_t first = 64 * kib;
  // Sizes that no other test leaves ready.
  for (const std::size_t size : {3'000'000UL, 1024 * mib, 1024 * 1024 * mib}) {
    INFO(size);
    const std::uint64_t mapped = shared_pool_counts().bytes_mapped;
    const std::size_t resident = resident_bytes();
    std::vector<claim> claims;
    for (int i = 0; i < 50; ++i) {
      claims.push_back(shared_pool().take_claimed(size, first));
      REQUIRE(claims.back().memory);
      REQUIRE(claims.back().room == first);
      REQUIRE(claims.back().size == size);
      claims.back().memory->data()[0] = std::byte{1};
    }
    if (!test::sanitized)
      REQUIRE(resident_bytes() - resident < 50 * (first + 16 * kib) + mib);
    REQUIRE(shared_pool_counts().bytes_mapped - mapped
            <= 50 * (size < 4 * mib ? first + 4 * kib : 2 * mib));
  }
}

TEST_CASE("a claim grows without losing a byte") {
  for (const std::size_t size : {64 * kib, 100'000UL, 4 * mib, 4 * mib + 1,
                                 8 * mib - 5, 40 * mib + 123}) {
    for (int round = 0; round < 2; ++round) { // fresh, and used again
      INFO(size << ' ' << round);
      claim it = shared_pool().take_claimed(size, 10 * kib);
      REQUIRE(it.memory);
      REQUIRE(it.room >= 10 * kib);
      std::size_t filled = 0;
      while (filled < size) {
        REQUIRE(it.room > filled);
        REQUIRE(it.room <= std::min(size, it.memory->capacity()));
        for (; filled < it.room; ++filled)
          it.memory->data()[filled] = std::byte(filled * 7 / 3 + filled / 4096);
        const std::size_t wanted = std::min(2 * filled, size);
        if (filled < size)
          REQUIRE(shared_pool().grow_claimed(it, wanted));
        REQUIRE(it.room >= wanted);
      }
      REQUIRE(it.room == size);
      std::size_t wrong = 0;
      for (std::size_t i = 0; i < size; ++i)
        wrong += it.memory->data()[i] != std::byte(i * 7 / 3 + i / 4096);
      REQUIRE(wrong == 0);
    }
  }
}

TEST_CASE("a claim has all the room of what lies ready") {
  for (const std::size_t size : {64 * kib, mib, 4 * mib, 8 * mib}) {
    const slab_pool_counts before = shared_pool_counts();
    slab_ref one = shared_pool().take(size);
    const std::uintptr_t where = address_of(one);
    one = {};
    claim it = shared_pool().take_claimed(size, kib);
    REQUIRE(address_of(it.memory) == where);
    REQUIRE(it.room == size);
    it = {};
    REQUIRE(shared_pool_counts().slabs_live == before.slabs_live);
  }
}

TEST_CASE("memory of a claim that was given up is completed for the next") {
  // A size that no other test has.
  constexpr std::size_t size = 1536 * kib;
  claim it = shared_pool().take_claimed(size, 64 * kib);
  const std::size_t room = it.room;
  const std::uintptr_t where = address_of(it.memory);
  it = {};
  it = shared_pool().take_claimed(size, 4 * kib);
  REQUIRE(address_of(it.memory) == where);
  REQUIRE(it.room == room);
  it = {};
  const std::uint64_t mapped = shared_pool_counts().bytes_mapped;
  const slab_ref all = shared_pool().take(size);
  REQUIRE(address_of(all) == where);
  REQUIRE(shared_pool_counts().bytes_mapped == mapped + size - room);
}

TEST_CASE("no memory is an empty reference") {
  constexpr std::size_t most = std::numeric_limits<std::size_t>::max();
  REQUIRE_FALSE(shared_pool().take(most));
  REQUIRE_FALSE(shared_pool().take(most / 2));
  REQUIRE_FALSE(shared_pool().take(std::size_t{1} << 60));
  REQUIRE_FALSE(shared_pool().take_claimed(most, 1).memory);
}

TEST_CASE("adopted memory is freed with the last reference") {
  int freed = 0;
  int bytes = 0;
  slab_ref one = adopt_slab(
    &bytes, sizeof bytes, [](void*, void* hint) { ++*static_cast<int*>(hint); },
    &freed);
  REQUIRE(one);
  REQUIRE(one->foreign());
  REQUIRE(one->capacity() == sizeof bytes);
  slab_ref two = one;
  one = {};
  REQUIRE(freed == 0);
  two = {};
  REQUIRE(freed == 1);
}
