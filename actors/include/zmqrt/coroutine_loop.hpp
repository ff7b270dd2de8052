// SPDX-License-Identifier: MPL-2.0
//
// zmqrt::coroutine_loop: runs coroutines on the thread that calls it. No
// thread of the runtime runs any of the application's code.

#pragma once

#include <chrono>
#include <coroutine>
#include <memory>
#include <utility>

#include "zmqrt/export.hpp"
#include "zmqrt/scheduled.hpp"
#include "zmqrt/task.hpp"

namespace zmqrt {

namespace actors {
class loop_core;
} // namespace actors

/// What a loop's deadlines are of.
using loop_time = std::chrono::steady_clock::time_point;

/// The time that a loop goes by, for those who want another one than the
/// system's. Called on the loop's thread only.
class ZMQRT_EXPORT loop_clock {
public:
  virtual ~loop_clock();
  [[nodiscard]] virtual loop_time now() noexcept = 0;
  /// The loop has nothing to do until then. True: it is that late now; false:
  /// let the loop sleep as long as is left by now(), in real time.
  [[nodiscard]] virtual bool skip_to(loop_time deadline) noexcept = 0;
};

/// Time that passes only when the loop has nothing else to do: it jumps to the
/// next deadline. For tests of an application's own deadlines.
class ZMQRT_EXPORT virtual_clock final : public loop_clock {
public:
  [[nodiscard]] loop_time now() noexcept override;
  [[nodiscard]] bool skip_to(loop_time deadline) noexcept override;

private:
  loop_time now_{};
};

struct loop_options {
  /// Not owned, and outlives the loop; null: the system's (steady_clock).
  loop_clock* clock = nullptr;
};

/// Runs tasks, one at a time, on the thread that is in run(); sleeps when none
/// can go on. Costs no CPU then. Tasks take turns: one that could always go on
/// lets the others do so after 64 times.
///
/// Not to be used by two threads at once; sockets may be, so that loops of
/// several threads may await the same socket. Destroying the loop destroys the
/// tasks that it was given; not from within one of them.
class ZMQRT_EXPORT coroutine_loop {
public:
  coroutine_loop();
  explicit coroutine_loop(const loop_options& options);
  ~coroutine_loop();
  coroutine_loop(const coroutine_loop&) = delete;
  coroutine_loop& operator=(const coroutine_loop&) = delete;

  /// Runs until `main` ends; answers what it answered, or throws what it
  /// threw. Spawned tasks go on meanwhile. What one of those throws is thrown
  /// here, and destroys `main`; the others go on with the next run().
  /// Errors: would_deadlock on one of the runtime's own threads; fsm where a
  /// loop runs already, this one or another one on this thread;
  /// invalid_argument for a task that was moved from.
  template <class T>
  T run(task<T> main) {
    auto frame = std::move(main).release();
    drive(frame.promise(), frame.handle());
    return frame.promise().take();
  }

  /// Has a task run beside the others from the next run() on, or the present
  /// one, up to its end or the loop's. From the thread that runs the loop.
  void spawn(task<void> what);

private:
  void drive(detail::scheduled& first, std::coroutine_handle<> until);

  std::unique_ptr<actors::loop_core> core_;
};

} // namespace zmqrt
