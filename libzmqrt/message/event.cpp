// SPDX-License-Identifier: MPL-2.0
//
// Names of monitor events, as zmq_socket_monitor(3) has them. Pure.

#include "zmqrt/event.hpp"

namespace zmqrt {

std::string_view to_string(event_kind kind) noexcept {
  switch (kind) {
  case event_kind::connected:
    return "CONNECTED";
  case event_kind::connect_delayed:
    return "CONNECT_DELAYED";
  case event_kind::connect_retried:
    return "CONNECT_RETRIED";
  case event_kind::listening:
    return "LISTENING";
  case event_kind::bind_failed:
    return "BIND_FAILED";
  case event_kind::accepted:
    return "ACCEPTED";
  case event_kind::accept_failed:
    return "ACCEPT_FAILED";
  case event_kind::closed:
    return "CLOSED";
  case event_kind::close_failed:
    return "CLOSE_FAILED";
  case event_kind::disconnected:
    return "DISCONNECTED";
  case event_kind::monitor_stopped:
    return "MONITOR_STOPPED";
  case event_kind::handshake_failed_no_detail:
    return "HANDSHAKE_FAILED_NO_DETAIL";
  case event_kind::handshake_succeeded:
    return "HANDSHAKE_SUCCEEDED";
  case event_kind::handshake_failed_protocol:
    return "HANDSHAKE_FAILED_PROTOCOL";
  case event_kind::handshake_failed_auth:
    return "HANDSHAKE_FAILED_AUTH";
  case event_kind::congested:
    return "CONGESTED";
  case event_kind::uncongested:
    return "UNCONGESTED";
  }
  return "?";
}

} // namespace zmqrt
