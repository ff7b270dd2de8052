// SPDX-License-Identifier: MPL-2.0
//
// An actor that answers a socket's requests, and those that it has in work.

#pragma once

#include <cstddef>
#include <cstdint>
#include <map>

#include <caf/actor.hpp>

#include "actors/front/served.hpp"
#include "zmqrt/message.hpp"

namespace zmqrt::actors {

struct service {
  std::uint64_t number = 0; ///< never used again
  caf::actor by;
  std::size_t at_once = 0;
  message instead; ///< where it fails
  std::map<std::uint64_t, return_path> in_work;
};

} // namespace zmqrt::actors
