// SPDX-License-Identifier: MPL-2.0
//
// See handle_table.hpp. The slots lie in one reserved range of addresses, of
// which the system provides what is used.

#include "actors/c_api/handle_table.hpp"

#include <cerrno>
#include <mutex>
#include <new>
#include <type_traits>

#include <linux/membarrier.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#if __has_include(<sanitizer/lsan_interface.h>)
#include <sanitizer/lsan_interface.h>
// There only in a program that was built with it.
#pragma weak __lsan_register_root_region
#endif

namespace zmqrt::c_api {

namespace {

constexpr std::size_t most_slots = std::size_t{1} << 20;
/// So many others are closed before a slot is used again.
constexpr std::size_t rest_period = 4096;
/// Tells a thread from others that live.
[[gnu::tls_model("initial-exec")]] constinit thread_local char mark_of_thread =
  0;

int membarrier(int command) noexcept {
  return static_cast<int>(::syscall(SYS_membarrier, command, 0, 0));
}

/// Whether make_visible() works here. Before it is set, and where the system
/// does not allow it, nobody is a resident.
const bool can_make_visible =
  membarrier(MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED) == 0;

/// Every other thread either has what it wrote before now visible, or sees what
/// this one wrote: a full barrier in each, for the price of one here. False:
/// the system has changed its mind (seccomp(2)).
[[nodiscard]] bool make_visible() noexcept {
  return membarrier(MEMBARRIER_CMD_PRIVATE_EXPEDITED) == 0
         || (membarrier(MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED) == 0
             && membarrier(MEMBARRIER_CMD_PRIVATE_EXPEDITED) == 0);
}

/// What is found through a handle is no leak, where a program looks for such.
void show_to_sanitizer([[maybe_unused]] const void* begin,
                       [[maybe_unused]] std::size_t size) noexcept {
#if __has_include(<sanitizer/lsan_interface.h>)
  if (&__lsan_register_root_region != nullptr)
    __lsan_register_root_region(begin, size);
#endif
}

/// What is asked of the system at a time: 64 KiB.
constexpr std::size_t provided_at_once = 1024;

} // namespace

// Ready before any code runs, and never destroyed: calls may come while other
// libraries start, and after main() has ended.
struct handle_table::store {
  std::mutex mutex; // of what is not atomic; no other is taken under it
  std::atomic<handle_slot*> first{nullptr};
  std::atomic<std::size_t> made{0};
  handle_slot* first_free = nullptr; // the longest unused
  handle_slot* last_free = nullptr;
  std::size_t free = 0;

  [[nodiscard]] handle_slot* take() noexcept {
    const std::lock_guard guard(mutex);
    if (free < rest_period)
      if (handle_slot* const fresh = make())
        return fresh;
    if (free == 0)
      return nullptr;
    handle_slot* const oldest = first_free;
    first_free = oldest->next_free_;
    --free;
    return oldest;
  }

  void give_back(handle_slot& which) noexcept {
    const std::lock_guard guard(mutex);
    which.next_free_ = nullptr;
    if (free++ == 0)
      first_free = &which;
    else
      last_free->next_free_ = &which;
    last_free = &which;
  }

  [[nodiscard]] handle_slot* at(const void* handle) const noexcept {
    // Slots that were not made yet are nobody's to look at.
    const std::size_t count = made.load(std::memory_order_acquire);
    handle_slot* const begin = first.load(std::memory_order_relaxed);
    const std::uintptr_t offset = reinterpret_cast<std::uintptr_t>(handle)
                                  - reinterpret_cast<std::uintptr_t>(begin);
    if (offset >= count * sizeof(handle_slot)
        || offset % sizeof(handle_slot) != 0)
      return nullptr;
    return begin + offset / sizeof(handle_slot);
  }

private:
  /// One that never was a handle; null: no memory, or too many.
  [[nodiscard]] handle_slot* make() noexcept {
    handle_slot* const begin = reserved();
    const std::size_t count = made.load(std::memory_order_relaxed);
    if (begin == nullptr || count == most_slots)
      return nullptr;
    // Step by step: what can be written to counts as used where the system
    // does not overcommit, and is there at once after mlockall(2).
    if (count % provided_at_once == 0
        && ::mprotect(begin + count, provided_at_once * sizeof(handle_slot),
                      PROT_READ | PROT_WRITE)
             != 0)
      return nullptr;
    auto* const fresh = new (begin + count) handle_slot;
    made.store(count + 1, std::memory_order_release);
    return fresh;
  }

  [[nodiscard]] handle_slot* reserved() noexcept {
    if (handle_slot* const range = first.load(std::memory_order_relaxed))
      return range;
    void* const range =
      ::mmap(nullptr, most_slots * sizeof(handle_slot), PROT_NONE,
             MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (range == MAP_FAILED)
      return nullptr;
    show_to_sanitizer(range, most_slots * sizeof(handle_slot));
    first.store(static_cast<handle_slot*>(range), std::memory_order_relaxed);
    return static_cast<handle_slot*>(range);
  }
};

handle_table::store& handle_table::slots() noexcept {
  static_assert(std::is_trivially_destructible_v<store>);
  static constinit store only;
  return only;
}

// A forked child has the thread that forked, and none that could end a change
// of the table that was under way.
const bool handle_table::survives_forks_ =
  ::pthread_atfork([] { slots().mutex.lock(); }, [] { slots().mutex.unlock(); },
                   [] { slots().mutex.unlock(); })
  == 0;

void* handle_table::open(handle_kind kind, void* object,
                         handle_slot::destroy_function destroy) noexcept {
  handle_slot* const fresh = slots().take();
  if (fresh == nullptr)
    return nullptr;
  fresh->object_ = object;
  fresh->destroy_ = destroy;
  // Added, as a late guest of the slot's former life may still be counted.
  fresh->state_.fetch_add(static_cast<std::uint64_t>(kind),
                          std::memory_order_release);
  return fresh;
}

// -- calls --------------------------------------------------------------------

bool handle_table::is_resident(handle_slot& at, call_kind how) noexcept {
  const void* const me = &mark_of_thread;
  const void* resident = at.resident_.load(std::memory_order_relaxed);
  if (resident == me) [[likely]]
    return true;
  // From the next call on. This one is counted as others', or who has just
  // closed the handle and found no resident would not know of it.
  if (resident == nullptr && how == call_kind::frequent && can_make_visible)
    at.resident_.compare_exchange_strong(resident, me);
  return false;
}

handle_table::hold handle_table::pin(const void* handle, handle_kind kind,
                                     call_kind how) noexcept {
  handle_slot* const found = slots().at(handle);
  if (found == nullptr)
    return {};
  constexpr std::uint64_t what = handle_slot::kind_mask | handle_slot::closing;
  const auto wanted = static_cast<std::uint64_t>(kind);
  // A slot that was never used is zero.
  if ((found->state_.load(std::memory_order_acquire) & what) != wanted)
    return {};
  hold held{found, is_resident(*found, how)};
  std::uint64_t now = 0;
  if (held.by_resident) [[likely]] {
    auto& calls = found->resident_calls_;
    calls.store(calls.load(std::memory_order_relaxed) + 1,
                std::memory_order_relaxed);
    std::atomic_signal_fence(std::memory_order_seq_cst); // see make_visible()
    now = found->state_.load(std::memory_order_acquire);
  } else {
    now = found->state_.fetch_add(handle_slot::one_call);
  }
  if ((now & what) == wanted) [[likely]]
    return held;
  unpin(held); // it was closed in between
  return {};
}

void handle_table::unpin(hold which) noexcept {
  handle_slot& at = *which.slot;
  std::uint64_t now = 0;
  if (which.by_resident) [[likely]] {
    auto& calls = at.resident_calls_;
    calls.store(calls.load(std::memory_order_relaxed) - 1,
                std::memory_order_release);
    std::atomic_signal_fence(std::memory_order_seq_cst);
    now = at.state_.load(std::memory_order_relaxed);
  } else {
    now = at.state_.fetch_sub(handle_slot::one_call) - handle_slot::one_call;
  }
  if ((now & handle_slot::closing) != 0) [[unlikely]]
    retire(at);
}

void handle_table::retire(handle_slot& which) noexcept {
  constexpr std::uint64_t calls = handle_slot::one_life - handle_slot::one_call;
  // Looked at first: should the slot be in its next life when the others are,
  // the exchange fails.
  std::uint64_t now = which.state_.load(std::memory_order_acquire);
  if ((now & handle_slot::closing) == 0 || (now & calls) != 0)
    return;
  const void* const resident = which.resident_.load();
  const bool mine = resident == &mark_of_thread;
  // Rather never than under a call.
  if (resident != nullptr && !mine && !make_visible())
    return;
  if (which.resident_calls_.load(std::memory_order_acquire) != 0)
    return; // the resident comes by here
  // Late guests of pin() may still come and go: whoever turns `closing` into
  // `none`, while no call is counted, has it.
  constexpr std::uint64_t life = ~(handle_slot::one_life - 1);
  if (!which.state_.compare_exchange_strong(
        now, (now & life) + handle_slot::one_life, std::memory_order_acq_rel))
    return;
  const int answer = errno; // of the call that leaves
  which.destroy_(which.object_);
  which.object_ = nullptr;
  if (mine)
    which.resident_.store(nullptr, std::memory_order_relaxed);
  slots().give_back(which);
  errno = answer;
}

bool handle_table::close(handle_slot& which) noexcept {
  return (which.state_.fetch_or(handle_slot::closing, std::memory_order_acq_rel)
          & handle_slot::closing)
         == 0;
}

bool handle_table::is_open(const handle_slot& which) noexcept {
  return (which.state_.load(std::memory_order_acquire) & handle_slot::closing)
         == 0;
}

} // namespace zmqrt::c_api
