// SPDX-License-Identifier: MPL-2.0
//
// Rings are made on a thread that ends at once. The kernel counts the maker of
// a ring among its users, and when the ring is gone it interrupts each of them
// once: a system call of the application's thread would then end with EINTR
// although no signal came (seen on Linux 6.18).

#pragma once

#include <exception>
#include <future>
#include <utility>

#include "transports/posix/signals_blocked.hpp"

namespace zmqrt::transports {

/// What `make` answers, called on a thread of its own; where there is none to
/// be had, on this one. `make` does not throw.
template <class Make>
auto on_passing_thread(Make&& make) {
  try {
    const signals_blocked from_now_on;
    return std::async(std::launch::async, make).get();
  } catch (const std::exception&) { // no thread, or no memory for one
    return make();
  }
}

} // namespace zmqrt::transports
