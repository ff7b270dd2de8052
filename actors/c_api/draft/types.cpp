// SPDX-License-Identifier: MPL-2.0
//
// A draft build of libzmq.

#include "actors/c_api/types.hpp"

namespace zmqrt::c_api {

bool offers_drafts() noexcept {
  return true;
}

} // namespace zmqrt::c_api
