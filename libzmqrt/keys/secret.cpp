// SPDX-License-Identifier: MPL-2.0
//
// Wiping and comparing. See the header.

#include "libzmqrt/keys/secret.hpp"

#include "libzmqrt/keys/sodium.hpp"

namespace zmqrt::keys {

void wipe(std::span<std::byte> octets) noexcept {
  sodium_memzero(octets.data(), octets.size());
}

void wipe(std::string& text) noexcept {
  wipe(std::as_writable_bytes(std::span{text}));
}

bool same_secret(std::span<const std::byte> a,
                 std::span<const std::byte> b) noexcept {
  return a.size() == b.size()
         && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

} // namespace zmqrt::keys
