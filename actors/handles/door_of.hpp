// SPDX-License-Identifier: MPL-2.0
//
// From a socket's handle to its gate, and to its events, without the actors'
// headers. Any thread.

#pragma once

#include <memory>

#include "actors/gate/gate.hpp"
#include "actors/monitor/event_hub.hpp"
#include "zmqrt/socket.hpp"

namespace zmqrt::actors {

/// Of one that is a socket.
[[nodiscard]] const std::shared_ptr<gate>& door_of(const socket& handle);
[[nodiscard]] const std::shared_ptr<event_hub>& events_of(const socket& handle);

} // namespace zmqrt::actors
