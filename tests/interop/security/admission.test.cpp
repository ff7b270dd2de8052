// SPDX-License-Identifier: MPL-2.0
//
// Who is let in, beside libzmq 4.3.4 in a process of its own: keys, passwords,
// domains, handlers and their statuses. Each handshake ends as libzmq's does,
// at both ends, to the monitor event and its value; handlers are asked the
// same.

#include "tests/interop/security/tables.hpp"

namespace zmqrt::test {

TEST_CASE("security: each is let in, or refused, as by libzmq") {
  ON_EVERY(where, wires());
  for (const auto& each : admissions())
    require_as_libzmq(each, where);
}

// libzmq 4.3.4 aborts there.
TEST_CASE("security: PLAIN with an enforced domain that is empty") {
  ON_EVERY(where, wires());
  const scenario what{"PLAIN, an enforced domain that is empty",
                      plain_server() + json{{"zap_enforce_domain", 1}},
                      plain_client(), rep_says(zap_says{"200", "anna"})};
  const auto seen = our_end_binds(what, where);
  CAPTURE(seen);
  CHECK(seen.let_in);
  CHECK(seen.bound.asked.size() == 1);
}

} // namespace zmqrt::test
