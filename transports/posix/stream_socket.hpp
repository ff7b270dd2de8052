// SPDX-License-Identifier: MPL-2.0
//
// Making and tuning the sockets under streams, the same for every backend.
// All sockets are non-blocking and close on exec. Any thread.

#pragma once

#include <optional>
#include <system_error>

#include "transports/posix/descriptor.hpp"
#include "transports/stream.hpp"

namespace zmqrt::transports {

/// A socket for streams of `family`. Errors: too_many_open, no_memory,
/// protocol_not_supported, ...
[[nodiscard]] result<descriptor> open_stream_socket(int family);

/// Asks the kernel for what `options` say, on a listening socket (what it
/// accepts inherits them) or a connecting one. A refused option is an error
/// only where the application has named what it wants: tcp_congestion (what the
/// kernel does not know is EINVAL) and bind_to_device.
[[nodiscard]] std::optional<failure> tune(int fd, const address& towards,
                                          const stream_options& options);

/// What a connection accepted at `local` does not inherit.
void tune_accepted(int fd, const address& local, const address& remote,
                   const stream_options& options);

/// A socket ready to connect: tuned, and bound to the source, if there is one.
[[nodiscard]] result<descriptor> open_dial_socket(const address& remote,
                                                  const dial_options& options);

/// What became of a connect: its error, or connection_refused for a socket
/// that met itself (a port of the ephemeral range where nobody listens).
[[nodiscard]] std::error_code connect_outcome(int fd, const address& remote);

/// A ring waits for blocking sockets only: for others it answers EAGAIN.
void make_blocking(int fd) noexcept;

[[nodiscard]] address local_address(int fd) noexcept;
[[nodiscard]] address remote_address(int fd) noexcept;

/// Whether accept(2) failed for that connection alone.
[[nodiscard]] bool is_transient_accept_error(int error) noexcept;

/// Whether the call would only have to wait.
[[nodiscard]] inline bool would_block(int error) noexcept {
  return error == EAGAIN || error == EWOULDBLOCK;
}

} // namespace zmqrt::transports
