// SPDX-License-Identifier: MPL-2.0
//
// The handshakes that are played (scenario.hpp), by what they are about.

#pragma once

#include <vector>

#include "tests/interop/security/scenario.hpp"

namespace zmqrt::test {

/// Who is let in, and who is not: keys, passwords, domains, no handler, each
/// status.
[[nodiscard]] std::vector<scenario> admissions();
/// Handlers that say something else than RFC 27, with each mechanism.
[[nodiscard]] std::vector<scenario> malformed_replies();
/// Each mechanism and role with each other one.
[[nodiscard]] std::vector<scenario> mismatches();
/// Ends that wait for each other until the time for the handshake is over.
[[nodiscard]] std::vector<scenario> silences();

} // namespace zmqrt::test
