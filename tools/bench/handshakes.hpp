// SPDX-License-Identifier: MPL-2.0
//
// Handshakes per second over tcp: a server process with one bound PULL, and a
// client process with one context that opens a PUSH and its monitor, connects,
// waits for HANDSHAKE_SUCCEEDED and closes it, with plan.in_flight of them
// under way. What opening and closing a socket costs is in it, for both
// contenders.

#pragma once

#include "tools/bench/plan.hpp"

namespace zmqrt::bench {

/// Of plan.count. Throws std::runtime_error when a side fails or takes too
/// long, or a handshake does. Forks: call it while the process has one thread.
[[nodiscard]] double handshakes_per_s(const plan& what);

} // namespace zmqrt::bench
