// SPDX-License-Identifier: MPL-2.0
//
// The socket under a UDP endpoint, the same for every backend: opened, tuned,
// read and written in batches, never blocking. Belongs to the loop's thread.

#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <span>

#include <sys/socket.h>
#include <sys/uio.h>

#include "transports/datagram.hpp"
#include "transports/posix/descriptor.hpp"

namespace zmqrt::transports {

/// Where the endpoints of one loop read into, one after the other, so that an
/// idle one holds no buffer. Its pages are the kernel's until they are used.
class datagram_scratch {
public:
  static constexpr std::size_t count = 32;
  static constexpr std::size_t bytes_each = std::size_t{64} * 1024;

private:
  friend class datagram_socket;

  std::unique_ptr<std::byte[]> bytes_{new std::byte[count * bytes_each]};
  std::array<mmsghdr, count> headers_{};
  std::array<iovec, count> parts_{};
  std::array<sockaddr_storage, count> from_{};
  std::array<received_datagram, count> found_{};
};

class datagram_socket {
public:
  /// Errors: address_in_use, address_not_available, access_denied,
  /// no_such_device (the interface), invalid_argument (an interface without a
  /// multicast group), too_many_open, and what the kernel says else.
  static result<datagram_socket> open(const address& where,
                                      const datagram_options& options);

  struct reading {
    std::span<const received_datagram> datagrams; ///< valid until the next one
    bool more = false;                            ///< there may be
  };
  [[nodiscard]] reading read(datagram_scratch& into) noexcept;
  /// As datagram::send(); fewer than all: the socket is full.
  [[nodiscard]] std::size_t
  write(std::span<const outgoing_datagram> what) noexcept;

  [[nodiscard]] int fd() const noexcept {
    return socket_.get();
  }
  void close() noexcept {
    socket_.close();
  }
  [[nodiscard]] const address& local() const noexcept {
    return local_;
  }
  [[nodiscard]] int family() const noexcept {
    return family_;
  }
  [[nodiscard]] const datagram_counts& counts() const noexcept {
    return counts_;
  }

private:
  descriptor socket_;
  int family_ = AF_UNSPEC;
  address local_;
  address remote_;
  std::size_t longest_ = 0;
  datagram_counts counts_;
};

} // namespace zmqrt::transports
