// SPDX-License-Identifier: MPL-2.0
//
// zmqrt::monitor: the reading end of an event queue.

#include "zmqrt/monitor.hpp"

#include "actors/handles/limit.hpp"
#include "actors/monitor/event_queue.hpp"

namespace zmqrt {

std::optional<event> monitor::recv() {
  return queue_->pop(std::nullopt);
}

std::optional<event> monitor::try_recv() {
  return queue_->pop(std::chrono::steady_clock::time_point{});
}

std::optional<event> monitor::recv_for(std::chrono::milliseconds limit) {
  const auto most = actors::bounded(limit);
  return most ? queue_->pop(std::chrono::steady_clock::now() + *most) : recv();
}

} // namespace zmqrt
