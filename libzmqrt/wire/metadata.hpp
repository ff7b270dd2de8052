// SPDX-License-Identifier: MPL-2.0
//
// Connection metadata: names and values in READY and in the mechanisms' own
// last commands (RFC 37, "The NULL Security Mechanism" for the grammar,
// "Connection Metadata" for the meaning). Pure.

#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "libzmqrt/message/peer_properties.hpp"
#include "libzmqrt/wire/violation.hpp"
#include "zmqrt/socket_type.hpp"

namespace zmqrt::wire {

/// More properties than this are refused: each costs a search for its name.
inline constexpr std::size_t max_properties = 256;

/// Appends one property. `name` has 1 to 255 octets, `value` at most 2^31-1.
void append_property(std::string& out, std::string_view name,
                     std::string_view value);

/// Reads all of `data` into `out`. Every length is checked against what is
/// really there.
[[nodiscard]] verdict parse_metadata(std::span<const std::byte> data,
                                     peer_properties& out);

/// Whether sockets of this type announce a routing id (RFC 37, "The Identity
/// Property").
[[nodiscard]] bool announces_identity(socket_type type) noexcept;

/// The socket type of this name ("PUSH"); nothing for an unknown one.
[[nodiscard]] std::optional<socket_type>
parse_socket_type(std::string_view name) noexcept;

} // namespace zmqrt::wire
