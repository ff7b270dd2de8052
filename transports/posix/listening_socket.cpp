// SPDX-License-Identifier: MPL-2.0
//
// Listening sockets. See listening_socket.hpp.

#include "transports/posix/listening_socket.hpp"

#include <cerrno>
#include <optional>
#include <utility>

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "transports/posix/stream_socket.hpp"

namespace zmqrt::transports {

namespace {

bool has_file(const address& where) noexcept {
  return where.family() == AF_UNIX && where.host().substr(0, 1) != "@";
}

std::error_code prepare_tcp(int fd, const address& where,
                            const listen_options& options) {
  const int on = 1;
  if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) != 0)
    return errno_code(errno);
  if (where.family() == AF_INET6) {
    const int only = options.ipv6_only ? 1 : 0;
    if (setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &only, sizeof(only)) != 0)
      return errno_code(errno);
  }
  return {};
}

int flag_of(int fd, int name) noexcept {
  int value = 0;
  socklen_t size = sizeof(value);
  return getsockopt(fd, SOL_SOCKET, name, &value, &size) == 0 ? value : -1;
}

failure unfit(const char* rule) {
  return {make_error_code(errc::invalid_argument), rule};
}

} // namespace

std::optional<failure> check_listening(int fd) {
  if (fcntl(fd, F_GETFD) < 0)
    return unfit("the descriptor is not open");
  const int family = flag_of(fd, SO_DOMAIN);
  const bool fits =
    family == AF_INET || family == AF_INET6 || family == AF_UNIX;
  if (!fits || flag_of(fd, SO_TYPE) != SOCK_STREAM
      || flag_of(fd, SO_ACCEPTCONN) != 1)
    return unfit("the descriptor is not a listening socket of tcp or ipc");
  return std::nullopt;
}

result<listening_socket> listening_socket::take_over(int fd,
                                                     const address& where) {
  if (auto why = check_listening(fd))
    return *why;
  if ((flag_of(fd, SO_DOMAIN) == AF_UNIX) != (where.family() == AF_UNIX))
    return unfit("the descriptor of use_fd is of another transport");
  int on = 1;
  if (ioctl(fd, FIONBIO, &on) != 0 || fcntl(fd, F_SETFD, FD_CLOEXEC) != 0)
    return errno_code(errno);
  listening_socket out;
  out.socket_ = descriptor{fd};
  out.local_ = local_address(fd);
  return out;
}

result<listening_socket> listening_socket::open(const address& where,
                                                const listen_options& options) {
  if (options.use_fd >= 0)
    return take_over(options.use_fd, where);
  listening_socket out;
  auto opened = open_stream_socket(where.family());
  if (!opened)
    return opened.why();
  out.socket_ = std::move(*opened);
  const auto fd = out.fd();
  if (where.family() != AF_UNIX)
    if (auto refused = prepare_tcp(fd, where, options))
      return refused;
  if (auto refused = tune(fd, where, options.stream))
    return *refused;
  std::optional<ipc_bind_lock> lock;
  if (has_file(where)) {
    lock.emplace(where);
    if (auto refused = out.file_.bind(fd, where, lock->held()))
      return refused;
  } else if (::bind(fd, where.raw(), where.size()) != 0) {
    return errno_code(errno);
  }
  if (::listen(fd, options.backlog) != 0)
    return errno_code(errno);
  out.local_ = local_address(fd);
  return out;
}

} // namespace zmqrt::transports
