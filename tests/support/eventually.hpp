// SPDX-License-Identifier: MPL-2.0
//
// Waiting for a state that no event announces: looks again and again, gives
// the processor away in between, and fails with the last state it saw. Where
// there is an event, wait for that instead. Any thread of a test.

#pragma once

#include <chrono>
#include <sstream>
#include <string>
#include <thread>

#include "tests/support/catch.hpp"

namespace zmqrt::test {

/// How long `eventually` looks before the test fails.
inline constexpr std::chrono::seconds eventually_limit{20};

/// Returns once `state()` satisfies `wanted`; answers it.
template <class State, class Wanted>
auto eventually(State&& state, Wanted&& wanted) {
  const auto end = std::chrono::steady_clock::now() + eventually_limit;
  for (;;) {
    auto seen = state();
    if (wanted(seen))
      return seen;
    if (std::chrono::steady_clock::now() > end) {
      std::ostringstream text;
      text << "the last state seen: " << Catch::Detail::stringify(seen);
      FAIL(text.str());
    }
    std::this_thread::yield();
  }
}

/// Returns once `state()` equals `value`.
template <class State, class Value>
void eventually_is(State&& state, const Value& value) {
  eventually(state, [&](const auto& seen) { return seen == value; });
}

} // namespace zmqrt::test
