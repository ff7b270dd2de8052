// SPDX-License-Identifier: MPL-2.0
//
// See loop_mailbox.hpp.

#include "actors/handles/loop_mailbox.hpp"

#include <utility>

#include "actors/gate/futex.hpp"

namespace zmqrt::actors {

loop_mailbox::~loop_mailbox() {
  close();
}

void loop_mailbox::post(std::shared_ptr<loop_watcher> which) noexcept {
  {
    const std::lock_guard guard{mutex_};
    if (closed_ || std::exchange(which->listed_, true))
      return;
    auto* const last = which.get();
    (last_ == nullptr ? first_ : last_->next_) = std::move(which);
    last_ = last;
    any_.store(true, std::memory_order_relaxed);
    if (!std::exchange(sleeping_, false))
      return;
    word_.fetch_add(1, std::memory_order_relaxed);
  }
  // Who posts holds the watcher, which holds this.
  futex_wake(word_, 1);
}

std::shared_ptr<loop_watcher> loop_mailbox::pop() noexcept {
  auto taken = std::move(first_);
  if (!taken)
    return taken;
  first_ = std::move(taken->next_);
  if (!first_)
    last_ = nullptr;
  taken->listed_ = false;
  return taken;
}

void loop_mailbox::collect(detail::schedule& into) noexcept {
  // Whoever sleeps looks under the lock before.
  if (!any_.load(std::memory_order_relaxed))
    return;
  const std::lock_guard guard{mutex_};
  any_.store(false, std::memory_order_relaxed);
  while (const auto called = pop())
    if (called->step_ != nullptr && !called->step_->queued())
      into.push_back(*called->step_);
}

void loop_mailbox::sleep(std::int64_t deadline_ns) noexcept {
  std::uint32_t ticket = 0;
  {
    const std::lock_guard guard{mutex_};
    if (first_)
      return;
    sleeping_ = true;
    ticket = word_.load(std::memory_order_relaxed);
  }
  futex_wait(word_, ticket, deadline_ns);
  const std::lock_guard guard{mutex_};
  sleeping_ = false;
}

void loop_mailbox::close() noexcept {
  const std::lock_guard guard{mutex_};
  closed_ = true;
  while (pop()) {
  }
}

loop_watcher::loop_watcher(std::shared_ptr<loop_mailbox> home,
                           detail::scheduled& step) noexcept
  : home_(std::move(home)), step_(&step) {
}

void loop_watcher::call() noexcept {
  home_->post(shared_from_this());
}

} // namespace zmqrt::actors
