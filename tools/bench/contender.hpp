// SPDX-License-Identifier: MPL-2.0
//
// The interface behind which each implementation competes. One call covers a
// whole loop of messages, so the loops themselves stay monomorphic: loops.hpp
// writes them once, as a template over the contender's socket.

#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "tools/bench/plan.hpp"

namespace zmqrt::bench {

/// Which socket an end is: PUSH, PULL, or one of the two ends of a PAIR.
enum class side { push, pull, pair };

/// One socket of the contender. Used by one thread. Every member throws
/// std::exception when something fails.
class link_end {
public:
  virtual ~link_end() = default;

  /// Listens; answers the endpoint for the other end's connect().
  virtual std::string bind() = 0;
  virtual void connect(const std::string& endpoint) = 0;

  /// Sends messages `first` to `first + n - 1`, each written afresh.
  virtual void send(std::uint64_t first, std::uint64_t n) = 0;
  /// Receives them, reads every word and checks their sum.
  virtual void recv(std::uint64_t first, std::uint64_t n) = 0;

  /// Makes one round trip per element and stores its nanoseconds.
  virtual void ping(std::uint64_t first, std::span<std::uint64_t> rtt_ns) = 0;
  /// Answers `n` messages, each with a fresh one.
  virtual void echo(std::uint64_t first, std::uint64_t n) = 0;
};

/// The contender's context in one process; it outlives its ends.
class contender {
public:
  virtual ~contender() = default;
  virtual std::unique_ptr<link_end> open(side which) = 0;
};

std::unique_ptr<contender> make_zmqrt(const plan& what);
std::unique_ptr<contender> make_libzmq(const plan& what);
std::unique_ptr<contender> make_bare(const plan& what);

/// By plan.impl; throws std::invalid_argument for one that does not exist.
std::unique_ptr<contender> make_contender(const plan& what);

} // namespace zmqrt::bench
