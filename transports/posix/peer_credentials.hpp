// SPDX-License-Identifier: MPL-2.0
//
// Who is at the other end of a unix socket, by the kernel's word. Any thread.

#pragma once

#include <optional>

#include "transports/stream.hpp"

namespace zmqrt::transports {

/// What the kernel noted when the peer connected (unix(7), SO_PEERCRED and
/// SO_PEERGROUPS); its groups as far as the kernel tells them. None: not a
/// unix socket.
[[nodiscard]] std::optional<peer_credentials> peer_credentials_of(int fd);

} // namespace zmqrt::transports
