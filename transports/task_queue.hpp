// SPDX-License-Identifier: MPL-2.0
//
// What other threads hand to a reactor, and how they wake it. A poster pays a
// system call only when the reactor sleeps or is about to. Shared by reference
// count with threads that may outlive the reactor (resolvers): a closed queue
// drops what is posted.

#pragma once

#include <memory>
#include <mutex>

#include "transports/posix/descriptor.hpp"
#include "transports/task.hpp"

namespace zmqrt::transports {

class task_queue {
public:
  /// What the reactor is to do now.
  struct portion {
    task_list tasks;
    bool stop = false;
  };

  /// Throws std::system_error when there is no eventfd to have.
  task_queue();

  // -- from any thread ------------------------------------------------------

  /// A task that is queued already stays where it is.
  void post(std::shared_ptr<task> work) noexcept;
  void stop();

  // -- on the reactor's thread ----------------------------------------------

  /// Swaps what was posted into `out` (whose tasks have run) and says that the
  /// reactor is awake.
  void take(portion& out);
  /// Says that the reactor is about to sleep; false: something was posted, and
  /// it must not. What is posted from now on makes wake_fd() readable.
  [[nodiscard]] bool prepare_sleep();
  /// Says that it has slept: no post has to wake it.
  void end_sleep();
  /// Drops what is queued and what will be posted.
  void close();

  /// An eventfd. Each wake-up is an edge; its count need not be read.
  [[nodiscard]] int wake_fd() const noexcept {
    return wake_.get();
  }

private:
  void wake() noexcept;

  descriptor wake_;
  std::mutex mutex_;
  task_list posted_;
  bool stop_ = false;
  bool sleeping_ = false;
  bool closed_ = false;
};

} // namespace zmqrt::transports
