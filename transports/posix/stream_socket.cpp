// SPDX-License-Identifier: MPL-2.0
//
// Sockets of streams. See stream_socket.hpp.

#include "transports/posix/stream_socket.hpp"

#include <cerrno>
#include <string>
#include <string_view>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

namespace zmqrt::transports {

namespace {

/// The congestion control towards loopback: the system's default may pace
/// (bbr moves a third of what loopback carries: measured).
constexpr std::string_view loopback_congestion = "reno";

bool is_tcp(const address& which) noexcept {
  return which.family() == AF_INET || which.family() == AF_INET6;
}

void set(int fd, int level, int name, int value) noexcept {
  setsockopt(fd, level, name, &value, sizeof(value));
}

void set_unless_default(int fd, int level, int name, int value) noexcept {
  if (value >= 0)
    set(fd, level, name, value);
}

std::error_code set_text(int fd, int level, int name,
                         std::string_view text) noexcept {
  if (setsockopt(fd, level, name, text.data(),
                 static_cast<socklen_t>(text.size()))
      != 0)
    return errno_code(errno);
  return {};
}

/// What may be refused without harm: then it is the system's.
void prefer_loopback_congestion(int fd) noexcept {
  (void)set_text(fd, IPPROTO_TCP, TCP_CONGESTION, loopback_congestion);
}

/// After the type of service: that one sets a priority of its own (ip(7)).
void set_priority(int fd, const stream_options& options) noexcept {
  if (options.priority != 0)
    set(fd, SOL_SOCKET, SO_PRIORITY, options.priority);
}

void tune_tcp(int fd, const address& towards, const stream_options& options) {
  set(fd, IPPROTO_TCP, TCP_NODELAY, 1);
  set_unless_default(fd, SOL_SOCKET, SO_KEEPALIVE, options.tcp_keepalive);
  set_unless_default(fd, IPPROTO_TCP, TCP_KEEPCNT, options.tcp_keepalive_cnt);
  set_unless_default(fd, IPPROTO_TCP, TCP_KEEPIDLE, options.tcp_keepalive_idle);
  set_unless_default(fd, IPPROTO_TCP, TCP_KEEPINTVL,
                     options.tcp_keepalive_intvl);
  // A hint: more than net.core.busy_read takes a privilege.
  if (options.busy_poll > 0)
    set(fd, SOL_SOCKET, SO_BUSY_POLL, options.busy_poll);
  if (options.tcp_maxrt > 0)
    set(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, options.tcp_maxrt);
  if (options.tos != 0) {
    set(fd, IPPROTO_IP, IP_TOS, options.tos);
    if (towards.family() == AF_INET6)
      set(fd, IPPROTO_IPV6, IPV6_TCLASS, options.tos);
  }
  if (options.tcp_congestion.empty() && towards.is_loopback())
    prefer_loopback_congestion(fd);
}

/// What the application has named: refused, it is an error.
std::optional<failure> set_named(int fd, const stream_options& options) {
  if (const auto& name = options.tcp_congestion; !name.empty())
    if (auto why = set_text(fd, IPPROTO_TCP, TCP_CONGESTION, name))
      // ENOENT is kept for endpoints.
      return failure{why == std::errc::no_such_file_or_directory
                       ? make_error_code(errc::invalid_argument)
                       : why,
                     "tcp_congestion: the kernel does not grant " + name};
  if (const auto& device = options.bind_to_device; !device.empty())
    if (auto why = set_text(fd, SOL_SOCKET, SO_BINDTODEVICE, device))
      return failure{why, "bindtodevice: the kernel does not grant " + device};
  return std::nullopt;
}

template <class Query>
address queried(int fd, Query query) noexcept {
  sockaddr_storage raw{};
  socklen_t size = sizeof(raw);
  auto* as_plain = reinterpret_cast<sockaddr*>(&raw);
  if (query(fd, as_plain, &size) != 0)
    return {};
  return {as_plain, size};
}

} // namespace

result<descriptor> open_stream_socket(int family) {
  descriptor out{socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
  if (!out)
    return errno_code(errno);
  return out;
}

std::optional<failure> tune(int fd, const address& towards,
                            const stream_options& options) {
  set_unless_default(fd, SOL_SOCKET, SO_SNDBUF, options.sndbuf);
  set_unless_default(fd, SOL_SOCKET, SO_RCVBUF, options.rcvbuf);
  if (is_tcp(towards))
    tune_tcp(fd, towards, options);
  set_priority(fd, options);
  return is_tcp(towards) ? set_named(fd, options) : std::nullopt;
}

void tune_accepted(int fd, const address& local, const address& remote,
                   const stream_options& options) {
  set_priority(fd, options); // the kernel starts every accepted socket at 0
  // A listener on a wildcard address is not known to face loopback.
  if (options.tcp_congestion.empty() && remote.is_loopback()
      && !local.is_loopback())
    prefer_loopback_congestion(fd);
}

result<descriptor> open_dial_socket(const address& remote,
                                    const dial_options& options) {
  auto opened = open_stream_socket(remote.family());
  if (!opened)
    return opened;
  const auto fd = opened->get();
  if (auto refused = tune(fd, remote, options.stream))
    return *refused;
  if (options.source.size() > 0) {
    set(fd, SOL_SOCKET, SO_REUSEADDR, 1);
    // The kernel picks the port at the connect: a local port may then serve
    // several remotes.
    if (options.source.port() == 0)
      set(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1);
    if (bind(fd, options.source.raw(), options.source.size()) != 0)
      return errno_code(errno);
  }
  return opened;
}

std::error_code connect_outcome(int fd, const address& remote) {
  int error = 0;
  socklen_t size = sizeof(error);
  if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) != 0)
    return errno_code(errno);
  if (error != 0)
    return errno_code(error);
  // Asked of the kernel: it takes 0.0.0.0 for loopback.
  if (is_tcp(remote) && local_address(fd) == remote_address(fd))
    return errc::connection_refused;
  return {};
}

void make_blocking(int fd) noexcept {
  int off = 0;
  ioctl(fd, FIONBIO, &off);
}

address local_address(int fd) noexcept {
  return queried(fd, getsockname);
}

address remote_address(int fd) noexcept {
  return queried(fd, getpeername);
}

bool is_transient_accept_error(int error) noexcept {
  switch (error) {
  case EINTR:
  case ECONNABORTED:
  case ECONNRESET:
  case EPERM: // a firewall's rule
  case ETIMEDOUT:
  // accept(2): errors already pending on the new socket
  case ENETDOWN:
  case EPROTO:
  case ENOPROTOOPT:
  case EHOSTDOWN:
  case ENONET:
  case EHOSTUNREACH:
  case EOPNOTSUPP:
  case ENETUNREACH:
    return true;
  default:
    return false;
  }
}

} // namespace zmqrt::transports
