// SPDX-License-Identifier: MPL-2.0
//
// Work for a reactor's thread, and lists of it. A list is intrusive: who posts
// a task (a doorbell above all) needs no memory for it, so that a shortage
// cannot stop it. A list has one thread at a time, or a lock.

#pragma once

#include <atomic>
#include <memory>
#include <utility>

namespace zmqrt::transports {

/// Something to run on the reactor's thread. Posted by reference count: the
/// poster may be gone when it runs.
class task {
public:
  task() noexcept = default;
  task(const task&) = delete;
  task& operator=(const task&) = delete;
  virtual ~task() = default;

  virtual void run() noexcept = 0;

private:
  friend class task_list;

  std::atomic<bool> listed_{false};
  std::shared_ptr<task> next_;
};

/// Tasks in the order in which they were added.
class task_list {
public:
  task_list() noexcept = default;
  task_list(const task_list&) = delete;
  task_list& operator=(const task_list&) = delete;
  ~task_list() {
    clear();
  }

  [[nodiscard]] bool empty() const noexcept {
    return first_ == nullptr;
  }

  /// Once is enough: a task that is in a list stays where it is. What its
  /// poster wrote before is seen when it runs.
  void add(std::shared_ptr<task> work) noexcept {
    if (work->listed_.exchange(true))
      return;
    auto* const last = work.get();
    (last_ == nullptr ? first_ : last_->next_) = std::move(work);
    last_ = last;
  }

  /// Takes the first out; null: there is none. It may be added again.
  [[nodiscard]] std::shared_ptr<task> next() noexcept {
    auto out = std::move(first_);
    if (out == nullptr)
      return out;
    first_ = std::move(out->next_);
    if (first_ == nullptr)
      last_ = nullptr;
    out->listed_.exchange(false);
    return out;
  }

  void swap(task_list& other) noexcept {
    first_.swap(other.first_);
    std::swap(last_, other.last_);
  }

  /// One by one: a chain that ended itself would need a stack as long.
  void clear() noexcept {
    while (next() != nullptr) {
    }
  }

private:
  std::shared_ptr<task> first_;
  task* last_ = nullptr;
};

} // namespace zmqrt::transports
