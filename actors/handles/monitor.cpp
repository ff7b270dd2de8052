// SPDX-License-Identifier: MPL-2.0
//
// zmqrt::monitor: the reading end of an event queue.

#include "zmqrt/monitor.hpp"

#include "actors/gate/gate.hpp"
#include "actors/handles/limit.hpp"
#include "actors/monitor/event_queue.hpp"
#include "zmqrt/error.hpp"

namespace zmqrt {

namespace {

void check_thread() {
  if (actors::waiting_forbidden())
    throw error{errc::would_deadlock, "monitor",
                "called on a thread of the runtime"};
}

} // namespace

std::optional<event> monitor::recv() {
  check_thread();
  return queue_->pop(std::nullopt);
}

std::optional<event> monitor::try_recv() {
  return queue_->pop(std::chrono::steady_clock::time_point{});
}

std::optional<event> monitor::recv_for(std::chrono::milliseconds limit) {
  if (limit.count() != 0)
    check_thread();
  const auto most = actors::bounded(limit);
  return most ? queue_->pop(std::chrono::steady_clock::now() + *most) : recv();
}

} // namespace zmqrt
