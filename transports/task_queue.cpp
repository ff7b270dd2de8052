// SPDX-License-Identifier: MPL-2.0
//
// The queue of posted tasks. See task_queue.hpp.

#include "transports/task_queue.hpp"

#include <cerrno>
#include <cstdint>
#include <system_error>
#include <utility>

#include <sys/eventfd.h>
#include <unistd.h>

namespace zmqrt::transports {

task_queue::task_queue() : wake_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (!wake_)
    throw std::system_error(errno, std::system_category(), "eventfd");
}

void task_queue::post(std::shared_ptr<task> work) noexcept {
  {
    const std::lock_guard guard{mutex_};
    if (closed_)
      return;
    posted_.add(std::move(work));
    if (!std::exchange(sleeping_, false))
      return;
  }
  wake();
}

void task_queue::stop() {
  {
    const std::lock_guard guard{mutex_};
    stop_ = true;
    if (!std::exchange(sleeping_, false))
      return;
  }
  wake();
}

void task_queue::take(portion& out) {
  out.tasks.clear();
  const std::lock_guard guard{mutex_};
  sleeping_ = false;
  out.tasks.swap(posted_);
  out.stop = std::exchange(stop_, false);
}

bool task_queue::prepare_sleep() {
  const std::lock_guard guard{mutex_};
  if (stop_ || !posted_.empty())
    return false;
  sleeping_ = true;
  return true;
}

void task_queue::end_sleep() {
  const std::lock_guard guard{mutex_};
  sleeping_ = false;
}

void task_queue::close() {
  task_list dropped; // ends behind the lock
  const std::lock_guard guard{mutex_};
  closed_ = true;
  dropped.swap(posted_);
}

void task_queue::wake() noexcept {
  const std::uint64_t one = 1;
  while (::write(wake_.get(), &one, sizeof(one)) < 0 && errno == EINTR) {
  }
}

} // namespace zmqrt::transports
