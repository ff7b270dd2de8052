// SPDX-License-Identifier: MPL-2.0
//
// A bound, listening socket with the file that an ipc endpoint has. Belongs to
// the acceptor of whichever backend.

#pragma once

#include <optional>

#include "transports/posix/descriptor.hpp"
#include "transports/posix/ipc_file.hpp"
#include "transports/stream.hpp"

namespace zmqrt::transports {

/// The rule that `fd` breaks, if it is no listening socket for streams of tcp
/// or ipc. Error: invalid_argument.
[[nodiscard]] std::optional<failure> check_listening(int fd);

class listening_socket {
public:
  /// Errors: address_in_use, address_not_available, access_denied,
  /// too_many_open, no_such_device, and what the kernel says else. One that
  /// is taken over (use_fd) keeps its options, and its file, if it has one, is
  /// left where it is; error: invalid_argument.
  static result<listening_socket> open(const address& where,
                                       const listen_options& options);

  [[nodiscard]] int fd() const noexcept {
    return socket_.get();
  }
  [[nodiscard]] const address& local() const noexcept {
    return local_;
  }
  /// Frees the endpoint.
  void close() noexcept {
    file_ = ipc_file{}; // first: a file must not outlive its listener
    socket_.close();
  }

private:
  static result<listening_socket> take_over(int fd, const address& where);

  descriptor socket_;
  ipc_file file_;
  address local_;
};

} // namespace zmqrt::transports
