// SPDX-License-Identifier: MPL-2.0
//
// Plain blocking sockets. The unix socket is named by the kernel (autobind),
// so that no path is left behind.

#include "tools/bench/bare_socket.hpp"

#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace zmqrt::bench {

namespace {

void check(bool ok, const char* what) {
  if (!ok)
    throw std::system_error(errno, std::system_category(),
                            std::string("bare: ") + what);
}

int make_socket(bool tcp) {
  const int fd =
    ::socket(tcp ? AF_INET : AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  check(fd >= 0, "socket");
  if (tcp) {
    const int on = 1;
    check(setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) == 0,
          "TCP_NODELAY");
    check(setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, "reno", 4) == 0,
          "TCP_CONGESTION");
  }
  return fd;
}

std::string listen_tcp(int fd) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  auto* raw = reinterpret_cast<sockaddr*>(&address);
  check(::bind(fd, raw, length) == 0, "bind");
  check(::getsockname(fd, raw, &length) == 0, "getsockname");
  return std::to_string(ntohs(address.sin_port));
}

std::string listen_unix(int fd) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  socklen_t length = sizeof address.sun_family;
  auto* raw = reinterpret_cast<sockaddr*>(&address);
  check(::bind(fd, raw, length) == 0, "bind");
  length = sizeof address;
  check(::getsockname(fd, raw, &length) == 0, "getsockname");
  return {address.sun_path + 1, length - offsetof(sockaddr_un, sun_path) - 1};
}

} // namespace

bare_socket::bare_socket(const std::string& transport)
  : tcp_(transport == "tcp") {
}

bare_socket::bare_socket(bare_socket&& other) noexcept
  : tcp_(other.tcp_), listener_(std::exchange(other.listener_, -1)),
    fd_(std::exchange(other.fd_, -1)) {
}

bare_socket::~bare_socket() {
  for (const int fd : {fd_, listener_})
    if (fd >= 0)
      ::close(fd);
}

std::string bare_socket::bind() {
  listener_ = make_socket(tcp_);
  auto address = tcp_ ? listen_tcp(listener_) : listen_unix(listener_);
  check(::listen(listener_, 1) == 0, "listen");
  return address;
}

void bare_socket::connect(const std::string& address) {
  fd_ = make_socket(tcp_);
  if (tcp_) {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    to.sin_port = htons(static_cast<std::uint16_t>(std::stoi(address)));
    check(::connect(fd_, reinterpret_cast<sockaddr*>(&to), sizeof to) == 0,
          "connect");
    return;
  }
  sockaddr_un to{};
  to.sun_family = AF_UNIX;
  std::memcpy(to.sun_path + 1, address.data(), address.size());
  const auto length = offsetof(sockaddr_un, sun_path) + 1 + address.size();
  check(::connect(fd_, reinterpret_cast<sockaddr*>(&to),
                  static_cast<socklen_t>(length))
          == 0,
        "connect");
}

void bare_socket::write_all(const std::byte* from, std::size_t size) {
  ensure_connected();
  while (size > 0) {
    const auto n = ::send(fd_, from, size, MSG_NOSIGNAL);
    if (n < 0 && errno == EINTR)
      continue;
    check(n >= 0, "send");
    from += n;
    size -= static_cast<std::size_t>(n);
  }
}

std::size_t bare_socket::read_some(std::byte* to, std::size_t capacity) {
  ensure_connected();
  for (;;) {
    const auto n = ::recv(fd_, to, capacity, 0);
    if (n < 0 && errno == EINTR)
      continue;
    check(n >= 0, "recv");
    if (n == 0)
      throw std::runtime_error("bare: the peer is gone");
    return static_cast<std::size_t>(n);
  }
}

void bare_socket::ensure_connected() {
  if (fd_ >= 0)
    return;
  fd_ = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
  check(fd_ >= 0, "accept");
  if (tcp_) {
    const int on = 1;
    check(setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) == 0,
          "TCP_NODELAY");
  }
}

} // namespace zmqrt::bench
