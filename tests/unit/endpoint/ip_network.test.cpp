// SPDX-License-Identifier: MPL-2.0
//
// IP addresses and networks: what is one, and what is in one.

#include "libzmqrt/endpoint/ip_network.hpp"

#include <string>

#include <arpa/inet.h>

#include "tests/support/catch.hpp"

using namespace zmqrt;

namespace {

ip_address address(const char* text) {
  const auto parsed = parse_ip_address(text);
  INFO(text);
  REQUIRE(parsed);
  return *parsed;
}

bool within(const char* network, const char* which) {
  const auto parsed = parse_ip_network(network);
  INFO(network);
  REQUIRE(parsed);
  return parsed->contains(address(which));
}

std::string rule_of(const std::string& text) {
  const auto parsed = parse_ip_network(text);
  if (parsed)
    return "accepted";
  REQUIRE(parsed.code() == errc::invalid_argument);
  return parsed.why().rule;
}

} // namespace

TEST_CASE("addresses are read as the system reads them") {
  for (const std::string text : {"0.0.0.0",
                                 "255.255.255.255",
                                 "192.0.2.1",
                                 "::",
                                 "::1",
                                 "1::",
                                 "1::8",
                                 "2001:db8::a:B",
                                 "1:2:3:4:5:6:7:8",
                                 "::2:3:4:5:6:7:8",
                                 "1:2:3:4:5:6:7::",
                                 "::ffff:192.0.2.1",
                                 "64:ff9b::192.0.2.33",
                                 "1:2:3:4:5:6:1.2.3.4",
                                 "",
                                 "1",
                                 "1.2.3",
                                 "1.2.3.4.5",
                                 "1.2.3.256",
                                 "1.2.3.",
                                 ".1.2.3",
                                 "1..2.3",
                                 "01.2.3.4",
                                 "1.2.3.4 ",
                                 "1.2.3.a",
                                 "0x1.2.3.4",
                                 ":",
                                 ":::",
                                 "1:",
                                 ":1",
                                 "1::2::3",
                                 "1:2:3:4:5:6:7",
                                 "1:2:3:4:5:6:7:8:9",
                                 "::1:2:3:4:5:6:7:8",
                                 "12345::",
                                 "g::",
                                 "1.2.3.4::",
                                 "::1.2.3",
                                 "1:2:3:4:5:6:7:1.2.3.4",
                                 "::1%lo",
                                 "[::1]",
                                 "localhost"}) {
    CAPTURE(text);
    ip_address wanted;
    std::array<std::uint8_t, 4> four{};
    bool valid = inet_pton(AF_INET6, text.c_str(), wanted.octets.data()) == 1;
    if (!valid && inet_pton(AF_INET, text.c_str(), four.data()) == 1) {
      wanted = ip_address::v4(four);
      valid = true;
    }
    const auto parsed = parse_ip_address(text);
    REQUIRE(parsed.has_value() == valid);
    if (valid)
      REQUIRE(*parsed == wanted);
  }
}

TEST_CASE("an IPv4 address is its mapped one") {
  REQUIRE(address("192.0.2.1") == address("::ffff:192.0.2.1"));
  REQUIRE(address("192.0.2.1").is_v4());
  REQUIRE_FALSE(address("::192.0.2.1").is_v4());
}

TEST_CASE("a network holds what begins with its bits") {
  for (unsigned bits = 0; bits <= 32; ++bits) {
    CAPTURE(bits);
    ip_network net{address("170.170.170.170"), 96 + bits};
    for (unsigned flipped = 0; flipped < 32; ++flipped) {
      auto other = net.base;
      other.octets[12 + flipped / 8] ^=
        static_cast<std::uint8_t>(0x80U >> flipped % 8);
      CHECK(net.contains(other) == (flipped >= bits));
    }
    CHECK(net.contains(net.base));
  }
  CHECK(within("10.1.2.3/8", "10.200.0.1")); // bits behind it do not count
  CHECK(within("2001:db8::/33", "2001:db8:7fff::1"));
  CHECK_FALSE(within("2001:db8::/33", "2001:db8:8000::1"));
  CHECK(within("::1", "::1"));
  CHECK_FALSE(within("::1", "::2"));
  CHECK(within("10.0.0.1", "::ffff:10.0.0.1"));
  CHECK(within("::ffff:10.0.0.0/104", "10.9.9.9"));
}

TEST_CASE("IPv4 is not a part of all IPv6") {
  CHECK(within("::/0", "fe80::1"));
  CHECK_FALSE(within("::/0", "127.0.0.1"));
  CHECK_FALSE(within("::/0", "::ffff:127.0.0.1"));
  CHECK(within("0.0.0.0/0", "::ffff:127.0.0.1"));
  CHECK_FALSE(within("0.0.0.0/0", "::1"));
}

TEST_CASE("what is no network is refused, with the rule") {
  const std::string form = "must be an IPv4 or IPv6 address, or one with /BITS";
  for (const char* bad : {"", "/", "/8", "localhost", "lo", "10.0.0/8",
                          "10.0.0.0.0/8", "10.0.0.1:80", "[::1]/64", " ::1"})
    CHECK(rule_of(bad) == form);
  for (const char* bad :
       {"10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/08",
        "10.0.0.0/8/8", "10.0.0.0/x", "10.0.0.0/1000", "10.0.0.0/8 "})
    CHECK(rule_of(bad) == "the bits behind the / must be 0 to 32");
  for (const char* bad : {"::/129", "::ffff:10.0.0.0/", "::/a"})
    CHECK(rule_of(bad) == "the bits behind the / must be 0 to 128");
}
