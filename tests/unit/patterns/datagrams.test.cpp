// SPDX-License-Identifier: MPL-2.0
//
// The patterns over UDP: a RADIO's pipes that want every group, and DGRAM.

#include <string>
#include <vector>

#include "libzmqrt/endpoint/datagram_peer.hpp"
#include "libzmqrt/message/subscription.hpp"
#include "libzmqrt/patterns/pattern.hpp"
#include "tests/support/catch.hpp"

using namespace zmqrt;
using namespace zmqrt::patterns;
using kind = delivery::kind;
using ids = std::vector<pipe_id>;

namespace {

constexpr pipe_id udp = 0;
constexpr pipe_id tcp = 1;

message to_group(std::string_view group, std::size_t size = 1) {
  message what{std::string_view{std::string(size, 'x')}};
  what.set_group(group);
  return what;
}

/// A RADIO with a pipe of either kind.
struct radio_bench {
  radio_bench() {
    for (const pipe_id pipe : {udp, tcp}) {
      pipe_id evicted = no_pipe;
      peer who;
      who.wants_all = pipe == udp;
      REQUIRE(policy->attach(pipe));
      REQUIRE(policy->plugged(pipe, who, evicted));
      policy->set_writable(pipe, true);
    }
  }
  void joins(std::string_view group) {
    const std::string said = to_text({true, group});
    policy->digest(tcp, message{std::string_view{said}});
  }
  ids who_gets(const message& what) {
    const auto how = policy->route(what);
    if (how.what != kind::to_all)
      return {};
    return {how.pipes.begin(), how.pipes.end()};
  }

  socket_options options;
  std::unique_ptr<pattern> policy = make_pattern(socket_type::radio, options);
};

} // namespace

TEST_CASE("RADIO: UDP gets every group, others what they joined") {
  radio_bench it;
  CHECK(it.who_gets(to_group("g")) == ids{udp});
  CHECK(it.who_gets(to_group("")) == ids{udp});
  it.joins("g");
  CHECK(it.who_gets(to_group("g")) == ids{tcp, udp});
  CHECK(it.who_gets(to_group("h")) == ids{udp});
  it.policy->set_writable(udp, false);
  CHECK(it.who_gets(to_group("g")) == ids{tcp});
  CHECK(it.policy->route(to_group("h")).what == kind::dropped);
  CHECK(it.policy->route(to_group("h")).missed == 1);
  it.policy->set_writable(udp, true);
  it.policy->retire(udp);
  it.policy->detach(udp);
  CHECK(it.policy->route(to_group("h")).what == kind::dropped);
}

TEST_CASE("RADIO: more than a datagram holds goes to others only") {
  radio_bench it;
  const std::size_t most = longest_datagram - 2; // its size, and "g"
  CHECK(it.who_gets(to_group("g", most)) == ids{udp});
  const auto refused = it.policy->route(to_group("g", most + 1));
  CHECK(refused.what == kind::refused);
  CHECK(refused.why == errc::message_too_long);
  it.joins("g");
  CHECK(it.who_gets(to_group("g", most)) == ids{tcp, udp});
  CHECK(it.who_gets(to_group("g", most + 1)) == ids{tcp});
}

TEST_CASE("DGRAM: an address and a body, to the one endpoint") {
  const socket_options options;
  const auto dgram = make_pattern(socket_type::dgram, options);
  const message good{"127.0.0.1:5", "body"};
  CHECK(dgram->route(good).what == kind::later);
  REQUIRE(dgram->attach(0));
  CHECK_FALSE(dgram->attach(1));
  CHECK(dgram->route(good).what == kind::later);
  dgram->set_writable(0, true);
  const auto how = dgram->route(good);
  CHECK(how.what == kind::to_one);
  CHECK(how.pipe == 0);
  CHECK(how.envelope.empty());
  CHECK(how.skip == 0);
  CHECK(dgram->route(message{"[::1]:5", ""}).what == kind::to_one);
  const std::string large(longest_datagram, 'x');
  CHECK(dgram->route(message{"127.0.0.1:5", large}).what == kind::to_one);
  const auto too_large = dgram->route(message{"127.0.0.1:5", large + 'x'});
  CHECK(too_large.what == kind::refused);
  CHECK(too_large.why == errc::message_too_long);
}

TEST_CASE("DGRAM: what is no message of it") {
  const socket_options options;
  const auto dgram = make_pattern(socket_type::dgram, options);
  REQUIRE(dgram->attach(0));
  dgram->set_writable(0, true);
  const std::vector<message> bad{
    message{"127.0.0.1:5"},
    message{"127.0.0.1:5", "a", "b"},
    message{"localhost:5", "a"},
    message{"127.0.0.1", "a"},
    message{"", "a"},
    message{"127.0.0.1:0", "a"},
  };
  for (const message& each : bad) {
    const auto how = dgram->route(each);
    CHECK(how.what == kind::refused);
    CHECK(how.why == errc::invalid_argument);
  }
}
