// SPDX-License-Identifier: MPL-2.0
//
// futex(2) by way of syscall(2): the C library has no wrapper.

#include "actors/gate/futex.hpp"

#include <cerrno>
#include <ctime>

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <climits>

namespace zmqrt::actors {

namespace {

constexpr std::int64_t ns_per_s = 1'000'000'000;

static_assert(sizeof(std::atomic<std::uint32_t>) == sizeof(std::uint32_t)
              && std::atomic<std::uint32_t>::is_always_lock_free);

} // namespace

std::int64_t monotonic_ns() noexcept {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * ns_per_s + now.tv_nsec;
}

wait_end futex_wait(std::atomic<std::uint32_t>& word, std::uint32_t expected,
                    std::int64_t deadline_ns) noexcept {
  timespec until{};
  until.tv_sec = deadline_ns / ns_per_s;
  until.tv_nsec = deadline_ns % ns_per_s;
  const timespec* limit = deadline_ns == no_deadline ? nullptr : &until;
  // The bitset flavour, because its timeout is absolute.
  if (::syscall(SYS_futex, &word, FUTEX_WAIT_BITSET_PRIVATE, expected, limit,
                nullptr, FUTEX_BITSET_MATCH_ANY)
      == 0)
    return wait_end::woken;
  if (errno == ETIMEDOUT)
    return wait_end::timed_out;
  return errno == EINTR ? wait_end::interrupted : wait_end::woken;
}

void futex_wake(std::atomic<std::uint32_t>& word, int count) noexcept {
  ::syscall(SYS_futex, &word, FUTEX_WAKE_PRIVATE, count, nullptr, nullptr, 0);
}

} // namespace zmqrt::actors
