// SPDX-License-Identifier: MPL-2.0
//
// A peer without ZeroMQ: a plain socket on which a test writes what it likes,
// and one that listens. Their calls give up after 20 s. One thread.

#pragma once

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <string>
#include <string_view>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

namespace zmqrt::test {

class raw_peer {
public:
  /// Connects to "tcp://127.0.0.1:PORT" or "ipc://PATH".
  explicit raw_peer(const std::string& endpoint)
    : raw_peer(endpoint.starts_with("ipc://") ? AF_UNIX : AF_INET) {
    connect(endpoint);
  }
  /// Has a file, and connects later.
  explicit raw_peer(int family)
    : fd_(::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    limit_waits();
  }
  /// Takes over a connected socket.
  static raw_peer of_file(int fd) {
    raw_peer made;
    made.fd_ = fd;
    made.limit_waits();
    return made;
  }
  raw_peer(raw_peer&& other) noexcept : fd_(other.fd_) {
    other.fd_ = -1;
  }
  raw_peer& operator=(raw_peer&&) = delete;
  ~raw_peer() {
    close();
  }

  void connect(const std::string& endpoint) const {
    sockaddr_storage where{};
    const auto size = parse(endpoint, where);
    if (::connect(fd_, reinterpret_cast<sockaddr*>(&where), size) != 0)
      throw std::runtime_error("raw connect to " + endpoint + ": "
                               + std::strerror(errno));
  }

  /// False: the other side no longer takes it.
  bool write(std::string_view bytes) const {
    while (!bytes.empty()) {
      const auto put = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (put < 0 && errno == EINTR)
        continue;
      if (put <= 0)
        return false;
      bytes.remove_prefix(static_cast<std::size_t>(put));
    }
    return true;
  }

  /// Writes a part, as soon as there is room; 0: none within `limit`.
  [[nodiscard]] std::size_t write_some(std::string_view bytes,
                                       std::chrono::milliseconds limit) const {
    pollfd one{fd_, POLLOUT, 0};
    if (::poll(&one, 1, static_cast<int>(limit.count())) <= 0)
      return 0;
    const auto put =
      ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    return put > 0 ? static_cast<std::size_t>(put) : 0;
  }

  /// Reads and throws away until the other side ends the connection; answers
  /// how many bytes came. Throws when it does not within 20 s.
  std::size_t read_to_end() const {
    std::array<char, 65'536> buffer;
    std::size_t all = 0;
    for (;;) {
      const auto got = ::recv(fd_, buffer.data(), buffer.size(), 0);
      if (got < 0 && errno == EINTR)
        continue; // the end of a ring that this thread made is a signal to it
      if (got == 0 || (got < 0 && errno == ECONNRESET))
        return all;
      if (got < 0)
        throw std::runtime_error("the other side does not end it: "
                                 + std::string{std::strerror(errno)});
      all += static_cast<std::size_t>(got);
    }
  }

  /// Exactly `size` bytes.
  [[nodiscard]] std::string read(std::size_t size) const {
    std::string bytes(size, '\0');
    std::size_t have = 0;
    while (have < size) {
      const auto got = ::recv(fd_, bytes.data() + have, size - have, 0);
      if (got < 0 && errno == EINTR)
        continue;
      if (got <= 0)
        throw std::runtime_error("the other side has ended it");
      have += static_cast<std::size_t>(got);
    }
    return bytes;
  }

  /// Whether the other side has nothing more to say; false: bytes came.
  [[nodiscard]] bool reads_end() const {
    char one = 0;
    ssize_t got = -1;
    do
      got = ::recv(fd_, &one, 1, 0);
    while (got < 0 && errno == EINTR);
    if (got < 0)
      throw std::runtime_error("no end: " + std::string{std::strerror(errno)});
    return got == 0;
  }

  void close() noexcept {
    if (fd_ >= 0)
      ::close(fd_);
    fd_ = -1;
  }

  /// Closes it at once, whatever is under way: over tcp a reset.
  void reset() noexcept {
    const linger none{1, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &none, sizeof(none));
    close();
  }

  static socklen_t parse(const std::string& endpoint, sockaddr_storage& into) {
    if (endpoint.starts_with("ipc://")) {
      auto& local = reinterpret_cast<sockaddr_un&>(into);
      local.sun_family = AF_UNIX;
      const auto path = endpoint.substr(6);
      path.copy(local.sun_path, sizeof(local.sun_path) - 1);
      return sizeof(local);
    }
    auto& v4 = reinterpret_cast<sockaddr_in&>(into);
    v4.sin_family = AF_INET;
    v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    v4.sin_port = htons(static_cast<std::uint16_t>(
      std::stoul(endpoint.substr(endpoint.rfind(':') + 1))));
    return sizeof(v4);
  }

private:
  raw_peer() = default;
  void limit_waits() const {
    const timeval limit{20, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
    ::setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
  }

  int fd_ = -1;
};

/// Listens on "tcp://127.0.0.1:0" or "ipc://PATH".
class raw_server {
public:
  /// One that does not listen only has the address: nobody else gets it, and
  /// who connects there is refused.
  explicit raw_server(const std::string& asked, bool listens = true)
    : endpoint_(asked) {
    const bool local = asked.starts_with("ipc://");
    fd_ = ::socket(local ? AF_UNIX : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const timeval limit{20, 0}; // of accept(), too
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
    sockaddr_storage where{};
    socklen_t size = raw_peer::parse(asked, where);
    if (::bind(fd_, reinterpret_cast<sockaddr*>(&where), size) != 0
        || (listens && ::listen(fd_, 16) != 0))
      throw std::runtime_error("raw listen: " + std::string{strerror(errno)});
    if (local)
      return;
    ::getsockname(fd_, reinterpret_cast<sockaddr*>(&where), &size);
    const auto port =
      ntohs(reinterpret_cast<const sockaddr_in&>(where).sin_port);
    endpoint_ = "tcp://127.0.0.1:" + std::to_string(port);
  }
  raw_server(const raw_server&) = delete;
  raw_server& operator=(const raw_server&) = delete;
  ~raw_server() {
    ::close(fd_);
  }

  [[nodiscard]] const std::string& endpoint() const noexcept {
    return endpoint_;
  }
  /// The next client, within 20 s.
  [[nodiscard]] raw_peer accept() const {
    int fd = -1;
    do
      fd = ::accept4(fd_, nullptr, nullptr, SOCK_CLOEXEC);
    while (fd < 0 && errno == EINTR);
    if (fd < 0)
      throw std::runtime_error("nobody came");
    return raw_peer::of_file(fd);
  }
  /// Whether somebody is waiting there.
  [[nodiscard]] bool has_client() const {
    pollfd one{fd_, POLLIN, 0};
    return ::poll(&one, 1, 0) > 0;
  }

private:
  int fd_ = -1;
  std::string endpoint_;
};

// -- what a proper peer writes (RFC 37) ---------------------------------------

/// Signature, version 3.1, mechanism, as-server 0, filler.
[[nodiscard]] inline std::string greeting(std::string_view mechanism = "NULL") {
  std::string bytes("\xff\0\0\0\0\0\0\0\0\x7f\x03\x01", 12);
  bytes += mechanism;
  bytes.resize(64, '\0');
  return bytes;
}

/// In network order.
[[nodiscard]] inline std::string big_endian(std::uint64_t number,
                                            unsigned octets) {
  std::string bytes;
  for (unsigned left = octets; left > 0; --left)
    bytes += static_cast<char>(number >> 8 * (left - 1));
  return bytes;
}

/// The header of a long frame.
[[nodiscard]] inline std::string long_header(unsigned char flags,
                                             std::uint64_t size) {
  return static_cast<char>(flags | 2U) + big_endian(size, 8);
}

/// A frame with a short or long size, as it needs.
[[nodiscard]] inline std::string framed(std::string_view body,
                                        unsigned char flags = 0) {
  std::string bytes;
  if (body.size() < 256) {
    bytes += static_cast<char>(flags);
    bytes += static_cast<char>(body.size());
  } else {
    bytes = long_header(flags, body.size());
  }
  bytes += body;
  return bytes;
}

[[nodiscard]] inline std::string command(std::string_view name,
                                         std::string_view data) {
  std::string body(1, static_cast<char>(name.size()));
  body += name;
  body += data;
  return framed(body, 4);
}

[[nodiscard]] inline std::string property(std::string_view name,
                                          std::string_view value) {
  std::string bytes(1, static_cast<char>(name.size()));
  bytes += name;
  bytes += big_endian(value.size(), 4);
  bytes += value;
  return bytes;
}

[[nodiscard]] inline std::string ready(std::string_view type) {
  return command("READY", property("Socket-Type", type));
}

[[nodiscard]] inline std::string message_of(std::string_view body,
                                            bool more = false) {
  return framed(body, more ? 1 : 0);
}

} // namespace zmqrt::test
