// SPDX-License-Identifier: MPL-2.0
//
// Metadata: round trip, and every way to lie about a length.

#include "libzmqrt/wire/metadata.hpp"

#include "tests/support/catch.hpp"
#include "tests/unit/wire/feeder.hpp"

using namespace zmqrt;
using namespace zmqrt::wire;
using namespace zmqrt::wire_test;

TEST_CASE("Properties are read as they were written") {
  std::string data;
  append_property(data, "Socket-Type", "PUSH");
  append_property(data, "X-empty", "");
  append_property(data, std::string(255, 'n'), std::string(1000, '\0'));
  peer_properties got;
  REQUIRE_FALSE(parse_metadata(octets(data), got));
  CHECK(got.entries().size() == 3);
  CHECK(*got.find("socket-type") == "PUSH");
  CHECK(got.find("X-Empty")->empty());
  CHECK(got.find(std::string(255, 'N'))->size() == 1000);
}

TEST_CASE("Metadata that is cut short anywhere is refused") {
  std::string data;
  append_property(data, "Socket-Type", "PUSH");
  append_property(data, "Identity", "me");
  const std::size_t whole[] = {0, 20, data.size()};
  for (std::size_t size = 0; size <= data.size(); ++size) {
    peer_properties got;
    const verdict bad = parse_metadata(octets(data).first(size), got);
    const bool fine =
      std::find(std::begin(whole), std::end(whole), size) != std::end(whole);
    CHECK(bad.has_value() != fine);
    if (bad)
      CHECK(bad->detail == protocol_detail::invalid_metadata);
  }
}

TEST_CASE("Metadata that lies is refused") {
  const char* const lies[] = {
    "00 00000000",       // a name of no octets
    "ff 41 00000000",    // a name beyond the end
    "01 41 00000001",    // a value beyond the end
    "01 41 80000000",    // a value of 2^31
    "01 41 ffffffff 41", // a value of 2^32 - 1
    "01 41 000000",      // half a value size
    "01 41 00000000 00", // octets left over
  };
  for (const char* lie : lies) {
    INFO(lie);
    peer_properties got;
    const std::string text = hex(lie);
    CHECK(parse_metadata(octets(text), got));
  }
}

TEST_CASE("The number of properties is bounded") {
  std::string data;
  for (std::size_t i = 0; i < max_properties; ++i)
    append_property(data, "n" + std::to_string(i), "");
  peer_properties got;
  CHECK_FALSE(parse_metadata(octets(data), got));
  append_property(data, "one more", "");
  CHECK(parse_metadata(octets(data), got));
}

TEST_CASE("Socket types have names") {
  CHECK(parse_socket_type("PULL") == socket_type::pull);
  CHECK(parse_socket_type("XSUB") == socket_type::xsub);
  CHECK_FALSE(parse_socket_type("pull"));
  CHECK(parse_socket_type("CLIENT") == socket_type::client);
  CHECK_FALSE(parse_socket_type("client"));
  CHECK_FALSE(parse_socket_type(""));
}
