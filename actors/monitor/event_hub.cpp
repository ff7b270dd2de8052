// SPDX-License-Identifier: MPL-2.0
//
// Fan-out of events to queues and listeners.

#include "actors/monitor/event_hub.hpp"

#include <algorithm>
#include <utility>

namespace zmqrt::actors {

void event_hub::publish(const event& what) {
  if (!wants(what.kind))
    return;
  const auto bit = static_cast<std::uint32_t>(what.kind);
  std::lock_guard guard{mutex_};
  bool gone = false;
  for (auto& weak : queues_) {
    if (auto queue = weak.lock()) {
      if ((queue->mask() & bit) != 0)
        queue->push(what);
    } else {
      gone = true;
    }
  }
  for (auto& to : listeners_)
    if ((to.mask & bit) != 0)
      to.tell(what);
  if (gone)
    refresh_mask();
}

void event_hub::add_queue(const std::shared_ptr<event_queue>& queue) {
  std::lock_guard guard{mutex_};
  if (stopped_) {
    queue->push({event_kind::monitor_stopped, 0, {}, {}, 0});
    return;
  }
  queues_.push_back(queue);
  refresh_mask();
}

bool event_hub::add_listener(const void* who, std::uint32_t mask,
                             listener tell) {
  std::lock_guard guard{mutex_};
  if (stopped_)
    return false;
  listeners_.push_back({who, mask, std::move(tell)});
  refresh_mask();
  return true;
}

void event_hub::remove_listener(const void* who) {
  std::vector<subscriber> gone; // without the lock: that may be an end, too
  std::lock_guard guard{mutex_};
  const auto at = std::find_if(listeners_.begin(), listeners_.end(),
                               [&](const auto& to) { return to.who == who; });
  if (at == listeners_.end())
    return;
  gone.push_back(std::move(*at));
  listeners_.erase(at);
  refresh_mask();
}

void event_hub::stop() {
  const event last{event_kind::monitor_stopped, 0, {}, {}, 0};
  std::vector<subscriber> gone; // without the lock
  std::lock_guard guard{mutex_};
  stopped_ = true;
  for (auto& weak : queues_)
    if (auto queue = weak.lock())
      queue->push(last);
  for (auto& to : listeners_)
    to.tell(last);
  queues_.clear();
  gone.swap(listeners_);
  mask_.store(0, std::memory_order_relaxed);
}

void event_hub::refresh_mask() {
  std::erase_if(queues_, [](const auto& weak) { return weak.expired(); });
  std::uint32_t mask = 0;
  for (const auto& weak : queues_)
    if (auto queue = weak.lock())
      mask |= queue->mask();
  for (const auto& to : listeners_)
    mask |= to.mask;
  mask_.store(mask, std::memory_order_relaxed);
}

} // namespace zmqrt::actors
