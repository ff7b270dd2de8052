// SPDX-License-Identifier: MPL-2.0
//
// libsodium, and its octets in terms of ours. Only for the sources of keys/ and
// security/: no header shows libsodium to anybody.

#pragma once

#include <cstddef>

#include <sodium.h>

namespace zmqrt::keys {

[[nodiscard]] inline unsigned char* raw(std::byte* at) noexcept {
  return reinterpret_cast<unsigned char*>(at);
}

[[nodiscard]] inline const unsigned char* raw(const std::byte* at) noexcept {
  return reinterpret_cast<const unsigned char*>(at);
}

} // namespace zmqrt::keys
