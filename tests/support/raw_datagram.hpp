// SPDX-License-Identifier: MPL-2.0
//
// A UDP socket without ZeroMQ, on 127.0.0.1. Its calls give up after 20 s. One
// thread.

#pragma once

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "tests/support/catch.hpp"

namespace zmqrt::test {

class raw_datagram {
public:
  raw_datagram() : fd_(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    const timeval limit{20, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
    sockaddr_in here = local(0);
    socklen_t size = sizeof(here);
    auto* const raw = reinterpret_cast<sockaddr*>(&here);
    REQUIRE(::bind(fd_, raw, size) == 0);
    REQUIRE(::getsockname(fd_, raw, &size) == 0);
    port_ = ntohs(here.sin_port);
  }
  raw_datagram(const raw_datagram&) = delete;
  raw_datagram& operator=(const raw_datagram&) = delete;
  ~raw_datagram() {
    ::close(fd_);
  }

  [[nodiscard]] std::uint16_t port() const noexcept {
    return port_;
  }
  [[nodiscard]] std::string name() const {
    return "127.0.0.1:" + std::to_string(port_);
  }
  [[nodiscard]] int fd() const noexcept {
    return fd_;
  }

  /// To a port of this machine, or to the endpoint "udp://...:PORT".
  void send(std::uint16_t port, std::string_view bytes) const {
    const sockaddr_in there = local(port);
    REQUIRE(::sendto(fd_, bytes.data(), bytes.size(), 0,
                     reinterpret_cast<const sockaddr*>(&there), sizeof(there))
            == static_cast<ssize_t>(bytes.size()));
  }
  void send(const std::string& endpoint, std::string_view bytes) const {
    const auto port = endpoint.substr(endpoint.rfind(':') + 1);
    send(static_cast<std::uint16_t>(std::stoul(port)), bytes);
  }
  [[nodiscard]] std::string recv() {
    std::string bytes(65536, '\0');
    const auto got = ::recv(fd_, bytes.data(), bytes.size(), 0);
    REQUIRE(got >= 0);
    bytes.resize(static_cast<std::size_t>(got));
    return bytes;
  }

private:
  static sockaddr_in local(std::uint16_t port) {
    sockaddr_in made{};
    made.sin_family = AF_INET;
    made.sin_port = htons(port);
    made.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return made;
  }

  int fd_;
  std::uint16_t port_ = 0;
};

} // namespace zmqrt::test
