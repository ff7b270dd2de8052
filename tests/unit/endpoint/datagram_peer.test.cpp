// SPDX-License-Identifier: MPL-2.0
//
// How a DGRAM names its peers, and that an address which this takes is one to
// the system, too, and the other way round.

#include "libzmqrt/endpoint/datagram_peer.hpp"

#include <string>

#include <arpa/inet.h>

#include "tests/support/catch.hpp"

using namespace zmqrt;

TEST_CASE("peers by their numbers") {
  const auto v4 = parse_datagram_peer("192.0.2.1:5555");
  REQUIRE(v4);
  CHECK(v4->host == "192.0.2.1");
  CHECK(v4->port == 5555);
  const auto v6 = parse_datagram_peer("[2001:db8::1]:1");
  REQUIRE(v6);
  CHECK(v6->host == "2001:db8::1");
  CHECK(v6->port == 1);
  const auto zoned = parse_datagram_peer("[fe80::1%eth0]:65535");
  REQUIRE(zoned);
  CHECK(zoned->host == "fe80::1%eth0");
  // libzmq writes a C string.
  const auto ended = parse_datagram_peer({"1.2.3.4:5\0", 10});
  REQUIRE(ended);
  CHECK(ended->port == 5);
}

TEST_CASE("what is no peer") {
  const std::string_view text =
    GENERATE(values<std::string_view>({"",
                                       ":",
                                       "1.2.3.4",
                                       "1.2.3.4:",
                                       "1.2.3.4:0",
                                       "1.2.3.4:65536",
                                       "1.2.3.4:x",
                                       "1.2.3.4:-1",
                                       "1.2.3.4: 1",
                                       "1.2.3.4:1 ",
                                       " 1.2.3.4:1",
                                       "host:1",
                                       "*:1",
                                       "::1:1",
                                       "[::1]",
                                       "[::1:1",
                                       "::1]:1",
                                       "[1.2.3.4]:1",
                                       "[]:1",
                                       "[::1%]:1",
                                       "udp://1.2.3.4:1",
                                       std::string_view{"\0", 1},
                                       std::string_view{"1.2.3.4:1\0\0", 11}}));
  CAPTURE(text);
  CHECK_FALSE(parse_datagram_peer(text));
}

TEST_CASE("the system's parser agrees") {
  const std::string host =
    GENERATE(values<std::string>({"0.0.0.0",
                                  "255.255.255.255",
                                  "256.1.1.1",
                                  "1.2.3",
                                  "1.2.3.4.5",
                                  "1..2.3",
                                  "01.2.3.4",
                                  "1.2.3.",
                                  ".1.2.3",
                                  "1.2.3.4.",
                                  "+1.2.3.4",
                                  "1.2.3.0x1",
                                  "::",
                                  "::1",
                                  "1::",
                                  "1::2",
                                  "1:2:3:4:5:6:7:8",
                                  "1:2:3:4:5:6:7",
                                  "1:2:3:4:5:6:7:8:9",
                                  "1:2:3:4:5:6:7::",
                                  "::2:3:4:5:6:7:8",
                                  "1:2:3:4::5:6:7:8",
                                  "1::2::3",
                                  ":::",
                                  ":1",
                                  "1:",
                                  ":1:2:3:4:5:6:7",
                                  "1:2:3:4:5:6:7:",
                                  "::ffff:1.2.3.4",
                                  "1.2.3.4::",
                                  "::1.2.3.4:5",
                                  "1:2:3:4:5:6:1.2.3.4",
                                  "1:2:3:4:5:6:7:1.2.3.4",
                                  "::1.2.3",
                                  "::g",
                                  "::12345",
                                  "::ABCD",
                                  "::-1",
                                  "::1:"}));
  CAPTURE(host);
  in6_addr v6{};
  in_addr v4{};
  CHECK(parse_datagram_peer("[" + host + "]:1").has_value()
        == (inet_pton(AF_INET6, host.c_str(), &v6) == 1));
  CHECK(parse_datagram_peer(host + ":1").has_value()
        == (inet_pton(AF_INET, host.c_str(), &v4) == 1));
}
