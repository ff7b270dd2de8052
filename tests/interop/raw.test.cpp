// SPDX-License-Identifier: MPL-2.0
//
// zmqrt with a peer that speaks ZMTP 1.0, 2.0, 3.0 and 3.1 by hand, in one
// piece and byte by byte (RFC 13, 15, 23, 37).

#include "tests/interop/peer.hpp"
#include "tests/interop/zmqrt_side.hpp"

namespace zmqrt::test {

namespace {

const traffic some{200, {0, 1, 253, 254, 255, 256, 70'000}, 2};
const traffic few{20, {0, 5, 300}, 2};

/// A socket of ours and a peer that writes ZMTP by hand; connected, before any
/// byte was said.
struct by_hand {
  by_hand(const place& where, socket_type type, bool we_bind = true)
    : ctx(make_context(where.backend)), ours(make_socket(ctx, type)) {
    if (we_bind) {
      const auto endpoint =
        ours.bind(fresh_endpoint(where.transport, directory));
      raw.ask({{"do", "connect"}, {"endpoint", endpoint}});
      return;
    }
    const auto endpoint = where.transport == "tcp" ? "tcp://127.0.0.1:0"
                                                   : directory.endpoint("raw");
    const auto bound = raw.ask({{"do", "listen"}, {"endpoint", endpoint}});
    ours.connect(std::string{bound.at("endpoint")});
    raw.ask({{"do", "accept"}});
  }

  temporary_directory directory;
  context ctx;
  peer raw{implementation::raw};
  socket ours;
};

json shake_hands(peer& raw, const std::string& version, const std::string& type,
                 bool trickle = false, const std::string& with = "") {
  return raw.ask({{"do", "handshake"},
                  {"version", version},
                  {"type", type},
                  {"trickle", trickle},
                  {"with", with}});
}

} // namespace

TEST_CASE("raw: every version of ZMTP pushes to us and pulls from us") {
  ON_EVERY(where, wires());
  const std::string version = GENERATE("1.0", "2.0", "3.0", "3.1");
  const auto we_bind = GENERATE(true, false);
  CAPTURE(version, we_bind);
  SECTION("pushes") {
    by_hand it{where, socket_type::pull, we_bind};
    const auto said = shake_hands(it.raw, version, "PUSH");
    if (version != "1.0")
      REQUIRE(said.at("type") == "PULL");
    it.raw.start_send(some);
    const auto sum = recv_traffic(it.ours, some.count);
    REQUIRE(it.raw.sent() == sum);
  }
  SECTION("pulls") {
    by_hand it{where, socket_type::push, we_bind};
    shake_hands(it.raw, version, "PULL");
    it.raw.start_recv(some.count);
    const auto sum = send_traffic(it.ours, some);
    REQUIRE(it.raw.received() == sum);
  }
}

TEST_CASE("raw: byte by byte is the same") {
  ON_EVERY(where, over_tcp());
  const std::string version = GENERATE("1.0", "2.0", "3.0", "3.1");
  CAPTURE(version);
  by_hand it{where, socket_type::pull};
  shake_hands(it.raw, version, "PUSH", true);
  it.raw.tell({{"do", "send"},
               {"count", few.count},
               {"sizes", few.sizes},
               {"frames", few.frames},
               {"first", 0},
               {"trickle", true}});
  const auto sum = recv_traffic(it.ours, few.count);
  REQUIRE(it.raw.sent() == sum);
}

TEST_CASE("raw: a message in the segment that ends the handshake arrives") {
  ON_EVERY(where, over_tcp());
  const auto we_bind = GENERATE(true, false);
  CAPTURE(we_bind);
  by_hand it{where, socket_type::pull, we_bind};
  // "early" in the framing of 1.0 and of 2.0 and later.
  const std::string version = GENERATE("1.0", "2.0", "3.0");
  const auto hello = version == "1.0" ? "06006561726c79" : "00056561726c79";
  shake_hands(it.raw, version, "PUSH", false, hello);
  REQUIRE(it.ours.recv().str() == "early");
}

TEST_CASE("raw: a PING between two frames is answered and disturbs nothing") {
  ON_EVERY(where, over_tcp());
  by_hand it{where, socket_type::pull};
  shake_hands(it.raw, "3.1", "PUSH");
  // MORE "a"; PING with TTL 0 and context "ctx"; last "b".
  it.raw.ask({{"do", "write"},
              {"hex", "010161"
                      "040a0450494e470000637478"
                      "000162"}});
  const auto got = it.ours.recv();
  REQUIRE(got.size() == 2);
  REQUIRE(got[0].view() == "a");
  REQUIRE(got[1].view() == "b");
  // PONG echoes the context (RFC 37, "Heartbeating").
  const auto answer = it.raw.ask({{"do", "read"}, {"count", 10}});
  REQUIRE(answer.at("hex") == "040804504f4e47637478");
}

TEST_CASE("raw: a message cut short by the peer's death is not delivered") {
  ON_EVERY(where, over_tcp());
  const std::string cut = GENERATE("half_message", "half_multipart");
  const auto ending = GENERATE("close", "reset");
  CAPTURE(cut, ending);
  auto ctx = make_context(where.backend);
  auto pull = make_socket(ctx, socket_type::pull);
  auto events = pull.monitor();
  const auto endpoint = pull.bind("tcp://127.0.0.1:*");
  peer raw{implementation::raw};
  raw.ask({{"do", "connect"}, {"endpoint", endpoint}});
  raw.ask({{"do", "garbage"}, {"kind", cut}});
  await_event(events, event_kind::handshake_succeeded);
  raw.ask({{"do", ending}});
  await_event(events, event_kind::disconnected);
  // The next message heard is a whole one, from somebody else.
  peer whole{implementation::raw};
  whole.ask({{"do", "connect"}, {"endpoint", endpoint}});
  shake_hands(whole, "3.0", "PUSH");
  whole.ask({{"do", "say"}, {"frames", {"whole"}}});
  REQUIRE(pull.recv().str() == "whole");
}

TEST_CASE("raw: an old peer's identity is known") {
  ON_EVERY(where, over_tcp());
  const std::string version = GENERATE("1.0", "2.0");
  CAPTURE(version);
  by_hand it{where, socket_type::pull};
  it.raw.ask({{"do", "handshake"},
              {"version", version},
              {"type", "PUSH"},
              {"identity", "someone"}});
  it.raw.ask({{"do", "say"}, {"frames", {"hello", "there"}}});
  const auto got = it.ours.recv();
  REQUIRE(got.size() == 2);
  REQUIRE(got[1].view() == "there");
  REQUIRE(got.property("Routing-Id") == "someone");
  REQUIRE(got.property("Identity") == "someone");
}

} // namespace zmqrt::test
