// SPDX-License-Identifier: MPL-2.0
//
// Where a request came from, so that its reply goes there: the envelope of a
// ROUTER's, the routing id of a SERVER's; a REP keeps it by itself. Pure.

#pragma once

#include <cstdint>
#include <vector>

#include "zmqrt/message.hpp"
#include "zmqrt/socket_type.hpp"

namespace zmqrt::actors {

[[nodiscard]] constexpr bool can_serve(socket_type type) noexcept {
  return type == socket_type::rep || type == socket_type::router
         || type == socket_type::server;
}

struct return_path {
  std::vector<frame> envelope;
  std::uint32_t routing_id = 0;
};

/// Takes it off the request. Of a ROUTER all up to the first empty frame, as a
/// REP does (RFC 28, "Request-Reply Envelopes"); where there is none, or
/// nothing behind it, the first frame.
[[nodiscard]] return_path take_path(socket_type type, message& request);
/// Puts it on the reply.
void put_path(const return_path& where, message& reply);

} // namespace zmqrt::actors
