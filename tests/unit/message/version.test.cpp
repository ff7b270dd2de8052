// SPDX-License-Identifier: MPL-2.0

#include "zmqrt/version.hpp"

#include "tests/support/catch.hpp"

using namespace zmqrt;

TEST_CASE("version and capabilities") {
  REQUIRE(version() >= version_number{0, 1, 0});
  REQUIRE(version() < version_number{1000, 0, 0});
  for (const auto* const there : {"ipc", "curve", "draft"})
    REQUIRE(has(there));
  // By what zmq_has(3) knows, and by what nobody does.
  for (const auto* const absent : {"pgm", "tipc", "norm", "gssapi", "vmci",
                                   "ws", "wss", "", "IPC", "ipc "})
    REQUIRE_FALSE(has(absent));
}
