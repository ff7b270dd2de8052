// SPDX-License-Identifier: MPL-2.0
//
// What the kernel is asked for under a UDP endpoint.

#include "transports/posix/datagram_socket.hpp"

#include <string>

#include <netinet/in.h>

#include "tests/support/catch.hpp"

using namespace zmqrt;
using namespace zmqrt::transports;

namespace {

int asked(const datagram_socket& of, int level, int name) {
  int value = -1;
  socklen_t size = sizeof(value);
  REQUIRE(getsockopt(of.fd(), level, name, &value, &size) == 0);
  return value;
}

datagram_socket opened(const char* host, const datagram_options& options) {
  auto made = datagram_socket::open(*address::tcp(host, 0), options);
  REQUIRE(made);
  return std::move(*made);
}

} // namespace

TEST_CASE("a UDP socket gets what its options say") {
  datagram_options options;
  options.sndbuf = 20'000;
  options.rcvbuf = 30'000;
  options.tos = 0x10;
  options.priority = 3;
  options.multicast_hops = 7;
  options.multicast_loop = false;
  options.bind_to_device = "lo";
  const auto v4 = opened("127.0.0.1", options);
  CHECK(asked(v4, SOL_SOCKET, SO_SNDBUF) == 40'000); // twice: socket(7)
  CHECK(asked(v4, SOL_SOCKET, SO_RCVBUF) == 60'000);
  CHECK(asked(v4, SOL_SOCKET, SO_PRIORITY) == 3);
  CHECK(asked(v4, IPPROTO_IP, IP_TOS) == 0x10);
  CHECK(asked(v4, IPPROTO_IP, IP_MULTICAST_TTL) == 7);
  CHECK(asked(v4, IPPROTO_IP, IP_MULTICAST_LOOP) == 0);
  char device[16] = {};
  socklen_t size = sizeof(device);
  REQUIRE(getsockopt(v4.fd(), SOL_SOCKET, SO_BINDTODEVICE, device, &size) == 0);
  CHECK(std::string{device} == "lo");
  const auto v6 = opened("::1", options);
  CHECK(asked(v6, IPPROTO_IPV6, IPV6_TCLASS) == 0x10);
  CHECK(asked(v6, IPPROTO_IPV6, IPV6_MULTICAST_HOPS) == 7);
  CHECK(asked(v6, IPPROTO_IPV6, IPV6_MULTICAST_LOOP) == 0);
}

TEST_CASE("a UDP socket without options") {
  const auto plain = opened("127.0.0.1", {});
  CHECK(asked(plain, SOL_SOCKET, SO_REUSEADDR) == 0);
  CHECK(asked(plain, IPPROTO_IP, IP_MULTICAST_TTL) == 1);
  CHECK(asked(plain, IPPROTO_IP, IP_MULTICAST_LOOP) == 1);
  CHECK(plain.local().host() == "127.0.0.1");
  CHECK(plain.local().port() != 0);
  datagram_options many;
  many.multicast_hops = 1'000'000; // no hop limit is above 255
  CHECK(asked(opened("127.0.0.1", many), IPPROTO_IP, IP_MULTICAST_TTL) == 255);
}
