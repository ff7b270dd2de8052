// SPDX-License-Identifier: MPL-2.0
//
// What is to become of a pipe, as its session has to know.

#pragma once

#include <cstdint>

namespace zmqrt::actors {

enum class pipe_fate : std::uint8_t {
  stays,
  evicted, ///< another peer has taken over (ROUTER_HANDOVER): end
  hung_up, ///< the application wants no more of it: write what is there, end
};

} // namespace zmqrt::actors
