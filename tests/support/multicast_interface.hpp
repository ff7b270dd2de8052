// SPDX-License-Identifier: MPL-2.0
//
// The loopback interface has no IPv6 groups: tests of these need another one.

#pragma once

#include <memory>
#include <string>

#include <ifaddrs.h>
#include <net/if.h>
#include <sys/socket.h>

#include "tests/support/catch.hpp"

namespace zmqrt::test {

/// One that is up and has groups and IPv6; empty: this machine has none.
inline std::string multicast_interface() {
  ifaddrs* raw = nullptr;
  REQUIRE(getifaddrs(&raw) == 0);
  const std::unique_ptr<ifaddrs, void (*)(ifaddrs*)> all{raw, freeifaddrs};
  for (const auto* each = raw; each != nullptr; each = each->ifa_next)
    if (each->ifa_addr != nullptr && each->ifa_addr->sa_family == AF_INET6
        && (each->ifa_flags & IFF_MULTICAST) != 0
        && (each->ifa_flags & IFF_UP) != 0)
      return each->ifa_name;
  return {};
}

} // namespace zmqrt::test
