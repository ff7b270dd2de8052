// SPDX-License-Identifier: MPL-2.0
//
// Handlers that say something else than RFC 27, beside libzmq 4.3.4 in a
// process of its own: the same failure, with the same number, at both ends.

#include "tests/interop/security/tables.hpp"

namespace zmqrt::test {

TEST_CASE("security: a handler's malformed reply is libzmq's failure") {
  ON_EVERY(where, over_tcp());
  for (const auto& each : malformed_replies())
    require_as_libzmq(each, where);
}

} // namespace zmqrt::test
