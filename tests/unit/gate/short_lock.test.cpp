// SPDX-License-Identifier: MPL-2.0
//
// The lock of the gates: one at a time, nobody sleeps for ever. Under TSan.

#include "actors/gate/short_lock.hpp"

#include <mutex>
#include <thread>
#include <vector>

#include "tests/support/catch.hpp"

using zmqrt::actors::short_lock;

TEST_CASE("try_lock says whether the lock is free") {
  short_lock lock;
  CHECK(lock.try_lock());
  CHECK_FALSE(lock.try_lock());
  lock.unlock();
  CHECK(lock.try_lock());
  lock.unlock();
}

TEST_CASE("what it guards is touched by one thread at a time") {
  short_lock lock;
  std::uint64_t sum = 0;
  constexpr int rounds = 20'000;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&] {
      for (int round = 0; round < rounds; ++round) {
        const std::lock_guard guard(lock);
        ++sum;
        if (round % 1'000 == 0)
          std::this_thread::yield(); // so that others have to sleep
      }
    });
  for (auto& thread : threads)
    thread.join();
  CHECK(sum == 4 * rounds);
}
