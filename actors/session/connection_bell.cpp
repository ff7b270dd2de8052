// SPDX-License-Identifier: MPL-2.0
//
// The doorbell's two ends: ring() on any thread, run() on the reactor's.

#include "actors/session/connection_bell.hpp"

#include "actors/session/connection.hpp"

namespace zmqrt::actors {

void connection_bell::ring() noexcept {
  if (!rung_.exchange(true))
    loop_->post(shared_from_this());
}

void connection_bell::run() noexcept {
  // Cleared first: a ring during on_bell() must come back.
  rung_.store(false);
  if (target_ != nullptr)
    target_->on_bell();
}

} // namespace zmqrt::actors
