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

TEST_CASE("TCP_ACCEPT_FILTER gathers networks, an empty one clears") {
  socket_options in;
  const auto filter = [&](std::string text) {
    return set(in, option::tcp_accept_filter.id, std::move(text));
  };
  REQUIRE(filter("10.0.0.0/8") == "accepted");
  REQUIRE(filter("::1") == "accepted");
  REQUIRE(filter("10.0.0.0/8") == "accepted");
  REQUIRE(
    in.gathered.tcp_accept_filters
    == std::vector{*parse_ip_network("10.0.0.0/8"), *parse_ip_network("::1")});
  REQUIRE(filter("10.0.0.0/40") == "the bits behind the / must be 0 to 32");
  REQUIRE(filter("localhost")
          == "must be an IPv4 or IPv6 address, or one with /BITS");
  REQUIRE(filter(std::string(256, '1'))
          == "must be 0 to 255 bytes long, not 256");
  REQUIRE(in.gathered.tcp_accept_filters.size() == 2);
  REQUIRE(filter("") == "accepted");
  REQUIRE(in.gathered.tcp_accept_filters.empty());
}

TEST_CASE("IPC filters gather numbers, of any size that the system has") {
  socket_options in;
  REQUIRE(set(in, option::ipc_filter_uid.id, 0) == "accepted");
  REQUIRE(set(in, option::ipc_filter_uid.id, -2) == "accepted");
  REQUIRE(set(in, option::ipc_filter_gid.id, 7) == "accepted");
  REQUIRE(set(in, option::ipc_filter_pid.id, 1) == "accepted");
  REQUIRE(in.gathered.ipc_uids
          == std::vector<std::uint32_t>{0, 4'294'967'294U});
  REQUIRE(in.gathered.ipc_gids == std::vector<std::uint32_t>{7});
  REQUIRE(in.gathered.ipc_pids == std::vector<std::int32_t>{1});
  const auto before = in.gathered;
  REQUIRE(set(in, option::ipc_filter_pid.id, 0)
          == "must be 1 to 2147483647, not 0");
  for (const int id : {option::ipc_filter_uid.id, option::ipc_filter_gid.id})
    REQUIRE(set(in, id, -1) == "must not be -1, which is nobody's number");
  REQUIRE(in.gathered == before);
}

TEST_CASE("filters are bounded") {
  socket_options in;
  for (int i = 1; i <= static_cast<int>(most_filters); ++i)
    REQUIRE(set(in, option::ipc_filter_pid.id, i) == "accepted");
  REQUIRE(set(in, option::ipc_filter_pid.id, 5) == "accepted"); // there already
  REQUIRE(set(in, option::ipc_filter_pid.id, 5000)
          == "there must be no more than 1000 of them");
}

TEST_CASE("filters are cleared by no bytes at all, by the raw door") {
  const auto raw = [](socket_options& in, int id) {
    const auto why = set_raw_option(in, socket_type::pull, id, {},
                                    option_moment::has_endpoints);
    return why ? why->rule : "accepted";
  };
  socket_options in;
  for (const int id : {option::ipc_filter_pid.id, option::ipc_filter_uid.id,
                       option::ipc_filter_gid.id})
    REQUIRE(set(in, id, 1) == "accepted");
  REQUIRE(set(in, option::tcp_accept_filter.id, std::string{"::1"})
          == "accepted");
  REQUIRE(add(in, "X-a:1") == "accepted");
  const auto metadata = in.gathered.metadata;
  for (const int id : {option::ipc_filter_pid.id, option::ipc_filter_uid.id,
                       option::ipc_filter_gid.id, option::tcp_accept_filter.id})
    REQUIRE(raw(in, id) == "accepted");
  REQUIRE(raw(in, option::metadata.id)
          == "must be 4 to 65535 bytes long, not 0");
  gathered_options left;
  left.metadata = metadata;
  REQUIRE(in.gathered == left);
}
