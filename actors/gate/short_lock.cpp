// SPDX-License-Identifier: MPL-2.0
//
// What short_lock does when somebody else holds it.

#include "actors/gate/short_lock.hpp"

#include "actors/gate/futex.hpp"

namespace zmqrt::actors {

namespace {

// A holder is done after some 30 ns; a sleep and its wake-up cost 10 us.
constexpr int spins = 100;

} // namespace

void short_lock::lock_slowly() noexcept {
  for (int i = 0; i < spins; ++i) {
    if (word_.load(std::memory_order_relaxed) == free && try_lock())
      return;
    spin_pause();
  }
  // From here on the word says that somebody may sleep, also when it is we
  // who hold it: one wake-up too many, never one too few.
  while (word_.exchange(contended, std::memory_order_acquire) != free)
    futex_wait(word_, contended, no_deadline);
}

void short_lock::wake_one() noexcept {
  futex_wake(word_, 1);
}

} // namespace zmqrt::actors
