// SPDX-License-Identifier: MPL-2.0
//
// The option table by its typed door: defaults, ranges, refusals.

#include "libzmqrt/options/option_table.hpp"

#include <algorithm>
#include <set>
#include <string>

#include "tests/support/catch.hpp"

using namespace zmqrt;
using std::chrono::milliseconds;

namespace {

struct fixed_live final : live_options {
  [[nodiscard]] option_value live_option(int id) const override {
    if (id == option::last_endpoint.id)
      return std::string{"tcp://127.0.0.1:5"};
    return id;
  }
};

std::string rule_of(int id, option_value value,
                    socket_type of = socket_type::push,
                    option_moment when = option_moment::fresh) {
  socket_options in;
  const auto why = set_option(in, of, id, std::move(value), when);
  if (!why)
    return "accepted";
  REQUIRE(why->code == errc::invalid_argument);
  return why->rule;
}

template <class Value>
Value got(const socket_options& from, int id) {
  const auto value = get_option(from, id, fixed_live{});
  REQUIRE(value);
  return std::get<Value>(*value);
}

} // namespace

TEST_CASE("defaults are libzmq's") {
  const socket_options fresh;
  REQUIRE(fresh.sndhwm == 1000);
  REQUIRE(fresh.rcvhwm == 1000);
  REQUIRE(fresh.linger == infinite);
  REQUIRE(fresh.rcvtimeo == infinite);
  REQUIRE(fresh.reconnect_ivl == milliseconds{100});
  REQUIRE(fresh.reconnect_ivl_max == milliseconds{0});
  REQUIRE(fresh.backlog == 100);
  REQUIRE(fresh.handshake_ivl == milliseconds{30000});
  REQUIRE(fresh.maxmsgsize == -1);
  REQUIRE(fresh.sndbuf == -1);
  REQUIRE(fresh.tcp_keepalive == -1);
  REQUIRE_FALSE(fresh.ipv6);
  REQUIRE_FALSE(fresh.immediate);
  REQUIRE(fresh.multicast_maxtpdu == 1500);
}

TEST_CASE("numbers and names are there once") {
  std::set<int> ids;
  std::set<std::string_view> names;
  for (const option_spec& spec : all_options()) {
    INFO(spec.name);
    REQUIRE(ids.insert(spec.id).second);
    REQUIRE(names.insert(spec.name).second);
    REQUIRE(find_option(spec.id) == &spec);
    REQUIRE(option_name(spec.id) == spec.name);
  }
  REQUIRE(find_option(4711) == nullptr);
  REQUIRE(option_name(4711) == "option 4711");
}

TEST_CASE("every default that may be set is within its own rules") {
  const socket_options fresh;
  for (const option_spec& spec : all_options()) {
    if (spec.access != option_access::set_get)
      continue;
    INFO(spec.name);
    const auto value = get_option(fresh, spec.id, fixed_live{});
    REQUIRE(value);
    socket_options in;
    unsigned type = 0;
    while ((spec.sockets >> type & 1U) == 0)
      ++type;
    const auto why = set_option(in, static_cast<socket_type>(type), spec.id,
                                *value, option_moment::fresh);
    // An empty routing id means none, and cannot be asked for.
    REQUIRE(why.has_value() == (spec.id == option::routing_id.id));
    const auto again = get_option(in, spec.id, fixed_live{});
    REQUIRE(*again == *value);
  }
}

TEST_CASE("what is set is what is got") {
  socket_options in;
  const auto set = [&in](int id, option_value value) {
    return !set_option(in, socket_type::pull, id, std::move(value),
                       option_moment::has_endpoints);
  };
  REQUIRE(set(option::rcvhwm.id, 7));
  REQUIRE(set(option::linger.id, milliseconds{50}));
  REQUIRE(set(option::maxmsgsize.id, std::int64_t{1} << 40));
  REQUIRE(set(option::immediate.id, true));
  REQUIRE(set(option::tcp_congestion.id, std::string{"cubic"}));
  REQUIRE_FALSE(set(option::affinity.id, std::uint64_t{1})); // too late
  REQUIRE_FALSE(set_option(in, socket_type::pull, option::affinity.id,
                           ~std::uint64_t{0}, option_moment::fresh));
  REQUIRE(in.rcvhwm == 7);
  REQUIRE(in.linger == milliseconds{50});
  REQUIRE(got<int>(in, option::rcvhwm.id) == 7);
  REQUIRE(got<std::int64_t>(in, option::maxmsgsize.id) == 1LL << 40);
  REQUIRE(got<bool>(in, option::immediate.id));
  REQUIRE(got<std::string>(in, option::tcp_congestion.id) == "cubic");
  REQUIRE(got<std::uint64_t>(in, option::affinity.id) == ~std::uint64_t{0});
  REQUIRE(got<std::string>(in, option::last_endpoint.id)
          == "tcp://127.0.0.1:5");
}

TEST_CASE("what bounds a read and a write") {
  socket_options in;
  REQUIRE(in.read_bytes() == 65536);
  REQUIRE(in.write_bytes() == 262144);
  in.in_batch_size = 5000;
  in.out_batch_size = 6000;
  REQUIRE(in.read_bytes() == 5000);
  REQUIRE(in.write_bytes() == 6000);
  in.recv_batch_bytes = 4096;
  in.sndbatch_bytes = 1;
  REQUIRE(in.read_bytes() == 4096);
  REQUIRE(in.write_bytes() == 1);
  in.in_batch_size = 8192; // libzmq's default says nothing
  in.out_batch_size = 8192;
  in.recv_batch_bytes = 1'000'000;
  in.sndbatch_bytes = 2'000'000;
  REQUIRE(in.read_bytes() == 1'000'000);
  REQUIRE(in.write_bytes() == 2'000'000);
}

TEST_CASE("refusals say the rule and change nothing") {
  REQUIRE(rule_of(option::sndhwm.id, -1) == "must be 0 or more, not -1");
  REQUIRE(rule_of(option::linger.id, milliseconds{-2})
          == "must be -1 or more milliseconds, not -2");
  REQUIRE(rule_of(option::linger.id, milliseconds{std::int64_t{1} << 31})
          == "must be -1 to 2147483647 milliseconds, not 2147483648");
  REQUIRE(rule_of(option::heartbeat_ttl.id, milliseconds{6553600})
          == "must be 0 to 6553599 milliseconds, not 6553600");
  REQUIRE(rule_of(option::heartbeat_ttl.id, milliseconds{6553500})
          == "accepted");
  REQUIRE(rule_of(option::tcp_keepalive.id, 2) == "must be -1 to 1, not 2");
  for (const int id :
       {option::tcp_keepalive_cnt.id, option::tcp_keepalive_idle.id,
        option::tcp_keepalive_intvl.id}) {
    REQUIRE(rule_of(id, -1) == "accepted");
    REQUIRE(rule_of(id, 1) == "accepted");
    REQUIRE(rule_of(id, 0) == "must be -1 or more than 0, not 0");
    REQUIRE(rule_of(id, -2) == "must be -1 or more than 0, not -2");
  }
  REQUIRE(rule_of(option::routing_id.id, std::string(256, 'x'))
          == "must be 1 to 255 bytes long, not 256");
  REQUIRE(rule_of(option::rcvhwm.id, true) == "takes a value of another type");
  REQUIRE(rule_of(option::rcvhwm.id, std::string{"7"})
          == "takes a value of another type");
  REQUIRE(rule_of(option::last_endpoint.id, std::string{"x"})
          == "is read-only");
  REQUIRE(rule_of(4711, 1) == "there is no option of this number");
  REQUIRE(rule_of(option::tcp_congestion.id, std::string("a\0b", 3))
          == "must not contain a zero byte");
  REQUIRE(rule_of(option::routing_id.id, std::string("a\0b", 3)) == "accepted");
  const auto proxy = [](const char* text) {
    return rule_of(option::socks_proxy.id, std::string{text});
  };
  REQUIRE(proxy("") == "accepted");
  REQUIRE(proxy("proxy.test:1080") == "accepted");
  REQUIRE(proxy("[::1]:1080") == "accepted");
  REQUIRE(proxy("proxy.test") == "the port is missing");
  REQUIRE(proxy("a:1;b:2") == "has the form host:port");
  socket_options in;
  REQUIRE(set_option(in, socket_type::push, option::sndhwm.id, -1,
                     option_moment::fresh));
  REQUIRE(in.sndhwm == 1000);
  REQUIRE_FALSE(get_option(in, 4711, fixed_live{}));
}

TEST_CASE("wrong socket type and too late") {
  REQUIRE(rule_of(option::conflate.id, true, socket_type::pair)
          == "does not apply to a PAIR socket");
  REQUIRE(rule_of(option::conflate.id, true, socket_type::pull) == "accepted");
  REQUIRE(rule_of(option::conflate.id, true, socket_type::pull,
                  option_moment::has_endpoints)
          == "must be set before the first bind or connect");
  REQUIRE(rule_of(option::rcvhwm.id, 5, socket_type::pull,
                  option_moment::has_endpoints)
          == "accepted");
}

TEST_CASE("the heartbeat's timeout is its interval unless it is set") {
  socket_options in;
  REQUIRE(in.silence_limit() == milliseconds{0});
  in.heartbeat_ivl = milliseconds{200};
  REQUIRE(in.silence_limit() == milliseconds{200});
  in.heartbeat_timeout = milliseconds{50};
  REQUIRE(in.silence_limit() == milliseconds{50});
}
