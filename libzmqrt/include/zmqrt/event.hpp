// SPDX-License-Identifier: MPL-2.0
//
// Monitor events (zmq_socket_monitor(3)): what happens to a socket's
// connections, with libzmq's event numbers.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "zmqrt/export.hpp"

namespace zmqrt {

enum class event_kind : std::uint32_t {
  connected = 0x0001,
  connect_delayed = 0x0002,
  connect_retried = 0x0004,
  listening = 0x0008,
  bind_failed = 0x0010,
  accepted = 0x0020,
  accept_failed = 0x0040,
  closed = 0x0080,
  close_failed = 0x0100,
  disconnected = 0x0200,
  monitor_stopped = 0x0400,
  handshake_failed_no_detail = 0x0800,
  handshake_succeeded = 0x1000,
  handshake_failed_protocol = 0x2000,
  handshake_failed_auth = 0x4000,
  // Ours. Between the two a session has as many messages to send as SNDHWM
  // allows; `value` is how many wait. Only what is still so when the session
  // has its turn is told. Not of inproc and udp.
  congested = 0x0100'0000,
  uncongested = 0x0200'0000,
};

/// All events of zmq_socket_monitor(3).
inline constexpr std::uint32_t all_events = 0xffff;

/// Ours, which have to be asked for by name, as they cost the socket a little.
inline constexpr std::uint32_t congestion_events =
  static_cast<std::uint32_t>(event_kind::congested)
  | static_cast<std::uint32_t>(event_kind::uncongested);

[[nodiscard]] ZMQRT_EXPORT std::string_view to_string(event_kind kind) noexcept;

struct event {
  event_kind kind = event_kind::connected;
  /// What libzmq puts there: an fd (-1 here: ours are not shared), an errno,
  /// a retry interval in milliseconds, or a protocol error code.
  std::int64_t value = 0;
  std::string local;        ///< our endpoint
  std::string remote;       ///< the peer's
  std::uint64_t missed = 0; ///< events lost to a full queue before this one
  bool accepted = false;    ///< the peer came to us

  /// The endpoint that was bound or connected: what libzmq tells.
  [[nodiscard]] const std::string& endpoint() const noexcept {
    return accepted || remote.empty() ? local : remote;
  }
};

} // namespace zmqrt
