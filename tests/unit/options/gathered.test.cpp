// SPDX-License-Identifier: MPL-2.0
//
// The options that gather: their forms, their limits, what they add up to.

#include "libzmqrt/options/option_table.hpp"
#include "tests/support/catch.hpp"

using namespace zmqrt;

namespace {

std::string set(socket_options& in, int id, option_value value) {
  const auto why = set_option(in, socket_type::push, id, std::move(value),
                              option_moment::has_endpoints);
  if (!why)
    return "accepted";
  REQUIRE(why->code == errc::invalid_argument);
  return why->rule;
}

std::string add(socket_options& in, const std::string& text) {
  return set(in, option::metadata.id, text);
}

} // namespace

TEST_CASE("METADATA gathers names in their order, the first value stays") {
  socket_options in;
  REQUIRE(add(in, "X-b:2") == "accepted");
  REQUIRE(add(in, "X-a:1:1") == "accepted");
  REQUIRE(add(in, "X-b:3") == "accepted");
  REQUIRE(in.gathered.metadata
          == std::vector<std::pair<std::string, std::string>>{{"X-a", "1:1"},
                                                              {"X-b", "2"}});
}

TEST_CASE("METADATA of another form is refused and changes nothing") {
  socket_options in;
  for (const char* bad : {"X-name", "X-name:"})
    REQUIRE(add(in, bad) == "has the form X-name:value");
  for (const char* bad : {":X-a", "Socket-Type:PUSH", "x-a:1"})
    REQUIRE(add(in, bad) == "the name must start with X-");
  REQUIRE(add(in, "X:1") == "must be 4 to 65535 bytes long, not 3");
  REQUIRE(add(in, std::string("X-a:\0b", 6)) == "must not contain a zero byte");
  REQUIRE(add(in, "X-" + std::string(254, 'n') + ":1")
          == "the name must not be longer than 255 bytes");
  REQUIRE(in.gathered.metadata.empty());
  REQUIRE(add(in, "X-" + std::string(253, 'n') + ":1") == "accepted");
}

TEST_CASE("METADATA is bounded by what a peer takes") {
  socket_options in;
  REQUIRE(add(in, "X-a:" + std::string(60'000, 'v')) == "accepted");
  REQUIRE(add(in, "X-b:" + std::string(2'000, 'v'))
          == "all of it together must not be longer than 61440 bytes");
  socket_options many;
  for (std::size_t i = 0; i < most_metadata_entries; ++i)
    REQUIRE(add(many, "X-" + std::to_string(i) + ":v") == "accepted");
  REQUIRE(add(many, "X-more:v") == "there must be no more than 240 names");
}
