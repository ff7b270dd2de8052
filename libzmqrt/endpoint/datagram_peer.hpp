// SPDX-License-Identifier: MPL-2.0
//
// How a DGRAM names its peers: "192.0.2.1:5555", "[2001:db8::1]:5555". Pure:
// an interface behind % is not looked up here.

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace zmqrt {

/// The largest body of a datagram over IPv4 (65535 less two headers). IPv6
/// could carry 20 more, which is no reason to have two limits.
inline constexpr std::size_t longest_datagram = 65507;

struct datagram_peer {
  std::string_view host; ///< in numbers, without brackets; a part of the text
  std::uint16_t port = 0;
};

/// None: it is no such address. A final zero octet, which libzmq writes, may be
/// there.
[[nodiscard]] std::optional<datagram_peer>
parse_datagram_peer(std::string_view text) noexcept;

} // namespace zmqrt
