// SPDX-License-Identifier: MPL-2.0
//
// A typed stream of one socket's events (zmq_socket_monitor(3)). It never
// blocks the socket: its queue is bounded, the oldest events go first, and
// the next one read carries the number missed. Ends with monitor_stopped. Any
// thread; each event goes to one reader. It may outlive its socket.

#pragma once

#include <chrono>
#include <memory>
#include <optional>

#include "zmqrt/event.hpp"
#include "zmqrt/export.hpp"

namespace zmqrt {

namespace actors {
class event_queue;
struct monitor_access;
} // namespace actors

class ZMQRT_EXPORT monitor {
public:
  explicit monitor(std::shared_ptr<actors::event_queue> queue) noexcept
    : queue_(std::move(queue)) {
  }

  /// Waits for the next event; none once monitor_stopped was read. Error:
  /// would_deadlock on one of the runtime's own threads.
  [[nodiscard]] std::optional<event> recv();
  /// None: there is none now.
  [[nodiscard]] std::optional<event> try_recv();
  /// Waits up to `limit`, negative: without limit. Error: as recv().
  [[nodiscard]] std::optional<event> recv_for(std::chrono::milliseconds limit);

private:
  friend struct actors::monitor_access;

  std::shared_ptr<actors::event_queue> queue_;
};

} // namespace zmqrt
