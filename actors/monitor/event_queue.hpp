// SPDX-License-Identifier: MPL-2.0
//
// A bounded queue of events for one reader. When it is full the oldest go,
// and the next event read says how many were missed. Any thread.

#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "actors/gate/watcher.hpp"
#include "zmqrt/event.hpp"

namespace zmqrt::actors {

class event_queue final : public watchable {
public:
  /// Events kept for a reader that does not read.
  static constexpr std::size_t capacity = 1024;

  explicit event_queue(std::uint32_t mask) noexcept : mask_(mask) {
  }

  [[nodiscard]] std::uint32_t mask() const noexcept {
    return mask_;
  }
  void push(const event& what);
  /// Waits for the next event until `deadline`; none: out of time. After
  /// monitor_stopped was read it answers none at once.
  [[nodiscard]] std::optional<event>
  pop(std::optional<std::chrono::steady_clock::time_point> deadline);

  /// poll_in holds while pop() would not wait.
  [[nodiscard]] unsigned poll(unsigned wanted,
                              const std::shared_ptr<watcher>& who) override;
  void forget(const watcher& who) override;

private:
  std::uint32_t mask_;
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<event> events_;
  std::vector<std::shared_ptr<watcher>> watchers_;
  std::uint64_t missed_ = 0;
  bool ended_ = false;
};

} // namespace zmqrt::actors
