// SPDX-License-Identifier: MPL-2.0
//
// A socket's options as plain fields, named as in libzmq (lower case), with
// its defaults: sndhwm, linger, ... (zmqrt/option_list.hpp has them all). What
// reads options reads these. Belongs to whoever holds it.

#pragma once

#include <algorithm>
#include <cstddef>
#include <limits>

#include "libzmqrt/options/gathered.hpp"
#include "libzmqrt/options/security_options.hpp"
#include "zmqrt/option.hpp"
#include "zmqrt/socket_type.hpp"

namespace zmqrt {

/// No limit to the bytes of a message.
inline constexpr std::size_t any_bytes =
  std::numeric_limits<std::size_t>::max();

struct socket_options {
#define ZMQRT_OPTION(name, id, type, fallback, least, most, sockets, access,   \
                     effect)                                                   \
  option::types::type name{fallback};
#include "zmqrt/option_list.hpp"

  /// What the options gathered that are set several times.
  gathered_options gathered;

  // What those of the security mechanisms came to.
  security_options security;

  // Its context's, set when it is made: MAX_MSGSZ, and not ZERO_COPY_RECV.
  std::size_t most_message_bytes = any_bytes;
  bool copies_received = false;

  /// Of the C API, which keeps to libzmq where ours does better: a REQ goes on
  /// waiting when its server is gone, and an endpoint where the handshake fails
  /// is not tried again.
  bool as_libzmq = false;

  /// One read's and one write's bytes, at most. The drafts IN_BATCH_SIZE and
  /// OUT_BATCH_SIZE count beside our own options once they are not libzmq's
  /// default any more, which is too little to be ours.
  [[nodiscard]] std::size_t read_bytes() const noexcept {
    return lesser_batch(recv_batch_bytes, in_batch_size);
  }
  [[nodiscard]] std::size_t write_bytes() const noexcept {
    return lesser_batch(sndbatch_bytes, out_batch_size);
  }

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

private:
  static std::size_t lesser_batch(int ours, int libzmqs) noexcept {
    constexpr int libzmqs_default = 8192;
    return static_cast<std::size_t>(
      libzmqs == libzmqs_default ? ours : std::min(ours, libzmqs));
  }
};

} // namespace zmqrt
