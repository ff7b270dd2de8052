// SPDX-License-Identifier: MPL-2.0
//
// Fan-out of events to queues and listeners.

#include "actors/monitor/event_hub.hpp"

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

void event_hub::add_listener(std::uint32_t mask, listener tell) {
  std::lock_guard guard{mutex_};
  if (stopped_)
    return;
  listeners_.push_back({mask, std::move(tell)});
  refresh_mask();
}

void event_hub::stop() {
  const event last{event_kind::monitor_stopped, 0, {}, {}, 0};
  std::lock_guard guard{mutex_};
  stopped_ = true;
  for (auto& weak : queues_)
    if (auto queue = weak.lock())
      queue->push(last);
  for (auto& to : listeners_)
    to.tell(last);
  queues_.clear();
  listeners_.clear();
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
