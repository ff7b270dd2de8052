// SPDX-License-Identifier: MPL-2.0
//
// The lots of a simulation: splitmix64, so that a seed gives the same numbers
// with every compiler and library (std's distributions do not promise that).

#pragma once

#include <cstddef>
#include <cstdint>

#include "libzmqrt/message/time.hpp"

namespace zmqrt::transports {

/// A closed interval of durations to draw from.
struct sim_range {
  duration least{};
  duration most{};
};

class sim_random {
public:
  explicit sim_random(std::uint64_t seed) noexcept : state_(seed) {
  }

  std::uint64_t next() noexcept {
    state_ += 0x9e3779b97f4a7c15U;
    std::uint64_t mixed = state_;
    mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9U;
    mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebU;
    return mixed ^ (mixed >> 31);
  }

  /// From `least` to `most`, both included.
  std::size_t between(std::size_t least, std::size_t most) noexcept {
    return most <= least ? least : least + next() % (most - least + 1);
  }

  duration between(sim_range range) noexcept {
    if (range.most <= range.least)
      return range.least;
    const auto width =
      static_cast<std::uint64_t>((range.most - range.least).count() + 1);
    return range.least + duration{static_cast<std::int64_t>(next() % width)};
  }

  /// True `permille` times of a thousand. Draws nothing for 0 and 1000.
  bool chance(unsigned permille) noexcept {
    if (permille == 0 || permille >= 1000)
      return permille != 0;
    return next() % 1000 < permille;
  }

private:
  std::uint64_t state_;
};

} // namespace zmqrt::transports
