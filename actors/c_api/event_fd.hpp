// SPDX-License-Identifier: MPL-2.0
//
// ZMQ_FD: a descriptor that is readable once something may have changed since
// the last look at ZMQ_EVENTS (zmq_getsockopt(3)). Users wait for it, level- or
// edge-triggered, look at ZMQ_EVENTS after each wake-up and after each send and
// receive, and never read it.
//
// Each direction has a watcher that the gate calls when the direction opens, so
// what comes while it is open already does not show. Any thread.

#pragma once

#include <memory>

#include "actors/gate/gate.hpp"

namespace zmqrt::c_api {

class event_fd {
public:
  /// `shown`: at first, for who has not looked at ZMQ_EVENTS yet and has to.
  /// libzmq's shows each new connection, which some programs wait for.
  /// Errors: too_many_open, no_memory.
  event_fd(std::shared_ptr<actors::gate> door, bool shown);
  ~event_fd();
  event_fd(const event_fd&) = delete;
  event_fd& operator=(const event_fd&) = delete;

  [[nodiscard]] int get() const noexcept;
  /// What gate::poll() answers for both directions. What opens from here on
  /// shows, and so does the gate's end.
  [[nodiscard]] unsigned look();
  /// A receive (poll_in) or a send (poll_out) has answered again. From here on
  /// it shows when it may answer something else; what came before that is seen
  /// by trying it once more. So those who wait for nothing but this do not find
  /// the descriptor readable for ever.
  void await(unsigned which);

private:
  class signal;

  std::shared_ptr<actors::gate> door_;
  std::shared_ptr<signal> signal_;
};

} // namespace zmqrt::c_api
