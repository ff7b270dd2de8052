// SPDX-License-Identifier: MPL-2.0
//
// How sockets call a coroutine_loop: a gate calls a watcher, on any thread,
// which lists itself in the mailbox of its loop and ends the loop's sleep.
// Watchers and mailbox may outlive the operation and the loop.

#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>

#include "actors/gate/watcher.hpp"
#include "actors/handles/schedule.hpp"

namespace zmqrt::actors {

class loop_watcher;

class loop_mailbox {
public:
  loop_mailbox() = default;
  ~loop_mailbox();
  loop_mailbox(const loop_mailbox&) = delete;
  loop_mailbox& operator=(const loop_mailbox&) = delete;

  /// Any thread. Takes no memory.
  void post(std::shared_ptr<loop_watcher> which) noexcept;

  // -- the loop's thread ----------------------------------------------------

  /// Queues the steps of those that were called.
  void collect(detail::schedule& into) noexcept;
  /// Sleeps until something is posted, or the deadline (monotonic_ns()); may
  /// wake for no reason.
  void sleep(std::int64_t deadline_ns) noexcept;
  /// Takes nothing any more.
  void close() noexcept;

private:
  [[nodiscard]] std::shared_ptr<loop_watcher> pop() noexcept;

  std::mutex mutex_;
  std::shared_ptr<loop_watcher> first_; // a chain
  loop_watcher* last_ = nullptr;
  std::atomic<bool> any_{false};
  bool closed_ = false;
  bool sleeping_ = false;
  std::atomic<std::uint32_t> word_{0}; // changes as a sleep is ended
};

/// Of one operation, as long as it would block.
class loop_watcher final : public watcher,
                           public std::enable_shared_from_this<loop_watcher> {
public:
  loop_watcher(std::shared_ptr<loop_mailbox> home,
               detail::scheduled& step) noexcept;

  void call() noexcept override;
  /// The loop's thread: the step is not to be queued any more.
  void leave() noexcept {
    step_ = nullptr;
  }

private:
  friend class loop_mailbox;

  std::shared_ptr<loop_mailbox> home_;
  detail::scheduled* step_;            // the loop's thread
  std::shared_ptr<loop_watcher> next_; // this and below: the mailbox's lock
  bool listed_ = false;
};

} // namespace zmqrt::actors
