// SPDX-License-Identifier: MPL-2.0
//
// What an endpoint tells its peers, and whom it lets in.

#include <string>

#include "tests/actors/fixture.hpp"
#include "tests/actors/raw_peer.hpp"

namespace zmqrt::test {

TEST_CASE("metadata: both sides read the other's") {
  ON_EVERY(where, wires());
  scene it{where};
  auto left = it.pair();
  left.set(option::metadata, "X-side:left");
  left.set(option::metadata, "X-colons:a:b");
  auto right = it.pair();
  right.set(option::metadata, "X-side:right");
  right.connect(left.bind(it.fresh()));
  right.send("to the left");
  const auto at_left = left.recv();
  REQUIRE(at_left.property("X-side") == "right");
  REQUIRE_FALSE(at_left.has_property("X-colons"));
  left.send("to the right");
  const auto at_right = right.recv();
  REQUIRE(at_right.property("x-side") == "left");
  REQUIRE(at_right.property("X-colons") == "a:b");
  REQUIRE(at_right.property("Socket-Type") == "PAIR");
}

TEST_CASE("metadata: in READY, behind the runtime's own, in order") {
  ON_EVERY(where, wires());
  scene it{where};
  auto pull = it.pull();
  pull.set(option::metadata, "X-b:2");
  pull.set(option::metadata, "X-a:1");
  const raw_peer peer{pull.bind(it.fresh())};
  REQUIRE(peer.write(greeting() + ready("PUSH")));
  const auto expected =
    command("READY", property("Socket-Type", "PULL") + property("X-a", "1")
                       + property("X-b", "2"));
  REQUIRE(peer.read(64 + expected.size()).substr(64) == expected);
}

} // namespace zmqrt::test
