// SPDX-License-Identifier: MPL-2.0

#include "transports/address.hpp"

#include <sys/socket.h>

#include "tests/support/catch.hpp"

using namespace zmqrt;
using namespace zmqrt::transports;

TEST_CASE("numeric hosts become addresses, everything else is refused") {
  struct row {
    const char* host;
    int family;
    const char* endpoint; // null: refused
    bool loopback;
  };
  const auto each = GENERATE(values<row>({
    {"127.0.0.1", AF_INET, "tcp://127.0.0.1:80", true},
    {"127.9.9.9", AF_INET, "tcp://127.9.9.9:80", true},
    {"10.0.0.1", AF_INET, "tcp://10.0.0.1:80", false},
    {"0.0.0.0", AF_INET, "tcp://0.0.0.0:80", false},
    {"::1", AF_INET6, "tcp://[::1]:80", true},
    {"::", AF_INET6, "tcp://[::]:80", false},
    {"2001:db8::1", AF_INET6, "tcp://[2001:db8::1]:80", false},
    {"::ffff:127.0.0.1", AF_INET6, "tcp://[::ffff:127.0.0.1]:80", true},
    {"fe80::1%lo", AF_INET6, "tcp://[fe80::1%lo]:80", false},
    {"fe80::1%1", AF_INET6, "tcp://[fe80::1%lo]:80", false},
    {"fe80::1%nosuch", 0, nullptr, false},
    {"127.0.0", 0, nullptr, false},
    {"localhost", 0, nullptr, false},
    {"1", 0, nullptr, false},
    {"", 0, nullptr, false},
    {"[::1]", 0, nullptr, false},
    {"127.0.0.1 ", 0, nullptr, false},
  }));
  CAPTURE(each.host);
  const auto made = address::tcp(each.host, 80);
  REQUIRE(made.has_value() == (each.endpoint != nullptr));
  if (!made) {
    CHECK(made.code() == errc::invalid_argument);
    CHECK_FALSE(made.why().rule.empty());
    return;
  }
  CHECK(made->family() == each.family);
  CHECK(made->endpoint() == each.endpoint);
  CHECK(made->is_loopback() == each.loopback);
  CHECK(made->port() == 80);
}

TEST_CASE("ipc paths may have 107 bytes") {
  const bool abstract = GENERATE(false, true);
  const auto longest = address::ipc(std::string(107, 'x'), abstract);
  REQUIRE(longest);
  CHECK(longest->host() == (abstract ? "@" : "") + std::string(107, 'x'));
  CHECK(address::ipc(std::string(108, 'x'), abstract).code()
        == errc::name_too_long);
  CHECK(address::ipc("", abstract).code() == errc::invalid_argument);
}

TEST_CASE("ipc endpoints are written as they are read") {
  CHECK(address::ipc("/tmp/x", false)->endpoint() == "ipc:///tmp/x");
  CHECK(address::ipc("name", true)->endpoint() == "ipc://@name");
  CHECK_FALSE(address::ipc("/tmp/x", false)->is_loopback());
}

TEST_CASE("addresses compare by what they say") {
  CHECK(*address::tcp("127.0.0.1", 1) == *address::tcp("127.0.0.1", 1));
  CHECK_FALSE(*address::tcp("127.0.0.1", 1) == *address::tcp("127.0.0.1", 2));
  CHECK_FALSE(*address::ipc("a", false) == *address::ipc("a", true));
  CHECK(address{} == address{});
  CHECK(address{}.endpoint().empty());
}

TEST_CASE("addresses of datagrams") {
  const auto v4 = *address::tcp("192.0.2.1", 5);
  const auto v6 = *address::tcp("2001:db8::1", 5);
  CHECK(v4.host_and_port() == "192.0.2.1:5");
  CHECK(v6.host_and_port() == "[2001:db8::1]:5");
  CHECK(address::ipc("/x", false)->host_and_port().empty());
  CHECK(v4.mapped() == *address::tcp("::ffff:192.0.2.1", 5));
  CHECK(v4.mapped().unmapped() == v4);
  CHECK(v4.unmapped() == v4);
  CHECK(v6.mapped() == v6);
  CHECK(v6.unmapped() == v6);
  CHECK(v4.with_port(7) == *address::tcp("192.0.2.1", 7));
  CHECK(v6.with_port(7) == *address::tcp("2001:db8::1", 7));
  CHECK(v4.any_host() == *address::tcp("0.0.0.0", 5));
  CHECK(v6.any_host() == *address::tcp("::", 5));
  CHECK_FALSE(v4.is_multicast());
  CHECK_FALSE(v6.is_multicast());
  CHECK(address::tcp("224.0.0.1", 5)->is_multicast());
  CHECK(address::tcp("239.255.255.255", 5)->is_multicast());
  CHECK_FALSE(address::tcp("240.0.0.1", 5)->is_multicast());
  CHECK(address::tcp("ff02::1", 5)->is_multicast());
  CHECK_FALSE(address::ipc("/x", false)->is_multicast());
}
