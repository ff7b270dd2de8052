// SPDX-License-Identifier: MPL-2.0
//
// Ends that do not fit, or do not answer, beside libzmq 4.3.4 in a process of
// its own.

#include "tests/interop/security/tables.hpp"

namespace zmqrt::test {

TEST_CASE("security: each mechanism and role with each other one") {
  ON_EVERY(where, wires());
  for (const auto& each : mismatches())
    require_as_libzmq(each, where);
}

TEST_CASE("security: silence ends with the time for the handshake") {
  ON_EVERY(where, over_tcp());
  for (const auto& each : silences())
    require_as_libzmq(each, where);
}

} // namespace zmqrt::test
