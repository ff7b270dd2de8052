// SPDX-License-Identifier: MPL-2.0
//
// Listening sockets. See listening_socket.hpp.

#include "transports/posix/listening_socket.hpp"

#include <cerrno>
#include <optional>
#include <utility>

#include <netinet/in.h>
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

} // namespace

result<listening_socket> listening_socket::open(const address& where,
                                                const listen_options& options) {
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
