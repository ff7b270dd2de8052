// SPDX-License-Identifier: MPL-2.0
//
// IP addresses and networks in text (RFC 4291, 2.2 and 2.3; RFC 4632, 3.1),
// without the system's help. Pure, values.

#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "libzmqrt/message/result.hpp"

namespace zmqrt {

/// An address of either family. Those of IPv4 are kept as IPv4-mapped ones
/// (RFC 4291, 2.5.5.2), so that a peer is the same on either kind of listener.
struct ip_address {
  /// In network order.
  std::array<std::uint8_t, 16> octets{};

  static ip_address v4(const std::array<std::uint8_t, 4>& octets) noexcept;

  [[nodiscard]] bool is_v4() const noexcept;
  friend bool operator==(const ip_address&, const ip_address&) = default;
};

/// "192.0.2.1", "2001:db8::1", "::ffff:192.0.2.1"; no brackets, no zone.
[[nodiscard]] std::optional<ip_address>
parse_ip_address(std::string_view text) noexcept;

/// The addresses that begin with the same bits.
struct ip_network {
  ip_address base;
  unsigned bits = 128; ///< of the 128; one of IPv4 counts from 96

  /// An address of IPv4 is in networks of IPv4 only, not in "::/0".
  [[nodiscard]] bool contains(const ip_address& which) const noexcept;
  friend bool operator==(const ip_network&, const ip_network&) = default;
};

/// "192.0.2.0/24", "2001:db8::/32", or an address alone. Bits behind the
/// prefix do not count. Error: invalid_argument.
[[nodiscard]] result<ip_network> parse_ip_network(std::string_view text);

} // namespace zmqrt
