// SPDX-License-Identifier: MPL-2.0
//
// Runs the two sides of a benchmark where they belong: in two processes, or
// for inproc on two threads of one. The driver itself stays single-threaded,
// so that forking is safe, and waits with a deadline; every process it starts
// is ended and reaped before it returns.

#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "tools/bench/contender.hpp"
#include "tools/bench/flood.hpp"

namespace zmqrt::bench {

/// What the sides measured: in memory that they share with the driver. Each
/// member is written by one side only.
struct outcome {
  std::uint64_t wall_ns;
  std::uint64_t first_cpu_ns;
  std::uint64_t second_cpu_ns;
  double rtt_us_p50;
  double rtt_us_p99;
  double rtt_us_mean;
  // Of flood.cpp; the first side reads what the second one's child counts.
  std::uint64_t flooding; ///< whether; by the first side
  std::uint64_t bad_hellos;
  flood_sample flood; ///< by the first side
};

/// Carries the endpoint from the side that binds to the one that connects, and
/// back that the latter is through.
class rendezvous {
public:
  rendezvous();
  rendezvous(const rendezvous&) = delete;
  rendezvous& operator=(const rendezvous&) = delete;
  ~rendezvous();

  void announce(const std::string& endpoint);
  /// Waits for announce(); throws when the other side is gone.
  [[nodiscard]] std::string await();
  /// Forgets the writing end, so that await() notices the other side's death.
  void only_await();

  /// The side that binds stays until the other one has all it came for: not
  /// every contender gets its last messages across when it closes at once.
  void leave();
  void await_leave();

private:
  int read_;
  int write_;
  int left_; // an eventfd
};

using side_fn = std::function<void(contender&, rendezvous&, outcome&)>;

/// Runs both sides to their end. Throws std::runtime_error when one of them
/// fails (it has said why on stderr) or the time of the plan is over.
outcome run_sides(const plan& what, const side_fn& first,
                  const side_fn& second);

/// The same without a contender, in two processes: each side makes what it
/// needs.
using lone_side_fn = std::function<void(rendezvous&, outcome&)>;
outcome run_processes(const plan& what, const lone_side_fn& first,
                      const lone_side_fn& second);

/// CPU time of this process so far, user and system.
[[nodiscard]] std::uint64_t process_cpu_ns();

} // namespace zmqrt::bench
