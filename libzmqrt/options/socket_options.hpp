// SPDX-License-Identifier: MPL-2.0
//
// A socket's options as plain fields, named as in libzmq (lower case), with
// its defaults: sndhwm, linger, ... (zmqrt/option_list.hpp has them all). What
// reads options reads these. Belongs to whoever holds it.

#pragma once

#include "libzmqrt/options/gathered.hpp"
#include "zmqrt/option.hpp"
#include "zmqrt/socket_type.hpp"

namespace zmqrt {

struct socket_options {
#define ZMQRT_OPTION(name, id, type, fallback, least, most, sockets, access,   \
                     effect)                                                   \
  option::types::type name{fallback};
#include "zmqrt/option_list.hpp"

  /// What the options gathered that are set several times.
  gathered_options gathered;

  /// heartbeat_timeout, or heartbeat_ivl where it was not set.
  [[nodiscard]] std::chrono::milliseconds silence_limit() const noexcept {
    return heartbeat_timeout < std::chrono::milliseconds::zero()
             ? heartbeat_ivl
             : heartbeat_timeout;
  }

  /// Whether the peers of such a socket speak no ZMTP: a connection's bytes
  /// are the messages.
  [[nodiscard]] bool raw_peers(socket_type of) const noexcept {
    return of == socket_type::stream
           || (of == socket_type::router && router_raw);
  }
};

} // namespace zmqrt
