// SPDX-License-Identifier: MPL-2.0
//
// See breather.hpp.

#include "transports/posix/breather.hpp"

#include <sched.h>

namespace zmqrt::transports {

breather::breather() noexcept
  : breather(
    []() noexcept -> time_point { return std::chrono::steady_clock::now(); },
    []() noexcept { ::sched_yield(); }) {
}

void breather::pause() noexcept {
  if (without_ != 0) {
    --without_;
    return;
  }
  const time_point begin = clock_();
  yield_();
  if (clock_() - begin >= long_pause)
    without_ = turns_without;
}

} // namespace zmqrt::transports
