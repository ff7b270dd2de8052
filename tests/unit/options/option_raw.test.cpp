// SPDX-License-Identifier: MPL-2.0
//
// The options by libzmq's numbers and representations.

#include <cstring>
#include <string>
#include <vector>

#include "libzmqrt/options/option_table.hpp"
#include "tests/support/catch.hpp"

using namespace zmqrt;

namespace {

struct no_live final : live_options {
  [[nodiscard]] option_value live_option(int id) const override {
    if (id == option::rcvmore.id)
      return true;
    if (id == option::last_endpoint.id)
      return std::string{"ipc://x"};
    return 3;
  }
};

template <class T>
std::vector<std::byte> raw(T value) {
  std::vector<std::byte> bytes(sizeof value);
  std::memcpy(bytes.data(), &value, sizeof value);
  return bytes;
}

std::vector<std::byte> raw_text(const char* text, std::size_t size) {
  const auto bytes = std::as_bytes(std::span{text, size});
  return {bytes.begin(), bytes.end()};
}

std::string set(socket_options& in, int id,
                const std::vector<std::byte>& value) {
  const auto why =
    set_raw_option(in, socket_type::push, id, value, option_moment::fresh);
  return why ? why->rule : "accepted";
}

std::vector<std::byte> get(const socket_options& in, int id) {
  auto value = get_raw_option(in, id, no_live{});
  REQUIRE(value);
  return *value;
}

} // namespace

TEST_CASE("ints for numbers, booleans and milliseconds") {
  socket_options in;
  REQUIRE(set(in, 23, raw(5)) == "accepted");
  REQUIRE(in.sndhwm == 5);
  REQUIRE(get(in, 23) == raw(5));
  REQUIRE(set(in, 17, raw(-1)) == "accepted");
  REQUIRE(in.linger == infinite);
  REQUIRE(get(in, 17) == raw(-1));
  REQUIRE(set(in, 39, raw(1)) == "accepted");
  REQUIRE(in.immediate);
  REQUIRE(get(in, 39) == raw(1));
  REQUIRE(set(in, 39, raw(2)) == "must be 0 or 1, not 2");
  REQUIRE(set(in, 17, raw(-2)) == "must be -1 or more milliseconds, not -2");
}

TEST_CASE("eight bytes for what counts in eight bytes") {
  socket_options in;
  REQUIRE(set(in, 22, raw(std::int64_t{1} << 33)) == "accepted");
  REQUIRE(in.maxmsgsize == std::int64_t{1} << 33);
  REQUIRE(get(in, 22) == raw(std::int64_t{1} << 33));
  REQUIRE(set(in, 22, raw(5)) == "takes 8 bytes, not 4");
  REQUIRE(set(in, 4, raw(~std::uint64_t{0})) == "accepted");
  REQUIRE(get(in, 4) == raw(~std::uint64_t{0}));
}

TEST_CASE("wrong sizes") {
  socket_options in;
  REQUIRE(set(in, 23, {}) == "takes 4 bytes, not 0");
  REQUIRE(set(in, 23, raw(std::int64_t{5})) == "takes 4 bytes, not 8");
  REQUIRE(set(in, 39, raw(char{1})) == "takes 4 bytes, not 1");
  REQUIRE(set(in, 4711, raw(1)) == "there is no option of this number");
  REQUIRE(set(in, 16, raw(1)) == "is read-only");
  REQUIRE(in.sndhwm == 1000);
}

TEST_CASE("texts with and without a final zero, bytes as they are") {
  socket_options in;
  REQUIRE(set(in, 92, raw_text("eth0", 5)) == "accepted");
  REQUIRE(in.bindtodevice == "eth0");
  REQUIRE(set(in, 92, raw_text("eth1", 4)) == "accepted");
  REQUIRE(in.bindtodevice == "eth1");
  REQUIRE(get(in, 92) == raw_text("eth1", 5));
  REQUIRE(set(in, 92, raw_text("e\0h", 3)) == "must not contain a zero byte");
  REQUIRE(set(in, 92, {}) == "accepted");
  REQUIRE(in.bindtodevice.empty());
  REQUIRE(set(in, 5, raw_text("i\0", 2)) == "accepted");
  REQUIRE(in.routing_id == std::string("i\0", 2));
  REQUIRE(get(in, 5) == raw_text("i\0", 2));
  REQUIRE(set(in, 5, {}) == "must be 1 to 255 bytes long, not 0");
}

TEST_CASE("IPV4ONLY is the opposite of IPV6") {
  socket_options in;
  REQUIRE(get(in, 31) == raw(1));
  REQUIRE(set(in, 31, raw(0)) == "accepted");
  REQUIRE(in.ipv6);
  REQUIRE(get(in, 31) == raw(0));
  REQUIRE(get(in, 42) == raw(1));
  REQUIRE(set(in, 31, raw(9)) == "must be 0 or 1, not 9");
}

TEST_CASE("live values") {
  const socket_options in;
  REQUIRE(get(in, option::rcvmore.id) == raw(1));
  REQUIRE(get(in, option::events.id) == raw(3));
  REQUIRE(get(in, option::last_endpoint.id) == raw_text("ipc://x", 8));
  REQUIRE_FALSE(get_raw_option(in, 4711, no_live{}));
}
