// SPDX-License-Identifier: MPL-2.0
//
// What messages cost between actors: a producer actor, PUSH, tcp on loopback,
// PULL, a consumer actor, in one process: all by messages, or with a producer
// that uses a handle of the same socket and asks its actor where that would
// block. Beside it the same by handles between two threads, and what people do
// with libzmq: the producer's handler sends, and a thread forwards each message
// to the consumer's mailbox.

#pragma once

#include <cstddef>
#include <cstdint>
#include <future>
#include <string>
#include <vector>

namespace zmqrt::bench {

struct actors_plan {
  std::size_t size = 64;
  std::uint64_t count = 500'000; ///< measured; a tenth more before
  std::size_t batch = 256;       ///< 1: singly
  unsigned rounds = 5;           ///< of all contenders, in turn
  std::size_t workers = 2;       ///< of each actor system
  int io_threads = 1;            ///< of each context
  /// Who takes part: "actors", "mixed", "handles", "libzmq"; empty: all.
  std::string only;

  [[nodiscard]] std::uint64_t warm() const noexcept {
    return count / 10 + 1;
  }
  [[nodiscard]] std::uint64_t total() const noexcept {
    return warm() + count;
  }
};

struct actors_result {
  std::string who;
  double msgs_per_s; ///< the median
};

/// Throws std::exception on failure, or when a run takes too long.
[[nodiscard]] std::vector<actors_result>
measure_actors(const actors_plan& what);

/// Counts what arrives, checks it, and tells the rate at the end. One thread at
/// a time.
class arrivals {
public:
  explicit arrivals(const actors_plan& what) : what_(what) {
  }
  /// Throws when it is not the next one.
  void one(const std::byte* data, std::size_t size);
  [[nodiscard]] bool complete() const noexcept {
    return seen_ == what_.total();
  }
  [[nodiscard]] std::uint64_t seen() const noexcept {
    return seen_;
  }
  [[nodiscard]] double msgs_per_s() const noexcept;

private:
  actors_plan what_;
  std::uint64_t seen_ = 0;
  std::int64_t began_ns_ = 0;
  std::int64_t ended_ns_ = 0;
};

/// One run of a contender that lives in an actor system.
[[nodiscard]] double run_socket_actors(const actors_plan& what);
[[nodiscard]] double run_handles_in_actors(const actors_plan& what);
[[nodiscard]] double run_libzmq_actors(const actors_plan& what);

/// What a run of actors comes to; throws when it takes too long.
[[nodiscard]] double outcome(std::future<double>& from);

} // namespace zmqrt::bench
