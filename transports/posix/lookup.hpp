// SPDX-License-Identifier: MPL-2.0
//
// From a host as written to addresses: numbers, network interfaces, names.

#pragma once

#include <optional>
#include <vector>

#include "transports/reactor.hpp"

namespace zmqrt::transports {

/// Answers hosts that need no lookup: "*" (passive), numeric addresses. Empty:
/// a name or an interface. Errors: invalid_argument for an IPv6 address where
/// IPv6 is off.
[[nodiscard]] std::optional<result<std::vector<address>>>
lookup_numeric(const resolve_query& query);

/// Answers what needs no resolver: as lookup_numeric(), and interfaces
/// (passive). Errors: no_such_device besides.
[[nodiscard]] result<std::vector<address>>
lookup_here(const resolve_query& query);

/// Answers interfaces (passive) and names by getaddrinfo(3), which may block
/// for long. Errors: no_such_device (passive), host_unreachable, again,
/// no_memory.
[[nodiscard]] result<std::vector<address>>
lookup_name(const resolve_query& query);

} // namespace zmqrt::transports
