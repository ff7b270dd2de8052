// SPDX-License-Identifier: MPL-2.0
//
// See datagram_socket.hpp.

#include "transports/posix/datagram_socket.hpp"

#include <algorithm>
#include <cerrno>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>

#include "transports/posix/stream_socket.hpp"

namespace zmqrt::transports {

namespace {

constexpr std::size_t writes_at_once = 64;

template <class T>
std::error_code set(int fd, int level, int name, const T& value) noexcept {
  if (setsockopt(fd, level, name, &value, sizeof(value)) != 0)
    return errno_code(errno);
  return {};
}

/// As libzmq has it, the system decides what it makes of these.
void tune(int fd, int family, const datagram_options& options) noexcept {
  if (options.sndbuf >= 0)
    (void)set(fd, SOL_SOCKET, SO_SNDBUF, options.sndbuf);
  if (options.rcvbuf >= 0)
    (void)set(fd, SOL_SOCKET, SO_RCVBUF, options.rcvbuf);
  const bool v6 = family == AF_INET6;
  if (options.tos != 0) {
    (void)set(fd, IPPROTO_IP, IP_TOS, options.tos);
    if (v6)
      (void)set(fd, IPPROTO_IPV6, IPV6_TCLASS, options.tos);
  }
  // After the type of service: that one sets a priority of its own (ip(7)).
  if (options.priority != 0)
    (void)set(fd, SOL_SOCKET, SO_PRIORITY, options.priority);
}

std::error_code bind_to(int fd, const std::string& device) noexcept {
  if (device.empty()
      || setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, device.data(),
                    static_cast<socklen_t>(device.size()))
           == 0)
    return {};
  return errno_code(errno);
}

/// The number of an interface by its name or by an address of it; 0: there is
/// none such.
unsigned interface_number(const std::string& text) {
  if (const auto index = if_nametoindex(text.c_str()); index != 0)
    return index;
  const auto wanted = address::tcp(text, 0);
  ifaddrs* raw = nullptr;
  if (!wanted || getifaddrs(&raw) != 0)
    return 0;
  const std::unique_ptr<ifaddrs, void (*)(ifaddrs*)> all{raw, freeifaddrs};
  for (const auto* each = raw; each != nullptr; each = each->ifa_next) {
    if (each->ifa_addr == nullptr
        || each->ifa_addr->sa_family != wanted->family())
      continue;
    const address here{each->ifa_addr, wanted->size()};
    if (here.host() == wanted->host())
      return if_nametoindex(each->ifa_name);
  }
  return 0;
}

/// 0: the system's choice.
result<unsigned> chosen_interface(const address& where,
                                  const std::string& text) {
  if (text.empty())
    return 0U;
  if (!where.is_multicast())
    return failure{make_error_code(errc::invalid_argument),
                   "an interface (before ;) is for a multicast group"};
  if (text == "*")
    return 0U;
  if (const auto index = interface_number(text); index != 0)
    return index;
  return failure{make_error_code(errc::no_such_device),
                 "no such interface: " + text};
}

std::error_code tune_multicast(int fd, int family, unsigned interface,
                               const datagram_options& options) noexcept {
  const int loop = options.multicast_loop ? 1 : 0;
  const int hops = std::min(options.multicast_hops, 255);
  const auto index = static_cast<int>(interface);
  std::error_code why;
  if (family == AF_INET6) {
    why = set(fd, IPPROTO_IPV6, IPV6_MULTICAST_LOOP, loop);
    if (!why)
      why = set(fd, IPPROTO_IPV6, IPV6_MULTICAST_HOPS, hops);
    if (!why && index != 0)
      why = set(fd, IPPROTO_IPV6, IPV6_MULTICAST_IF, index);
    return why;
  }
  why = set(fd, IPPROTO_IP, IP_MULTICAST_LOOP, loop);
  if (!why)
    why = set(fd, IPPROTO_IP, IP_MULTICAST_TTL, hops);
  if (!why && index != 0) {
    ip_mreqn through{};
    through.imr_ifindex = index;
    why = set(fd, IPPROTO_IP, IP_MULTICAST_IF, through);
  }
  return why;
}

/// Not what other sockets of this machine have joined, too (ip(7), ipv6(7)).
std::error_code hear_own_groups_only(int fd, int family) noexcept {
  auto why = set(fd, IPPROTO_IP, IP_MULTICAST_ALL, 0);
  if (!why && family == AF_INET6)
    why = set(fd, IPPROTO_IPV6, IPV6_MULTICAST_ALL, 0);
  return why.value() == ENOPROTOOPT ? std::error_code{} : why; // before 4.20
}

std::error_code join(int fd, const address& group,
                     unsigned interface) noexcept {
  if (group.family() == AF_INET6) {
    const auto& v6 = *reinterpret_cast<const sockaddr_in6*>(group.raw());
    ipv6_mreq membership{};
    membership.ipv6mr_multiaddr = v6.sin6_addr;
    membership.ipv6mr_interface = interface != 0 ? interface : v6.sin6_scope_id;
    return set(fd, IPPROTO_IPV6, IPV6_ADD_MEMBERSHIP, membership);
  }
  ip_mreqn membership{};
  membership.imr_multiaddr =
    reinterpret_cast<const sockaddr_in*>(group.raw())->sin_addr;
  membership.imr_ifindex = static_cast<int>(interface);
  return set(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, membership);
}

/// A group is joined behind a wildcard, as libzmq does: what is sent to this
/// host itself comes, too. Several sockets may share a group's port; any other
/// is for one alone, since the last one bound would take all from the rest.
std::error_code bind_at(int fd, const address& where,
                        unsigned interface) noexcept {
  const bool group = where.is_multicast();
  if (where.family() == AF_INET6)
    if (auto why = set(fd, IPPROTO_IPV6, IPV6_V6ONLY, 0))
      return why;
  if (group && where.port() != 0)
    if (auto why = set(fd, SOL_SOCKET, SO_REUSEADDR, 1))
      return why;
  if (auto why = hear_own_groups_only(fd, where.family()))
    return why;
  const address here = group ? where.any_host() : where;
  if (bind(fd, here.raw(), here.size()) != 0)
    return errno_code(errno);
  return group ? join(fd, where, interface) : std::error_code{};
}

} // namespace

result<datagram_socket> datagram_socket::open(const address& where,
                                              const datagram_options& options) {
  const auto interface = chosen_interface(where, options.interface);
  if (!interface)
    return interface.why();
  datagram_socket out;
  out.family_ = where.family();
  out.longest_ = std::min(options.longest, datagram_scratch::bytes_each);
  out.socket_ = descriptor{
    socket(out.family_, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
  if (!out.socket_)
    return errno_code(errno);
  const int fd = out.fd();
  tune(fd, out.family_, options);
  if (auto why = bind_to(fd, options.bind_to_device))
    return failure{why, "bindtodevice: the kernel does not grant "
                          + options.bind_to_device};
  if (auto why = tune_multicast(fd, out.family_, *interface, options))
    return why;
  if (!options.bound) {
    out.remote_ = where;
    return out;
  }
  if (auto why = bind_at(fd, where, *interface))
    return why;
  out.local_ = local_address(fd);
  if (where.is_multicast())
    out.local_ = where.with_port(out.local_.port());
  return out;
}

datagram_socket::reading
datagram_socket::read(datagram_scratch& into) noexcept {
  for (std::size_t i = 0; i < datagram_scratch::count; ++i) {
    auto& header = into.headers_[i].msg_hdr;
    into.parts_[i] = {&into.bytes_[i * datagram_scratch::bytes_each], longest_};
    header = {};
    header.msg_name = &into.from_[i];
    header.msg_namelen = sizeof(into.from_[i]);
    header.msg_iov = &into.parts_[i];
    header.msg_iovlen = 1;
  }
  int got = 0;
  do
    got = recvmmsg(fd(), into.headers_.data(), datagram_scratch::count,
                   MSG_DONTWAIT, nullptr);
  while (got < 0 && errno == EINTR);
  if (got < 0)
    // Whatever else it is (ENETDOWN, an ICMP error that somebody asked for) was
    // told with this, and what is queued can be read.
    return {{}, errno != EAGAIN && errno != EWOULDBLOCK};
  std::size_t whole = 0;
  for (std::size_t i = 0; i < static_cast<std::size_t>(got); ++i) {
    const auto& [header, size] = into.headers_[i];
    if ((header.msg_flags & MSG_TRUNC) != 0) {
      ++counts_.cut;
      continue;
    }
    into.found_[whole++] = {
      {static_cast<const std::byte*>(into.parts_[i].iov_base), size},
      reinterpret_cast<const sockaddr*>(&into.from_[i]),
      header.msg_namelen};
  }
  counts_.received += whole;
  return {std::span{into.found_}.first(whole),
          static_cast<std::size_t>(got) == datagram_scratch::count};
}

std::size_t
datagram_socket::write(std::span<const outgoing_datagram> what) noexcept {
  std::array<mmsghdr, writes_at_once> headers;
  std::array<std::array<iovec, 2>, writes_at_once> parts;
  std::size_t done = 0;
  while (done < what.size()) {
    const auto count = std::min(what.size() - done, writes_at_once);
    for (std::size_t i = 0; i < count; ++i) {
      const auto& next = what[done + i];
      const address& to = next.to != nullptr ? *next.to : remote_;
      // sendmmsg(2) only reads what these call writable.
      parts[i] = {
        iovec{const_cast<std::byte*>(next.head.data()), next.head.size()},
        iovec{const_cast<std::byte*>(next.body.data()), next.body.size()}};
      auto& header = headers[i].msg_hdr;
      header = {};
      header.msg_name = const_cast<sockaddr*>(to.raw());
      header.msg_namelen = to.size();
      header.msg_iov = parts[i].data();
      header.msg_iovlen = 2;
    }
    const int put = sendmmsg(fd(), headers.data(), static_cast<unsigned>(count),
                             MSG_DONTWAIT | MSG_NOSIGNAL);
    if (put > 0) {
      done += static_cast<std::size_t>(put);
      counts_.sent += static_cast<std::uint64_t>(put);
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      break;
    } else if (errno != EINTR) {
      // The first of them is refused, and lost, as UDP loses datagrams: nobody
      // is there and an ICMP message said so (ECONNREFUSED, EHOSTUNREACH,
      // ENETUNREACH), no route or network is up (ENETUNREACH, ENETDOWN,
      // EADDRNOTAVAIL, EINVAL), a firewall's rule or a broadcast address
      // (EPERM, EACCES), an address of another family (EAFNOSUPPORT), more than
      // a datagram or the way there holds (EMSGSIZE), the kernel is short of
      // memory (ENOBUFS, ENOMEM: nothing would tell when to try again).
      ++done;
      ++counts_.refused;
    }
  }
  return done;
}

} // namespace zmqrt::transports
