// SPDX-License-Identifier: MPL-2.0
//
// A TCP port of 127.0.0.1 where nobody listens, kept from everybody who lets
// the kernel choose one (ip(7)): another test that runs at the same time would
// get it sooner or later. Who asks for it by number, with SO_REUSEADDR as
// listeners do, may listen there all the same.

#pragma once

#include <utility>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/support/catch.hpp"

namespace zmqrt::test {

class kept_port {
public:
  kept_port() : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    REQUIRE(fd_ >= 0);
    const int on = 1;
    REQUIRE(setsockopt(fd_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const any = reinterpret_cast<sockaddr*>(&address);
    REQUIRE(::bind(fd_, any, size) == 0);
    REQUIRE(getsockname(fd_, any, &size) == 0);
    number_ = ntohs(address.sin_port);
  }
  kept_port(kept_port&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), number_(other.number_) {
  }
  kept_port& operator=(kept_port&&) = delete;
  ~kept_port() {
    if (fd_ >= 0)
      ::close(fd_);
  }

  [[nodiscard]] int number() const noexcept {
    return number_;
  }

private:
  int fd_;
  int number_ = 0;
};

} // namespace zmqrt::test
