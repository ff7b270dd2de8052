// SPDX-License-Identifier: MPL-2.0
//
// The bounded queue behind a monitor.

#include "actors/monitor/event_queue.hpp"

#include <algorithm>
#include <new>
#include <utility>

namespace zmqrt::actors {

void event_queue::push(const event& what) {
  std::vector<std::shared_ptr<watcher>> called;
  std::unique_lock guard{mutex_};
  if (ended_)
    return;
  if (events_.size() == capacity) {
    events_.pop_front();
    ++missed_;
  }
  try {
    events_.push_back(what);
  } catch (const std::bad_alloc&) { // the end is told all the same
    ++missed_;
    ended_ = what.kind == event_kind::monitor_stopped;
  }
  arrived_.notify_all();
  called.swap(watchers_);
  guard.unlock();
  for (const auto& who : called)
    who->call();
}

unsigned event_queue::poll(unsigned wanted,
                           const std::shared_ptr<watcher>& who) {
  const std::lock_guard guard{mutex_};
  if (!events_.empty() || ended_)
    return wanted & poll_in;
  if (who
      && std::find(watchers_.begin(), watchers_.end(), who) == watchers_.end())
    watchers_.push_back(who);
  return 0;
}

void event_queue::forget(const watcher& who) {
  const std::lock_guard guard{mutex_};
  std::erase_if(watchers_,
                [&](const auto& known) { return known.get() == &who; });
}

std::optional<event> event_queue::pop(
  std::optional<std::chrono::steady_clock::time_point> deadline) {
  std::unique_lock guard{mutex_};
  const auto there = [this] { return !events_.empty() || ended_; };
  if (!deadline)
    arrived_.wait(guard, there);
  else if (!arrived_.wait_until(guard, *deadline, there))
    return std::nullopt;
  if (events_.empty())
    return std::nullopt;
  auto result = std::move(events_.front());
  events_.pop_front();
  result.missed = std::exchange(missed_, 0);
  if (result.kind == event_kind::monitor_stopped) {
    ended_ = true;
    arrived_.notify_all(); // others that wait: nothing more will come
  }
  return result;
}

} // namespace zmqrt::actors
