// SPDX-License-Identifier: MPL-2.0
//
// Wiping and comparing. See the header.

#include "libzmqrt/security/secret.hpp"

#include "libzmqrt/security/sodium.hpp"

namespace zmqrt::security {

void wipe(std::span<std::byte> octets) noexcept {
  sodium_memzero(octets.data(), octets.size());
}

bool same_secret(std::span<const std::byte> a,
                 std::span<const std::byte> b) noexcept {
  return a.size() == b.size()
         && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

} // namespace zmqrt::security
