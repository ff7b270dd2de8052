// SPDX-License-Identifier: MPL-2.0
//
// Asking the kernel. See peer_credentials.hpp.

#include "transports/posix/peer_credentials.hpp"

#include <cerrno>

#include <sys/socket.h>

namespace zmqrt::transports {

namespace {

/// Linux has at most 65536 of them (NGROUPS_MAX).
std::vector<gid_t> groups_of(int fd) {
  std::vector<gid_t> groups(32);
  for (;;) {
    auto size = static_cast<socklen_t>(groups.size() * sizeof(gid_t));
    const auto room = size;
    const bool done =
      getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, groups.data(), &size) == 0;
    // It says how much it needs.
    if (!done && (errno != ERANGE || size <= room))
      return {};
    groups.resize(size / sizeof(gid_t));
    if (done)
      return groups;
  }
}

} // namespace

std::optional<peer_credentials> peer_credentials_of(int fd) {
  ucred raw{};
  socklen_t size = sizeof(raw);
  int family = 0;
  socklen_t family_size = sizeof(family);
  if (getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &family, &family_size) != 0
      || family != AF_UNIX
      || getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &raw, &size) != 0)
    return std::nullopt;
  return peer_credentials{raw.pid, raw.uid, raw.gid, groups_of(fd)};
}

} // namespace zmqrt::transports
