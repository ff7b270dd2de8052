// SPDX-License-Identifier: MPL-2.0
//
// Endpoint strings: what is understood, and the rule for what is not.

#include "libzmqrt/endpoint/endpoint.hpp"

#include <string>

#include "tests/support/catch.hpp"

using namespace zmqrt;

namespace {

constexpr auto on_bind = endpoint_use::bind;
constexpr auto on_connect = endpoint_use::connect;

endpoint good(std::string_view text, endpoint_use use) {
  INFO(text);
  auto parsed = parse_endpoint(text, use);
  REQUIRE(parsed);
  REQUIRE(parsed->text == text);
  return *parsed;
}

struct tcp_case {
  const char* text;
  endpoint_use use;
  const char* host;
  unsigned port;
  bool any_host;
  bool bracketed;
};

struct bad_case {
  std::string text;
  endpoint_use use;
  errc code;
  const char* rule; ///< a part of it
};

const std::string path_107(107, 'p');
const std::string name_256(256, 'n');

} // namespace

TEST_CASE("tcp endpoints") {
  static const tcp_case cases[] = {
    {"tcp://127.0.0.1:5555", on_bind, "127.0.0.1", 5555, false, false},
    {"tcp://127.0.0.1:*", on_bind, "127.0.0.1", 0, false, false},
    {"tcp://127.0.0.1:0", on_bind, "127.0.0.1", 0, false, false},
    {"tcp://*:*", on_bind, "*", 0, true, false},
    {"tcp://*:80", on_bind, "*", 80, true, false},
    {"tcp://:0", on_bind, "*", 0, true, false},
    {"tcp://:5555", on_bind, "*", 5555, true, false},
    {"tcp://lo:5555", on_bind, "lo", 5555, false, false},
    {"tcp://eth0.100:65535", on_bind, "eth0.100", 65535, false, false},
    {"tcp://[::1]:1", on_bind, "::1", 1, false, true},
    {"tcp://[::]:*", on_bind, "::", 0, false, true},
    {"tcp://[fe80::1%eth0]:7", on_connect, "fe80::1%eth0", 7, false, true},
    {"tcp://[::ffff:1.2.3.4]:7", on_connect, "::ffff:1.2.3.4", 7, false, true},
    {"tcp://example.org:443", on_connect, "example.org", 443, false, false},
    {"tcp://under_score-1:00443", on_connect, "under_score-1", 443, false,
     false},
  };
  for (const tcp_case& each : cases) {
    const endpoint got = good(each.text, each.use);
    REQUIRE(got.transport == transport_kind::tcp);
    REQUIRE(got.remote.present);
    REQUIRE(got.remote.host == each.host);
    REQUIRE(got.remote.port == each.port);
    REQUIRE(got.remote.any_host == each.any_host);
    REQUIRE(got.remote.bracketed == each.bracketed);
    REQUIRE_FALSE(got.source.present);
  }
}

TEST_CASE("tcp connect with a source address") {
  const endpoint one = good("tcp://eth1:0;server1:5555", on_connect);
  REQUIRE(one.source.present);
  REQUIRE(one.source.host == "eth1");
  REQUIRE(one.source.port == 0);
  REQUIRE(one.remote.host == "server1");
  REQUIRE(one.remote.port == 5555);
  const endpoint two = good("tcp://*:*;[::1]:9", on_connect);
  REQUIRE(two.source.any_host);
  REQUIRE(two.remote.bracketed);
  const endpoint three = good("tcp://[::1]:4000;[::1]:9", on_connect);
  REQUIRE(three.source.port == 4000);
}

TEST_CASE("ipc endpoints") {
  REQUIRE(good("ipc:///tmp/feeds/0", on_bind).path == "/tmp/feeds/0");
  REQUIRE(good("ipc://relative", on_connect).path == "relative");
  const endpoint hidden = good("ipc://@name", on_bind);
  REQUIRE(hidden.abstract);
  REQUIRE(hidden.path == "name");
  REQUIRE(good("ipc://*", on_bind).any_path);
  REQUIRE(good("ipc://" + path_107, on_bind).path == path_107);
  REQUIRE(good("ipc://a;b:c", on_bind).path == "a;b:c");
}

TEST_CASE("inproc endpoints") {
  const endpoint got = good("inproc://#1", on_bind);
  REQUIRE(got.transport == transport_kind::inproc);
  REQUIRE(got.name == "#1");
  REQUIRE(good("inproc://" + name_256, on_connect).name == name_256);
  REQUIRE(good("inproc://a://b", on_connect).name == "a://b");
}

TEST_CASE("udp endpoints") {
  const endpoint plain = good("udp://127.0.0.1:5555", on_connect);
  REQUIRE(plain.transport == transport_kind::udp);
  REQUIRE(plain.remote.host == "127.0.0.1");
  REQUIRE(plain.remote.port == 5555);
  REQUIRE_FALSE(plain.source.present);
  REQUIRE(good("udp://*:*", on_bind).remote.any_host);
  REQUIRE(good("udp://lo:*", on_bind).remote.host == "lo");
  REQUIRE(good("udp://server1:9", on_connect).remote.host == "server1");
  for (const endpoint_use use : {on_bind, on_connect}) {
    const endpoint group = good("udp://eth0;239.0.0.1:5555", use);
    REQUIRE(group.source.present);
    REQUIRE(group.source.host == "eth0");
    REQUIRE(group.remote.host == "239.0.0.1");
    const endpoint v6 = good("udp://[fe80::1];[ff02::1]:5555", use);
    REQUIRE(v6.source.bracketed);
    REQUIRE(v6.remote.host == "ff02::1");
    REQUIRE(good("udp://*;239.0.0.1:5", use).source.any_host);
  }
}

TEST_CASE("what goes with which transport") {
  using enum socket_type;
  using enum transport_kind;
  CHECK(goes_with(udp, radio, on_connect));
  CHECK_FALSE(goes_with(udp, radio, on_bind));
  CHECK(goes_with(udp, dish, on_bind));
  CHECK_FALSE(goes_with(udp, dish, on_connect));
  CHECK(goes_with(udp, dgram, on_bind));
  CHECK_FALSE(goes_with(udp, dgram, on_connect));
  CHECK_FALSE(goes_with(udp, push, on_connect));
  for (const transport_kind other : {tcp, ipc, inproc}) {
    CHECK(goes_with(other, radio, on_bind));
    CHECK(goes_with(other, push, on_connect));
    CHECK_FALSE(goes_with(other, dgram, on_bind));
    CHECK_FALSE(goes_with(other, dgram, on_connect));
  }
}

TEST_CASE("what is refused, and why") {
  const bad_case cases[] = {
    {"", on_bind, errc::invalid_argument, "transport://address"},
    {"tcp", on_bind, errc::invalid_argument, "transport://address"},
    {"tcp:/x:1", on_bind, errc::invalid_argument, "transport://address"},
    {"://x:1", on_bind, errc::invalid_argument, "transport://address"},
    {"tcp://", on_bind, errc::invalid_argument, "is empty"},
    {"http://x:80", on_bind, errc::protocol_not_supported, "transport"},
    {"TCP://x:80", on_bind, errc::protocol_not_supported, "transport"},
    {"pgm://x:80", on_bind, errc::protocol_not_supported, "transport"},
    {"tcp://host", on_connect, errc::invalid_argument, "port is missing"},
    {"tcp://host:", on_connect, errc::invalid_argument, "port is missing"},
    {"tcp://[::1]", on_connect, errc::invalid_argument, "port is missing"},
    {"tcp://host:x", on_connect, errc::invalid_argument, "number"},
    {"tcp://host:-1", on_bind, errc::invalid_argument, "number"},
    {"tcp://host:+1", on_bind, errc::invalid_argument, "number"},
    {"tcp://host: 1", on_bind, errc::invalid_argument, "number"},
    {"tcp://host:1 ", on_bind, errc::invalid_argument, "number"},
    {"tcp://host:1/path", on_bind, errc::invalid_argument, "number"},
    {"tcp://host:65536", on_bind, errc::invalid_argument, "above 65535"},
    {"tcp://host:99999999999999999999", on_bind, errc::invalid_argument,
     "above 65535"},
    {"tcp://host:0", on_connect, errc::invalid_argument, "port 0"},
    {"tcp://host:*", on_connect, errc::invalid_argument, "port *"},
    {"tcp://*:1", on_connect, errc::invalid_argument, "host *"},
    {"tcp://:1", on_connect, errc::invalid_argument, "host is missing"},
    {"tcp://a:1;b:2", on_bind, errc::invalid_argument, "source"},
    {"tcp://a;b:2", on_connect, errc::invalid_argument, "port is missing"},
    {"tcp://a:1;", on_connect, errc::invalid_argument, "port is missing"},
    {"tcp://a:1;b:2;c:3", on_connect, errc::invalid_argument, ""},
    {"tcp://::1:5", on_connect, errc::invalid_argument, "brackets"},
    {"tcp://[host]:5", on_connect, errc::invalid_argument, "IPv6"},
    {"tcp://[]:5", on_connect, errc::invalid_argument, "IPv6"},
    {"tcp://[:5", on_connect, errc::invalid_argument, ""},
    {"tcp://[::1%]:5", on_connect, errc::invalid_argument, "zone"},
    {"tcp://ho st:5", on_connect, errc::invalid_argument, "character"},
    {"tcp://user@host/:5", on_connect, errc::invalid_argument, "character"},
    {"tcp://" + std::string(256, 'h') + ":5", on_connect,
     errc::invalid_argument, "255"},
    {std::string("tcp://h\0st:5", 12), on_connect, errc::invalid_argument,
     "zero byte"},
    {"ipc://", on_bind, errc::invalid_argument, "is empty"},
    {"ipc://@", on_bind, errc::invalid_argument, "abstract"},
    {"ipc://*", on_connect, errc::invalid_argument, "path *"},
    {"ipc://" + path_107 + "p", on_bind, errc::name_too_long, "107"},
    {"ipc://@" + path_107, on_bind, errc::name_too_long, "107"},
    {"inproc://", on_bind, errc::invalid_argument, "is empty"},
    {"udp://", on_bind, errc::invalid_argument, "is empty"},
    {"udp://x", on_bind, errc::invalid_argument, "port is missing"},
    {"udp://x:70000", on_bind, errc::invalid_argument, "above 65535"},
    {"udp://x:0", on_connect, errc::invalid_argument, "port 0"},
    {"udp://*:1", on_connect, errc::invalid_argument, "host *"},
    {"udp://ff02::1:5", on_bind, errc::invalid_argument, "brackets"},
    {"udp://;239.0.0.1:5", on_bind, errc::invalid_argument, "interface"},
    {"udp://e;*:5", on_bind, errc::invalid_argument, "interface"},
    {"udp://e;f;239.0.0.1:5", on_bind, errc::invalid_argument, "character"},
    {"udp://e:1;239.0.0.1:5", on_bind, errc::invalid_argument, "brackets"},
    {"inproc://" + name_256 + "n", on_bind, errc::invalid_argument, "256"},
  };
  for (const bad_case& each : cases) {
    INFO(each.text);
    const auto got = parse_endpoint(each.text, each.use);
    REQUIRE_FALSE(got);
    REQUIRE(got.code() == each.code);
    REQUIRE_FALSE(got.why().rule.empty());
    REQUIRE_THAT(got.why().rule, Catch::Contains(each.rule));
  }
}
