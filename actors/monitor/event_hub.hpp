// SPDX-License-Identifier: MPL-2.0
//
// Where a socket's events go out: to any number of bounded queues and
// callbacks. Publishing never blocks and costs one atomic load when nobody
// listens. Any thread.

#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "actors/monitor/event_queue.hpp"
#include "zmqrt/event.hpp"

namespace zmqrt::actors {

class event_hub {
public:
  /// Called on the thread that publishes; must not block.
  using listener = std::function<void(const event&)>;

  [[nodiscard]] bool wants(event_kind kind) const noexcept {
    return (mask_.load(std::memory_order_relaxed)
            & static_cast<std::uint32_t>(kind))
           != 0;
  }
  void publish(const event& what);

  /// The queue gets events until it is dropped by its holder.
  void add_queue(const std::shared_ptr<event_queue>& queue);
  /// `who` stands for it. False: there is nothing more to tell.
  [[nodiscard]] bool add_listener(const void* who, std::uint32_t mask,
                                  listener tell);
  /// From its return on nothing is told any more.
  void remove_listener(const void* who);
  /// Tells everybody monitor_stopped, once, and forgets them.
  void stop();

private:
  struct subscriber {
    const void* who;
    std::uint32_t mask;
    listener tell;
  };

  void refresh_mask();

  std::atomic<std::uint32_t> mask_{0};
  std::mutex mutex_;
  bool stopped_ = false;
  std::vector<std::weak_ptr<event_queue>> queues_;
  std::vector<subscriber> listeners_;
};

} // namespace zmqrt::actors
