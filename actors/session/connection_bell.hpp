// SPDX-License-Identifier: MPL-2.0
//
// A connection's doorbell: rung by application threads through the gate, it
// has the connection's reactor call on_bell(). Many rings before the reactor
// comes round are one. Posting it allocates nothing, which an actor message
// per ring would (docs/adr).

#pragma once

#include <atomic>
#include <memory>

#include "actors/gate/doorbell.hpp"
#include "transports/reactor.hpp"

namespace zmqrt::actors {

class connection;

class connection_bell final
  : public doorbell,
    public transports::task,
    public std::enable_shared_from_this<connection_bell> {
public:
  explicit connection_bell(std::shared_ptr<transports::reactor> loop)
    : loop_(std::move(loop)) {
  }

  void ring() noexcept override;
  void run() noexcept override;

  /// Reactor's thread: whom to call; null once the connection is over.
  void set_target(connection* target) noexcept {
    target_ = target;
  }

private:
  std::shared_ptr<transports::reactor> loop_;
  connection* target_ = nullptr;
  std::atomic<bool> rung_{false};
};

} // namespace zmqrt::actors
