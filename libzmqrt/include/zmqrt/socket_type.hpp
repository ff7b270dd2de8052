// SPDX-License-Identifier: MPL-2.0
//
// The socket types, with libzmq's numbers (zmq_socket(3)).

#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "zmqrt/export.hpp"

namespace zmqrt {

enum class socket_type : std::uint8_t {
  pair = 0,
  pub = 1,
  sub = 2,
  req = 3,
  rep = 4,
  dealer = 5,
  router = 6,
  pull = 7,
  push = 8,
  xpub = 9,
  xsub = 10,
  stream = 11, ///< peers without ZMTP: plain tcp or ipc connections
  server = 12,
  client = 13,
  radio = 14,
  dish = 15,
  gather = 16,
  scatter = 17,
  dgram = 18,
  peer = 19,
  channel = 20,
};

inline constexpr std::size_t socket_types = 21;

/// The name as it stands in READY ("PUSH"), RFC 23 "The NULL Mechanism".
[[nodiscard]] ZMQRT_EXPORT std::string_view
to_string(socket_type type) noexcept;

/// Whether its messages have one frame each (RFCs 41, 48, 49, 51, 52): sending
/// another one is invalid_argument, a peer that does is disconnected.
[[nodiscard]] ZMQRT_EXPORT bool single_framed(socket_type type) noexcept;

/// Whether the two may talk to each other (the pattern RFCs' valid pairs).
[[nodiscard]] ZMQRT_EXPORT bool compatible(socket_type a,
                                           socket_type b) noexcept;

} // namespace zmqrt
