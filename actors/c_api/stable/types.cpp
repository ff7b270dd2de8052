// SPDX-License-Identifier: MPL-2.0
//
// A stable build of libzmq: no drafts.

#include "actors/c_api/types.hpp"

namespace zmqrt::c_api {

bool offers_drafts() noexcept {
  return false;
}

} // namespace zmqrt::c_api
