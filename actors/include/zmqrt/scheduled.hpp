// SPDX-License-Identifier: MPL-2.0
//
// What a coroutine_loop runs: steps, which are part of the coroutine frames
// that wait for them, so that none is allocated, and destroying a frame takes
// its steps away. For zmqrt's own coroutine headers. The loop's thread only.

#pragma once

#include <span>

#include "zmqrt/export.hpp"

namespace zmqrt::detail {

/// A place in a ring of steps.
struct links {
  links* before = nullptr;
  links* after = nullptr;
};

/// A step, in one queue of a loop at most; it leaves it as it is destroyed.
class ZMQRT_EXPORT scheduled : public links {
public:
  scheduled() noexcept = default;
  scheduled(const scheduled&) = delete;
  scheduled& operator=(const scheduled&) = delete;

  /// Called once per time that it was queued. May destroy the step.
  virtual void run() = 0;

  [[nodiscard]] bool queued() const noexcept {
    return after != nullptr;
  }
  void unlink() noexcept {
    if (!queued())
      return;
    before->after = after;
    after->before = before;
    before = after = nullptr;
  }

protected:
  ~scheduled() {
    unlink();
  }
};

/// Throws invalid_argument where this thread is not in a loop's run(). `what`
/// is awaited.
ZMQRT_EXPORT void need_loop(const char* what);

/// Starts coroutines, in this order: next of all, unless the present turn is
/// used up, then behind all that is ready.
ZMQRT_EXPORT void start(std::span<scheduled* const> which) noexcept;

/// A coroutine has ended: who awaits it goes on, before anything else does.
ZMQRT_EXPORT void go_on(scheduled& who) noexcept;

} // namespace zmqrt::detail
