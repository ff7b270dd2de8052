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

/// A raw connection to or from `ours`, before any byte was said.
void join(socket& ours, peer& raw, bool we_bind, const std::string& transport,
          const temporary_directory& directory) {
  if (we_bind) {
    raw.ask({{"do", "connect"},
             {"endpoint", ours.bind(fresh_endpoint(transport, directory))}});
    return;
  }
  const auto endpoint =
    transport == "tcp" ? "tcp://127.0.0.1:0" : directory.endpoint("raw");
  const auto bound = raw.ask({{"do", "listen"}, {"endpoint", endpoint}});
  ours.connect(std::string{bound.at("endpoint")});
  raw.ask({{"do", "accept"}});
}

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
  const auto backend = GENERATE(from_range(backends()));
  const std::string version = GENERATE("1.0", "2.0", "3.0", "3.1");
  const std::string transport = GENERATE("tcp", "ipc");
  const auto we_bind = GENERATE(true, false);
  CAPTURE(name_of(backend), version, transport, we_bind);
  const temporary_directory directory;
  auto ctx = make_context(backend);
  peer raw{implementation::raw};
  SECTION("pushes") {
    auto pull = make_socket(ctx, socket_type::pull);
    join(pull, raw, we_bind, transport, directory);
    const auto said = shake_hands(raw, version, "PUSH");
    if (version != "1.0")
      REQUIRE(said.at("type") == "PULL");
    raw.start_send(some);
    const auto sum = recv_traffic(pull, some.count);
    REQUIRE(raw.sent() == sum);
  }
  SECTION("pulls") {
    auto push = make_socket(ctx, socket_type::push);
    join(push, raw, we_bind, transport, directory);
    shake_hands(raw, version, "PULL");
    raw.start_recv(some.count);
    const auto sum = send_traffic(push, some);
    REQUIRE(raw.received() == sum);
  }
}

TEST_CASE("raw: byte by byte is the same") {
  const auto backend = GENERATE(from_range(backends()));
  const std::string version = GENERATE("1.0", "2.0", "3.0", "3.1");
  CAPTURE(name_of(backend), version);
  const temporary_directory directory;
  auto ctx = make_context(backend);
  peer raw{implementation::raw};
  auto pull = make_socket(ctx, socket_type::pull);
  join(pull, raw, true, "tcp", directory);
  shake_hands(raw, version, "PUSH", true);
  raw.tell({{"do", "send"},
            {"count", few.count},
            {"sizes", few.sizes},
            {"frames", few.frames},
            {"first", 0},
            {"trickle", true}});
  const auto sum = recv_traffic(pull, few.count);
  REQUIRE(raw.sent() == sum);
}

TEST_CASE("raw: a message in the segment that ends the handshake arrives") {
  const auto backend = GENERATE(from_range(backends()));
  const auto we_bind = GENERATE(true, false);
  CAPTURE(name_of(backend), we_bind);
  const temporary_directory directory;
  auto ctx = make_context(backend);
  peer raw{implementation::raw};
  auto pull = make_socket(ctx, socket_type::pull);
  join(pull, raw, we_bind, "tcp", directory);
  // "early" in the framing of 1.0 and of 2.0 and later.
  const std::string version = GENERATE("1.0", "2.0", "3.0");
  const auto hello = version == "1.0" ? "06006561726c79" : "00056561726c79";
  shake_hands(raw, version, "PUSH", false, hello);
  REQUIRE(pull.recv().str() == "early");
}

TEST_CASE("raw: a PING between two frames is answered and disturbs nothing") {
  const auto backend = GENERATE(from_range(backends()));
  CAPTURE(name_of(backend));
  const temporary_directory directory;
  auto ctx = make_context(backend);
  peer raw{implementation::raw};
  auto pull = make_socket(ctx, socket_type::pull);
  join(pull, raw, true, "tcp", directory);
  shake_hands(raw, "3.1", "PUSH");
  // MORE "a"; PING with TTL 0 and context "ctx"; last "b".
  raw.ask({{"do", "write"},
           {"hex", "010161"
                   "040a0450494e470000637478"
                   "000162"}});
  const auto got = pull.recv();
  REQUIRE(got.size() == 2);
  REQUIRE(got[0].view() == "a");
  REQUIRE(got[1].view() == "b");
  // PONG echoes the context (RFC 37, "Heartbeating").
  const auto answer = raw.ask({{"do", "read"}, {"count", 10}});
  REQUIRE(answer.at("hex") == "040804504f4e47637478");
}

TEST_CASE("raw: a message cut short by the peer's death is not delivered") {
  const auto backend = GENERATE(from_range(backends()));
  const std::string cut = GENERATE("half_message", "half_multipart");
  const auto ending = GENERATE("close", "reset");
  CAPTURE(name_of(backend), cut, ending);
  const temporary_directory directory;
  auto ctx = make_context(backend);
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
  const auto backend = GENERATE(from_range(backends()));
  const std::string version = GENERATE("1.0", "2.0");
  CAPTURE(name_of(backend), version);
  const temporary_directory directory;
  auto ctx = make_context(backend);
  peer raw{implementation::raw};
  auto pull = make_socket(ctx, socket_type::pull);
  join(pull, raw, true, "tcp", directory);
  raw.ask({{"do", "handshake"},
           {"version", version},
           {"type", "PUSH"},
           {"identity", "someone"}});
  raw.ask({{"do", "say"}, {"frames", {"hello", "there"}}});
  const auto got = pull.recv();
  REQUIRE(got.size() == 2);
  REQUIRE(got[1].view() == "there");
}

} // namespace zmqrt::test
