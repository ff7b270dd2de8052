// SPDX-License-Identifier: MPL-2.0
//
// The peers against each other, without zmqrt: a suite that judges by them
// has to know that they are right.

#include "tests/interop/peer.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temporary_directory.hpp"

namespace zmqrt::test {

namespace {

const traffic mixed{300, {0, 1, 17, 254, 255, 256, 1000, 70'000}, 3};

void require_passes(peer& from, peer& to, const traffic& what) {
  to.start_recv(what.count);
  from.start_send(what);
  const auto sum = from.sent();
  REQUIRE(to.received() == sum);
}

/// `to` binds with a ZeroMQ library, `from` is a raw PUSH.
void require_raw_push(peer& to, const std::string& version, bool trickle) {
  peer from{implementation::raw};
  to.open("PULL");
  const auto endpoint = to.bind("tcp://127.0.0.1:*");
  from.ask({{"do", "connect"}, {"endpoint", endpoint}});
  from.ask({{"do", "handshake"},
            {"version", version},
            {"type", "PUSH"},
            {"trickle", trickle}});
  require_passes(from, to, mixed);
}

} // namespace

TEST_CASE("peers: libzmq, pyzmq and JeroMQ agree with libzmq") {
  const auto other = GENERATE(implementation::libzmq, implementation::pyzmq,
                              implementation::jeromq);
  CAPTURE(name_of(other));
  SECTION("it pushes") {
    peer from{other};
    peer to{implementation::libzmq};
    to.open("PULL");
    from.open("PUSH");
    from.connect(to.bind("tcp://127.0.0.1:*"));
    require_passes(from, to, mixed);
  }
  SECTION("it pulls") {
    peer from{implementation::libzmq};
    peer to{other};
    from.open("PUSH");
    to.open("PULL");
    from.connect(to.bind("tcp://127.0.0.1:*"));
    require_passes(from, to, mixed);
  }
  SECTION("a pair talks both ways") {
    peer one{other};
    peer two{implementation::libzmq};
    one.open("PAIR");
    two.open("PAIR");
    one.connect(two.bind("tcp://127.0.0.1:*"));
    require_passes(one, two, mixed);
    require_passes(two, one, mixed);
    one.ask({{"do", "say"}, {"frames", {"a", "", "c"}}});
    const auto heard = two.ask({{"do", "hear"}});
    REQUIRE(heard.at("frames") == json({"a", "", "c"}));
  }
}

TEST_CASE("peers: raw ZMTP reaches libzmq and JeroMQ") {
  const auto version = GENERATE("1.0", "2.0", "3.0", "3.1");
  CAPTURE(version);
  SECTION("libzmq, in one piece") {
    peer to{implementation::libzmq};
    require_raw_push(to, version, false);
  }
  SECTION("libzmq, with the handshake byte by byte") {
    peer to{implementation::libzmq};
    require_raw_push(to, version, true);
  }
}

TEST_CASE("peers: raw ZMTP 2.0 reaches JeroMQ") {
  peer to{implementation::jeromq};
  require_raw_push(to, "2.0", false);
}

TEST_CASE("peers: raw ZMTP reads what libzmq writes") {
  const auto version = GENERATE("1.0", "2.0", "3.0", "3.1");
  CAPTURE(version);
  const temporary_directory directory;
  peer from{implementation::libzmq};
  peer to{implementation::raw};
  from.open("PUSH");
  const auto endpoint =
    to.ask({{"do", "listen"}, {"endpoint", directory.endpoint("raw")}});
  from.connect(endpoint.at("endpoint"));
  to.ask({{"do", "accept"}});
  const auto ready =
    to.ask({{"do", "handshake"}, {"version", version}, {"type", "PULL"}});
  if (std::string{version} != "1.0")
    REQUIRE(ready.at("type") == "PUSH");
  require_passes(from, to, mixed);
}

TEST_CASE("peers: libzmq closes on garbage, and says so") {
  peer to{implementation::libzmq};
  to.open("PULL");
  const auto endpoint = to.bind("tcp://127.0.0.1:*");
  peer from{implementation::raw};
  from.ask({{"do", "connect"}, {"endpoint", endpoint}});
  from.ask({{"do", "garbage"}, {"kind", "unknown_handshake_command"}});
  REQUIRE(from.ask({{"do", "drain"}}).at("event") == "end");
  to.ask({{"do", "await"}, {"monitor", "handshake_failed_protocol"}});
}

TEST_CASE("peers: a program that fails says why") {
  peer broken{implementation::libzmq};
  REQUIRE_THROWS_WITH(broken.ask({{"do", "nonsense"}}),
                      Catch::Contains("nonsense"));
  broken.program().close_stdin();
  REQUIRE(broken.program().wait() == 0);
  REQUIRE_THROWS_WITH(broken.next(), Catch::Contains("has ended"));
}

} // namespace zmqrt::test
