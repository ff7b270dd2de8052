// SPDX-License-Identifier: MPL-2.0
//
// The version is the build's (libzmqrt/message/CMakeLists.txt). Pure.

#include "zmqrt/version.hpp"

namespace zmqrt {

version_number version() noexcept {
  return {ZMQRT_VERSION_MAJOR, ZMQRT_VERSION_MINOR, ZMQRT_VERSION_PATCH};
}

bool has(std::string_view capability) noexcept {
  // Draft types, options and events are always there.
  return capability == "ipc" || capability == "curve" || capability == "draft";
}

} // namespace zmqrt
