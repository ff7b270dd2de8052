// SPDX-License-Identifier: MPL-2.0
//
// See lent_memory.hpp.

#include "actors/c_api/lent_memory.hpp"

#include <condition_variable>
#include <exception>
#include <mutex>
#include <new>
#include <thread>
#include <utility>

#include <pthread.h>
#include <unistd.h>

#include "actors/gate/gate.hpp"
#include "libzmqrt/message/slab_pool.hpp"
#include "transports/posix/signals_blocked.hpp"

namespace zmqrt::c_api {

namespace {

struct loan {
  void* data;
  frame::free_function free;
  void* hint;
  loan* next = nullptr;

  void give_back() noexcept {
    free(data, hint);
    delete this;
  }
};

constinit thread_local bool later = false;
constinit thread_local bool is_returner = false;

/// Those to be given back, in their order, and who does it. Never destroyed:
/// memory comes back until the process ends.
class returner {
public:
  static returner& of_process() {
    static returner* const only = new returner;
    return *only;
  }

  void take(loan& back) {
    const std::lock_guard guard(mutex_);
    start();
    (last_ != nullptr ? last_->next : first_) = &back;
    last_ = &back;
    ++taken_;
    changed_.notify_all();
  }

  void await() {
    std::unique_lock guard(mutex_);
    if (process_ != ::getpid())
      return; // a forked child has nobody who would
    const std::uint64_t so_far = taken_;
    changed_.wait(guard, [&] { return returned_ >= so_far; });
  }

private:
  /// Under the lock. A forked child starts anew; what was under way is the
  /// parent's.
  void start() {
    if (process_ == ::getpid())
      return;
    first_ = last_ = nullptr;
    taken_ = returned_ = 0;
    const transports::signals_blocked while_it_is_made;
    std::thread{[this] { run(); }}.detach();
    process_ = ::getpid();
  }

  void run() {
    is_returner = true;
    ::pthread_setname_np(::pthread_self(), "zmqrt/returns");
    std::unique_lock guard(mutex_);
    for (;;) {
      changed_.wait(guard, [&] { return first_ != nullptr; });
      loan* next = std::exchange(first_, nullptr);
      last_ = nullptr;
      guard.unlock();
      std::uint64_t count = 0;
      for (; next != nullptr; ++count)
        std::exchange(next, next->next)->give_back();
      guard.lock();
      returned_ += count;
      changed_.notify_all();
    }
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  pid_t process_ = 0; // whose thread runs
  loan* first_ = nullptr;
  loan* last_ = nullptr;
  std::uint64_t taken_ = 0;
  std::uint64_t returned_ = 0;
};

void dropped(void* /*data*/, void* hint) {
  loan& back = *static_cast<loan*>(hint);
  if (!later && !actors::waiting_forbidden()) {
    back.give_back();
    return;
  }
  try {
    returner::of_process().take(back);
  } catch (const std::exception&) { // no thread, no memory: here, then
    back.give_back();
  }
}

} // namespace

slab_ref lend(void* data, std::size_t size, frame::free_function free,
              void* hint) noexcept {
  auto* const made = new (std::nothrow) loan{data, free, hint};
  if (made == nullptr)
    return {};
  slab_ref lent = adopt_slab(data, size, dropped, made, slab::origin::lent);
  if (!lent)
    delete made;
  return lent;
}

returns_later::returns_later() noexcept : before_(std::exchange(later, true)) {
}

returns_later::~returns_later() {
  later = before_;
}

void await_returns() noexcept {
  if (is_returner)
    return;
  try {
    returner::of_process().await();
  } catch (const std::exception&) {
    // Nothing was ever lent where there is no memory for a returner.
  }
}

} // namespace zmqrt::c_api
