// SPDX-License-Identifier: MPL-2.0
//
// Where a stream or a datagram starts or ends: a resolved IP address with its
// port, or an ipc path. A value; any thread.

#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <sys/socket.h>
#include <sys/un.h>

#include "libzmqrt/endpoint/ip_network.hpp"
#include "libzmqrt/message/result.hpp"

namespace zmqrt::transports {

class address {
public:
  address() noexcept = default;
  address(const sockaddr* raw, socklen_t size) noexcept;

  /// A numeric IPv4 or IPv6 address (scope ids allowed). Never resolves.
  /// Error: invalid_argument.
  static result<address> tcp(std::string_view numeric_host, std::uint16_t port);
  /// Errors: name_too_long.
  static result<address> ipc(std::string_view path, bool abstract);

  [[nodiscard]] const sockaddr* raw() const noexcept;
  [[nodiscard]] socklen_t size() const noexcept {
    return size_;
  }
  [[nodiscard]] int family() const noexcept;
  [[nodiscard]] bool is_loopback() const noexcept;
  [[nodiscard]] bool is_multicast() const noexcept;
  [[nodiscard]] std::uint16_t port() const noexcept;
  /// None: not a tcp address.
  [[nodiscard]] std::optional<ip_address> ip() const noexcept;
  /// Host part in numbers, without port and brackets.
  [[nodiscard]] std::string host() const;
  /// "127.0.0.1:5555", "[::1]:5555"; nothing for a path.
  [[nodiscard]] std::string host_and_port() const;
  /// An IPv4 address as IPv6 sockets have it (RFC 4291, 2.5.5.2), or such a one
  /// as IPv4; others as they are.
  [[nodiscard]] address mapped() const noexcept;
  [[nodiscard]] address unmapped() const noexcept;
  /// The same host, or all of its family, with another port.
  [[nodiscard]] address with_port(std::uint16_t port) const noexcept;
  [[nodiscard]] address any_host() const noexcept;
  /// As an endpoint: "tcp://127.0.0.1:5555", "tcp://[::1]:5555",
  /// "ipc:///tmp/x", "ipc://@name".
  [[nodiscard]] std::string endpoint() const;
  friend bool operator==(const address& a, const address& b) noexcept;

private:
  // Big enough for tcp; ipc paths are the largest kind.
  union {
    sockaddr_un un_;
    sockaddr raw_;
  } storage_{};
  socklen_t size_ = 0;
};

} // namespace zmqrt::transports
