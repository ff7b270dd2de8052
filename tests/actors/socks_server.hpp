// SPDX-License-Identifier: MPL-2.0
//
// A little SOCKS5 proxy (RFC 1928, RFC 1929) that takes every name for this
// host, and misbehaves where a test wants it to. A thread for each client; the
// destructor ends them.

#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <list>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace zmqrt::test {

class socks_server {
public:
  enum class manner {
    proper,
    trickling, ///< octet by octet
    together,  ///< its last word in one segment with the target's first
    refusing,  ///< with "connection refused"
    rude,      ///< hangs up instead of an answer
    garbage,
    silent,
  };

  struct request {
    int type = 0;
    std::string host; ///< as it came
    int port = 0;
    std::string user;
    std::string password;
    friend bool operator==(const request&, const request&) = default;
  };

  explicit socks_server(manner how = manner::proper, std::string password = {})
    : how_(how), password_(std::move(password)),
      door_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in here{};
    here.sin_family = AF_INET;
    here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(here);
    auto* plain = reinterpret_cast<sockaddr*>(&here);
    if (::bind(door_, plain, size) != 0 || ::listen(door_, 16) != 0
        || ::getsockname(door_, plain, &size) != 0)
      throw std::runtime_error("no SOCKS server");
    port_ = ntohs(here.sin_port);
    host_ = std::thread{[this] { accept_all(); }};
  }
  socks_server(const socks_server&) = delete;
  ~socks_server() {
    {
      const std::lock_guard guard{mutex_};
      over_ = true;
      ::shutdown(door_, SHUT_RDWR);
      for (const int fd : open_)
        ::shutdown(fd, SHUT_RDWR);
    }
    host_.join();
    for (auto& each : guests_)
      each.join();
    ::close(door_);
  }

  [[nodiscard]] std::string address() const {
    return "127.0.0.1:" + std::to_string(port_);
  }
  void behave(manner how) {
    how_ = how;
  }
  [[nodiscard]] std::vector<request> requests() const {
    const std::lock_guard guard{mutex_};
    return requests_;
  }

private:
  struct gone {}; // a connection ended

  // -- connections ----------------------------------------------------------

  void accept_all() {
    for (;;) {
      const int fd = ::accept4(door_, nullptr, nullptr, SOCK_CLOEXEC);
      if (fd < 0 && errno == EINTR)
        continue;
      if (fd < 0 || !keep(fd))
        return;
      const int on = 1;
      ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
      guests_.emplace_back([this, fd] { serve(fd); });
    }
  }
  /// False, and closed: the server is over.
  bool keep(int fd) {
    const std::lock_guard guard{mutex_};
    if (over_)
      ::close(fd);
    else
      open_.push_back(fd);
    return !over_;
  }
  void drop(int fd) {
    const std::lock_guard guard{mutex_};
    open_.remove(fd);
    ::close(fd);
  }

  void serve(int client) {
    try {
      if (const int target = converse(client); target >= 0) {
        relay(client, target);
        drop(target);
      }
    } catch (const gone&) {
    }
    drop(client);
  }

  // -- the conversation -----------------------------------------------------

  /// The target's file; -1: there is none.
  int converse(int client) {
    const manner how = how_;
    const auto methods = read(client, read(client, 2).at(1));
    if (how == manner::silent)
      (void)read(client, 1);
    if (how == manner::garbage)
      write(client, "HTTP/1.1 400 Bad Request\r\n\r\n");
    if (how == manner::rude || how == manner::garbage)
      return -1;
    request what;
    const char wanted = password_.empty() ? 0 : 2;
    if (methods.find(wanted) == std::string::npos) {
      say(client, std::string("\x05\xff", 2));
      return -1;
    }
    say(client, std::string{"\x05"} + wanted);
    if (wanted == 2 && !log_in(client, what))
      return -1;
    read_request(client, what);
    {
      const std::lock_guard guard{mutex_};
      requests_.push_back(what);
    }
    const int target = how == manner::refusing ? -1 : dial(what.port);
    std::string reply("\x05\x00\x00\x01\x7f\x00\x00\x01\x00\x01", 10);
    if (target < 0)
      reply[1] = 5;
    else if (how == manner::together)
      reply += read(target, 10); // a greeting's signature comes unasked
    say(client, reply);
    return target;
  }

  bool log_in(int client, request& what) {
    what.user = read(client, read(client, 2).at(1));
    what.password = read(client, read(client, 1).at(0));
    const bool right = what.password == password_;
    say(client, std::string{"\x01"} + (right ? '\0' : '\1'));
    return right;
  }

  void read_request(int client, request& what) {
    what.type = read(client, 4).at(3);
    const int size = what.type == 1   ? 4
                     : what.type == 4 ? 16
                                      : read(client, 1).at(0);
    what.host = read(client, size);
    const auto port = read(client, 2);
    what.port = static_cast<unsigned char>(port[0]) << 8
                | static_cast<unsigned char>(port[1]);
  }

  int dial(int port) {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (!keep(fd))
      throw gone{};
    sockaddr_in there{};
    there.sin_family = AF_INET;
    there.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    there.sin_port = htons(static_cast<std::uint16_t>(port));
    if (::connect(fd, reinterpret_cast<sockaddr*>(&there), sizeof(there)) == 0)
      return fd;
    drop(fd);
    return -1;
  }

  void relay(int one, int other) {
    std::array<pollfd, 2> ends{pollfd{one, POLLIN, 0}, {other, POLLIN, 0}};
    for (int open = 2; open > 0;) {
      if (::poll(ends.data(), ends.size(), -1) < 0 && errno != EINTR)
        throw gone{};
      for (auto& from : ends) {
        if (from.fd < 0 || from.revents == 0)
          continue;
        const int to = &from == ends.data() ? other : one;
        std::array<char, 4096> bytes;
        const auto got = ::recv(from.fd, bytes.data(), bytes.size(), 0);
        if (got > 0) {
          write(to, {bytes.data(), static_cast<std::size_t>(got)});
          continue;
        }
        ::shutdown(to, SHUT_WR);
        from.fd = -1;
        --open;
      }
    }
  }

  // -- bytes ----------------------------------------------------------------

  static std::string read(int fd, int size) {
    std::string bytes(static_cast<std::size_t>(size), '\0');
    for (std::size_t have = 0; have < bytes.size();) {
      const auto got = ::recv(fd, bytes.data() + have, bytes.size() - have, 0);
      if (got < 0 && errno == EINTR)
        continue;
      if (got <= 0)
        throw gone{};
      have += static_cast<std::size_t>(got);
    }
    return bytes;
  }
  static void write(int fd, std::string_view bytes) {
    while (!bytes.empty()) {
      const auto put = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (put < 0 && errno == EINTR)
        continue;
      if (put <= 0)
        throw gone{};
      bytes.remove_prefix(static_cast<std::size_t>(put));
    }
  }
  void say(int fd, const std::string& bytes) const {
    if (how_ != manner::trickling) {
      write(fd, bytes);
      return;
    }
    for (const char each : bytes)
      write(fd, {&each, 1});
  }

  std::atomic<manner> how_;
  std::string password_; // empty: no login
  int door_;
  int port_ = 0;
  std::thread host_;
  std::list<std::thread> guests_; // the host's, until it has ended
  mutable std::mutex mutex_;
  std::list<int> open_;
  std::vector<request> requests_;
  bool over_ = false;
};

} // namespace zmqrt::test
