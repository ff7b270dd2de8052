// SPDX-License-Identifier: MPL-2.0
//
// What is behind a coroutine_loop. Knows steps and deadlines; neither what a
// coroutine is about nor sockets. Its own thread, but for the mailbox.
//
//   start(), go_on()          called watchers, deadlines, queue()
//         |                              |
//         v                              v
//       next  --first, always--> run <-- batch <--once it is empty-- ready

#pragma once

#include <atomic>
#include <chrono>
#include <coroutine>
#include <exception>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "actors/handles/loop_mailbox.hpp"
#include "actors/handles/schedule.hpp"
#include "zmqrt/coroutine_loop.hpp"
#include "zmqrt/operations.hpp"

namespace zmqrt::actors {

class loop_core {
public:
  explicit loop_core(loop_clock* clock);
  ~loop_core();
  loop_core(const loop_core&) = delete;
  loop_core& operator=(const loop_core&) = delete;

  /// The one that this thread is in; null: in none.
  [[nodiscard]] static loop_core* current() noexcept;
  /// The same; throws what need_loop() does.
  [[nodiscard]] static loop_core& required(const char* what);

  void drive(detail::scheduled& first, std::coroutine_handle<> until);
  void spawn(task<void> what);

  // -- for what is awaited --------------------------------------------------

  /// Whether the present turn may go on with one more thing that is ready.
  [[nodiscard]] bool may_go_on() noexcept;
  void start(std::span<detail::scheduled* const> which) noexcept;
  void go_on(detail::scheduled& who) noexcept;
  /// Behind all that is ready.
  void queue(detail::scheduled& what) noexcept;
  [[nodiscard]] loop_time now() noexcept;
  void add(sleep_operation& which, loop_time deadline);
  void remove(sleep_operation& which) noexcept;
  [[nodiscard]] const std::shared_ptr<loop_mailbox>& mailbox() const noexcept {
    return mailbox_;
  }

private:
  /// As a step: it has ended.
  class spawned final : public detail::scheduled {
  public:
    spawned(loop_core& home, detail::task_frame<void> frame);
    void run() override;

    std::list<spawned>::iterator self;

  private:
    loop_core* home_;
    detail::task_frame<void> frame_;
  };

  void step();
  void collect() noexcept;
  void idle() noexcept;
  void throw_failure();

  loop_clock* clock_;
  std::shared_ptr<loop_mailbox> mailbox_;
  detail::schedule next_;
  detail::schedule batch_;
  detail::schedule ready_;
  std::multimap<loop_time, sleep_operation*> deadlines_;
  std::vector<std::exception_ptr> failures_; // of spawned tasks
  std::list<spawned> spawned_;
  int left_of_turn_ = 0;
  std::atomic_flag running_;
};

} // namespace zmqrt::actors
