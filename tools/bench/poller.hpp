// SPDX-License-Identifier: MPL-2.0
//
// What waiting for one of many sockets costs: one of `sockets` PULLs on inproc
// gets a message, the poller finds it, it is read, and again. libzmq waits with
// zmq_poll(3).

#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace zmqrt::bench {

struct poller_plan {
  std::string impl = "zmqrt";
  std::size_t sockets = 1000;
  std::uint64_t count = 20'000; ///< rounds per run
  unsigned runs = 5;
};

/// Nanoseconds for each of plan.runs: a send, a wait and a receive. Throws
/// std::exception where a socket cannot be made.
[[nodiscard]] double poller_round_ns(const poller_plan& what);

} // namespace zmqrt::bench
