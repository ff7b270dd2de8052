// SPDX-License-Identifier: MPL-2.0
//
// Whether something can go on for ever: rounds of it, and what the process
// holds after a part of them and in the end. The suite counts rounds, the
// soak goes on for a time.

#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <iostream>

#include "tests/actors/fixture.hpp"
#include "tests/actors/proc.hpp"
#include "tests/support/eventually.hpp"

namespace zmqrt::test {

/// A quarter of a churn: so many rounds at least, and for so long at least.
struct stint {
  std::size_t rounds;
  milliseconds time{0};
};

/// A quarter of what a case has for each of its places: ZMQRT_SOAK_SECONDS,
/// or 200 s, in all.
[[nodiscard]] inline stint soak_stint(std::size_t places) {
  const char* asked = std::getenv("ZMQRT_SOAK_SECONDS");
  const auto seconds =
    asked == nullptr ? 200 : std::strtoul(asked, nullptr, 10);
  return {1, milliseconds{seconds * 1000 / (4 * places)}};
}

/// How much larger resident memory may be in the end (a peak that takes one
/// more huge page of slabs), and what malloc has given out (vectors that found
/// their size late). 300 bytes a round that stayed would be more than that in a
/// soak; in the suite's few rounds only a large leak is.
inline constexpr std::size_t resident_margin = std::size_t{4} << 20;
inline constexpr std::size_t allocated_margin = std::size_t{512} << 10;

/// Four stints. After each, the files must be those from before the first;
/// memory may grow in the first one alone. Prints what it saw.
template <class Round>
void require_steady(std::string_view what, const place& where,
                    const stint& quarter, Round&& round) {
  const auto files = open_files();
  std::array<std::size_t, 4> rounds{};
  std::array<std::size_t, 4> resident{};
  std::array<std::size_t, 4> allocated{};
  for (std::size_t part = 0; part < rounds.size(); ++part) {
    const auto end = std::chrono::steady_clock::now() + quarter.time;
    while (rounds.at(part) < quarter.rounds
           || std::chrono::steady_clock::now() < end) {
      round();
      ++rounds.at(part);
    }
    // An accepted end closes a moment after the other one.
    eventually_is([] { return open_files(); }, files);
    resident.at(part) = resident_bytes();
    allocated.at(part) = allocated_bytes();
  }
  std::cout << what << ", " << where << ": " << files << " files; by quarter ";
  for (std::size_t part = 0; part < rounds.size(); ++part)
    std::cout << (part == 0 ? "" : ", ") << rounds.at(part) << " rounds "
              << resident.at(part) / 1024 << " KiB ("
              << allocated.at(part) / 1024 << " allocated)";
  std::cout << std::endl;
  if (sanitized)
    return;
  REQUIRE(resident.back() <= resident.front() + resident_margin);
  REQUIRE(allocated.back() <= allocated.front() + allocated_margin);
}

} // namespace zmqrt::test
