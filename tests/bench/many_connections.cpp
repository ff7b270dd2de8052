// SPDX-License-Identifier: MPL-2.0
//
// many_connections PORT N: opens N tcp connections to 127.0.0.1:PORT, each a
// ZMTP 3.0 PUSH (RFC 23), and says "ready". On a line from stdin it sends one
// message on each, its number, and says "sent". Ends with stdin. One thread,
// one descriptor per connection and nothing else.

#include <array>
#include <cerrno>
#include <cstring>
#include <iostream>
#include <stdexcept>
#include <string>
#include <vector>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

namespace {

// Signature, version 3.0, mechanism NULL, as-server 0; then READY.
constexpr char hello[] = "\xff\0\0\0\0\0\0\0\1\x7f"
                         "\3\0"
                         "NULL\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
                         "\0"
                         "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
                         "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
                         "\4\x1a"
                         "\5READY"
                         "\x0bSocket-Type\0\0\0\4PUSH";
constexpr std::size_t greeting_size = 64;

void check(bool ok, const char* what) {
  if (!ok)
    throw std::runtime_error(std::string(what) + ": " + std::strerror(errno));
}

void read_exactly(int fd, char* to, std::size_t size) {
  while (size > 0) {
    const auto n = ::recv(fd, to, size, 0);
    check(n > 0, "recv");
    to += n;
    size -= static_cast<std::size_t>(n);
  }
}

int open_connection(std::uint16_t port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
  check(fd >= 0, "socket");
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  to.sin_port = htons(port);
  check(::connect(fd, reinterpret_cast<sockaddr*>(&to), sizeof to) == 0,
        "connect");
  check(::send(fd, hello, sizeof hello - 1, MSG_NOSIGNAL)
          == static_cast<ssize_t>(sizeof hello - 1),
        "send");
  // Its greeting, and its READY: a short command frame.
  std::array<char, greeting_size + 2> head{};
  read_exactly(fd, head.data(), head.size());
  std::array<char, 256> ready{};
  read_exactly(fd, ready.data(),
               static_cast<unsigned char>(head[greeting_size + 1]));
  return fd;
}

void send_number(int fd, std::uint32_t number) {
  std::array<char, 6> frame{0, 4};
  std::memcpy(frame.data() + 2, &number, sizeof number);
  check(::send(fd, frame.data(), frame.size(), MSG_NOSIGNAL)
          == static_cast<ssize_t>(frame.size()),
        "send");
}

void raise_descriptor_limit() {
  rlimit limit{};
  check(getrlimit(RLIMIT_NOFILE, &limit) == 0, "getrlimit");
  limit.rlim_cur = limit.rlim_max;
  check(setrlimit(RLIMIT_NOFILE, &limit) == 0, "setrlimit");
}

} // namespace

int main(int argc, char** argv) try {
  if (argc != 3)
    throw std::runtime_error("usage: many_connections PORT N");
  raise_descriptor_limit();
  const auto port = static_cast<std::uint16_t>(std::stoi(argv[1]));
  std::vector<int> all(std::stoul(argv[2]));
  for (auto& fd : all)
    fd = open_connection(port);
  std::cout << "ready" << std::endl;
  std::string line;
  while (std::getline(std::cin, line)) {
    std::uint32_t number = 0;
    for (const int fd : all)
      send_number(fd, number++);
    std::cout << "sent" << std::endl;
  }
  return 0;
} catch (const std::exception& failed) {
  std::cerr << "many_connections: " << failed.what() << std::endl;
  return 1;
}
