// SPDX-License-Identifier: MPL-2.0
//
// Command bodies: taken apart, made, and refused.

#include "libzmqrt/wire/commands.hpp"

#include "libzmqrt/wire/null_mechanism.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/wire/feeder.hpp"

using namespace zmqrt;
using namespace zmqrt::wire;
using namespace zmqrt::wire_test;

TEST_CASE("Commands are told apart by their names") {
  const std::pair<const char*, command_kind> rows[] = {
    {"READY", command_kind::ready},         {"ERROR", command_kind::error},
    {"PING", command_kind::ping},           {"PONG", command_kind::pong},
    {"SUBSCRIBE", command_kind::subscribe}, {"CANCEL", command_kind::cancel},
    {"JOIN", command_kind::join},           {"LEAVE", command_kind::leave},
    {"ping", command_kind::unknown},        {"PINGS", command_kind::unknown},
    {"P", command_kind::unknown},
  };
  for (const auto& [name, kind] : rows) {
    INFO(name);
    std::string frame;
    append_command(frame, name, "data");
    CHECK(frame[0] == 0x04);
    command got;
    REQUIRE_FALSE(parse_command(octets(frame).subspan(2), got));
    CHECK(got.kind == kind);
    CHECK(got.name == name);
    CHECK(got.data.size() == 4);
  }
}

TEST_CASE("A long command has a long header") {
  std::string frame;
  append_command(frame, "READY", std::string(300, 'x'));
  CHECK(frame.substr(0, 9) == hex("06 0000000000000132"));
}

TEST_CASE("A command without a proper name is malformed") {
  for (const char* body : {"", "00", "00 41", "02 41", "ff"}) {
    INFO(body);
    command got;
    const std::string text = hex(body);
    const verdict bad = parse_command(octets(text), got);
    REQUIRE(bad);
    CHECK(bad->detail == protocol_detail::malformed_command);
  }
}

TEST_CASE("PING has a TTL and a context") {
  ping got;
  const std::string text = hex("0102 6374 78");
  REQUIRE_FALSE(parse_ping(octets(text), got));
  CHECK(got.ttl_deciseconds == 0x0102);
  CHECK(got.context.size() == 3);
  const std::string longer(40, 'c');
  REQUIRE_FALSE(parse_ping(octets(longer), got));
  CHECK(got.context.size() == max_ping_context);
  CHECK(parse_ping(octets("x"), got));
  CHECK(parse_ping({}, got));
}

TEST_CASE("ERROR has a reason, which may be a ZAP status") {
  struct row {
    const char* data;
    const char* text;
    std::uint32_t status;
  };
  const row rows[] = {
    {"03 343030", "400", 400}, {"03 333030", "300", 300},
    {"03 323030", "200", 0},   {"00", "", 0},
    {"02 6e6f 78", "no", 0}, // what is behind the reason does not matter
  };
  for (const row& want : rows) {
    const std::string data = hex(want.data);
    const verdict got = refused_by_peer(octets(data));
    REQUIRE(got);
    CHECK(got->text == want.text);
    CHECK(got->auth_status == want.status);
  }
  for (const char* lie : {"", "02 41", "ff"}) {
    const std::string data = hex(lie);
    CHECK(refused_by_peer(octets(data))->detail
          == protocol_detail::malformed_error);
  }
}
