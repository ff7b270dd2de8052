// SPDX-License-Identifier: MPL-2.0
//
// What one benchmark is asked to do: the command line as a value. Plain data,
// made by the command, read by everybody else.

#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace zmqrt::bench {

/// In Z85.
struct key_pair {
  std::string public_key;
  std::string secret_key;
};

struct plan {
  std::string impl = "zmqrt";
  std::string transport = "tcp"; ///< `memory` of the contender sodium
  std::string io_backend = "auto";
  std::size_t size = 64;
  /// Measured messages (round trips) of one run; 0 picks one by the size.
  std::uint64_t count = 0;
  unsigned runs = 5;
  /// Messages per batch call; 0 makes one call per message.
  std::size_t batch = 0;
  /// push-pull, pub-sub, dealer-router, req-rep or proxy (patterns.hpp).
  std::string pattern = "push-pull";
  /// SUBs, DEALERs or REQs, all in the second process.
  std::size_t peers = 1;
  /// pub-sub: each SUB wants one message in so many.
  std::size_t match_one_in = 1;
  /// dealer-router: requests of each DEALER under way.
  std::size_t in_flight = 100;
  /// null, plain or curve (security.hpp).
  std::string mechanism = "null";
  /// flood: bad ones.
  std::uint64_t hellos_per_s = 500;
  key_pair server_keys;
  key_pair client_keys;
  /// libzmq only: reno congestion control and an allocator that keeps memory.
  bool tuned = false;
  unsigned timeout_s = 120;
};

/// Messages before and after the measured ones: the queues fill and the caches
/// warm up before the clock starts, and are still full when it stops.
[[nodiscard]] inline std::uint64_t margin(const plan& what) noexcept {
  return what.count / 4 + 1;
}

} // namespace zmqrt::bench
