// SPDX-License-Identifier: MPL-2.0
//
// Where a tcp connection starts, and whom it must not meet: the source of
// "tcp://source;remote" (zmq_tcp(7)), and a socket that dials itself.

#include <string>

#include "tests/actors/fixture.hpp"

namespace zmqrt::test {

TEST_CASE("source: an address, an interface or any one reaches the peer") {
  ON_EVERY(where, over_tcp());
  const std::string source =
    GENERATE("127.0.0.1:*", "127.0.0.2:0", "lo:*", "*:*");
  CAPTURE(source);
  scene it{where};
  auto pull = it.pull();
  const auto port = port_of(pull.bind(it.fresh()));
  auto push = it.push_to("tcp://" + source + ";127.0.0.1:" + port);
  require_passes(push, pull, "x");
}

TEST_CASE("source: any one is of the remote's family") {
  ON_EVERY(where, over_tcp());
  scene it{where};
  auto pull = it.pull();
  pull.set(option::ipv6, true);
  std::string port;
  try {
    port = port_of(pull.bind("tcp://[::1]:*"));
  } catch (const error&) {
    WARN("no IPv6 here");
    return;
  }
  const std::string source = GENERATE("*:*", "[::1]:*", "lo:*");
  CAPTURE(source);
  auto push = it.push();
  push.set(option::ipv6, true);
  push.connect("tcp://" + source + ";[::1]:" + port);
  require_passes(push, pull, "x");
}

TEST_CASE("source: a socket does not meet itself on any address") {
  ON_EVERY(where, over_tcp());
  const std::string host = GENERATE("127.0.0.1", "0.0.0.0");
  CAPTURE(host);
  scene it{where};
  const auto port = port_of(it.vacant());
  auto pair = it.pair();
  pair.set(option::reconnect_stop, 1); // when refused
  auto events = pair.monitor();
  // From the very port it dials, which is what chance does now and then.
  pair.connect("tcp://" + host + ":" + port + ";" + host + ":" + port);
  expect(events, event_kind::connect_delayed);
  expect(events, event_kind::closed);
}

} // namespace zmqrt::test
