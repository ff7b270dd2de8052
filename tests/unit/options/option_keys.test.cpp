// SPDX-License-Identifier: MPL-2.0
//
// The typed keys: what compiles, and what must not.

#include <chrono>
#include <string>
#include <string_view>

#include "tests/support/catch.hpp"
#include "zmqrt/option.hpp"

using namespace zmqrt;
using namespace std::chrono_literals;

namespace {

template <class Key, class Value>
constexpr bool takes(Key, const Value&) {
  return settable_with<Key, Value>;
}

template <class Key>
constexpr bool answers(Key) {
  return gettable<Key>;
}

} // namespace

TEST_CASE("a number for a number, nothing narrower") {
  STATIC_REQUIRE(takes(option::rcvhwm, 100));
  STATIC_REQUIRE(takes(option::rcvhwm, short{1}));
  STATIC_REQUIRE(takes(option::maxmsgsize, 100));
  STATIC_REQUIRE(takes(option::affinity, 3U));
  STATIC_REQUIRE_FALSE(takes(option::rcvhwm, 1.5));
  STATIC_REQUIRE_FALSE(takes(option::rcvhwm, 1L));
  STATIC_REQUIRE_FALSE(takes(option::rcvhwm, true));
  STATIC_REQUIRE_FALSE(takes(option::rcvhwm, 'x'));
  STATIC_REQUIRE_FALSE(takes(option::rcvhwm, 5ms));
  STATIC_REQUIRE_FALSE(takes(option::rcvhwm, "5"));
}

TEST_CASE("a duration for a duration, without loss") {
  STATIC_REQUIRE(takes(option::linger, 5ms));
  STATIC_REQUIRE(takes(option::linger, 5s));
  STATIC_REQUIRE(takes(option::linger, infinite));
  STATIC_REQUIRE_FALSE(takes(option::linger, 5us));
  STATIC_REQUIRE_FALSE(takes(option::linger, 5));
  STATIC_REQUIRE_FALSE(takes(option::linger, 5.0));
}

TEST_CASE("a bool for a bool, a text for a text") {
  STATIC_REQUIRE(takes(option::immediate, true));
  STATIC_REQUIRE_FALSE(takes(option::immediate, 1));
  STATIC_REQUIRE(takes(option::tcp_congestion, "reno"));
  STATIC_REQUIRE(settable_with<decltype(option::tcp_congestion), std::string>);
  STATIC_REQUIRE(takes(option::routing_id, std::string_view{}));
  STATIC_REQUIRE_FALSE(takes(option::tcp_congestion, 5));
}

TEST_CASE("read-only options cannot be set") {
  STATIC_REQUIRE_FALSE(takes(option::rcvmore, true));
  STATIC_REQUIRE_FALSE(takes(option::last_endpoint, "x"));
  STATIC_REQUIRE(answers(option::last_endpoint));
  STATIC_REQUIRE(answers(option::rcvhwm));
  STATIC_REQUIRE_FALSE(gettable<option_key<int, 0, option_access::set_only>>);
}

TEST_CASE("numbers are libzmq's, aliases are the same key") {
  STATIC_REQUIRE(option::sndhwm.id == 23);
  STATIC_REQUIRE(option::linger.id == 17);
  STATIC_REQUIRE(option::identity.id == 5);
  STATIC_REQUIRE(option::tcp_congestion.id == 10001);
  REQUIRE(infinite.count() == -1);
}
