// SPDX-License-Identifier: MPL-2.0
//
// Heartbeats of one connection (RFC 37, "Connection Heartbeating"): a PING at
// each interval, any octet received counts as life, silence after a PING of
// ours or within the TTL of the peer's ends the connection. As in libzmq, the
// PING goes out whether or not there is traffic. While we do not read
// (back-pressure) the PINGs of a peer that has sent one lie unread before us;
// it gets PONGs unasked, so that it does not take a busy receiver for a dead
// one. Pure; time is an argument.

#pragma once

#include <cstdint>
#include <string>

#include "libzmqrt/message/time.hpp"
#include "libzmqrt/wire/timers.hpp"
#include "libzmqrt/wire/violation.hpp"

namespace zmqrt::wire {

struct heartbeat_options {
  duration interval{}; ///< zero: no PINGs
  duration timeout{};  ///< of silence after a PING; zero: none
  duration ttl{};      ///< told to the peer
};

class heartbeat {
public:
  heartbeat(const heartbeat_options& options, timers& table) noexcept;

  /// The handshake is over.
  void start(time_point now) noexcept;
  /// Octets came from the peer.
  void heard(time_point now) noexcept;
  /// A PING came from the peer.
  void on_ping(std::uint16_t ttl_deciseconds, time_point now) noexcept;
  /// We stopped, or resumed, reading: silence is not the peer's meanwhile.
  void set_reading(bool reading, time_point now) noexcept;
  /// Time has passed; appends a PING to `out` if one is due, or a PONG that
  /// nobody asked for.
  [[nodiscard]] verdict tick(time_point now, std::string& out);
  /// What tick() appended was taken to be written. The wait for life begins
  /// only now: a PING that queues behind a large batch accuses nobody.
  void written() noexcept;

private:
  void arm(timer which, duration limit, time_point now) noexcept;
  [[nodiscard]] duration unasked_spacing() const noexcept;

  heartbeat_options options_;
  timers* timers_;
  duration peer_ttl_{};
  duration ping_spacing_{}; ///< between the peer's PINGs, the least
  time_point pinged_at_{};  ///< by the peer, last
  time_point latest_{};     ///< the latest time we were told
  time_point queued_at_{};  ///< of the PING that waits
  bool waiting_ = false;    ///< a PING waits to be written
  bool late_ = false;       ///< written at an unknown moment after latest_
  bool reading_ = true;
  bool paused_once_ = false; ///< since then PINGs come when we read them
};

} // namespace zmqrt::wire
