// SPDX-License-Identifier: MPL-2.0
//
// The kernel's wait-on-a-word (futex(2)), process-private, with absolute
// deadlines on CLOCK_MONOTONIC. Any thread.

#pragma once

#include <atomic>
#include <cstdint>

namespace zmqrt::actors {

enum class wait_end : std::uint8_t { woken, timed_out, interrupted };

/// No deadline.
inline constexpr std::int64_t no_deadline = -1;

/// Nanoseconds of CLOCK_MONOTONIC.
[[nodiscard]] std::int64_t monotonic_ns() noexcept;

/// Sleeps as long as `word` is `expected`; may wake for no reason.
wait_end futex_wait(std::atomic<std::uint32_t>& word, std::uint32_t expected,
                    std::int64_t deadline_ns) noexcept;

void futex_wake(std::atomic<std::uint32_t>& word, int count) noexcept;

/// Tells the core that this is a waiting loop.
inline void spin_pause() noexcept {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

} // namespace zmqrt::actors
