// SPDX-License-Identifier: MPL-2.0
//
// Boxes by libsodium's own high-level calls, and nonces spelt out: what
// RFC 26 says, without a line of the code under test.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <sodium.h>

#include "tests/unit/security/parties.hpp"

namespace zmqrt::security_test {

inline const unsigned char* raw(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

inline unsigned char* raw(std::string& text) {
  return reinterpret_cast<unsigned char*>(text.data());
}

/// A counter in network order.
inline std::string short_nonce(std::uint64_t counter) {
  std::string out;
  for (int shift = 56; shift >= 0; shift -= 8)
    out += static_cast<char>(counter >> shift);
  return out;
}

/// Box [plain](from->to); the nonce is given with its prefix.
inline std::string sodium_box(std::string_view plain, std::string_view nonce,
                              std::string_view to_public,
                              std::string_view from_secret) {
  std::string out(plain.size() + crypto_box_MACBYTES, '\0');
  if (nonce.size() != crypto_box_NONCEBYTES
      || crypto_box_easy(raw(out), raw(plain), plain.size(), raw(nonce),
                         raw(to_public), raw(from_secret))
           != 0)
    return "no box";
  return out;
}

/// Box [plain](key).
inline std::string sodium_secretbox(std::string_view plain,
                                    std::string_view nonce,
                                    std::string_view key) {
  std::string out(plain.size() + crypto_secretbox_MACBYTES, '\0');
  crypto_secretbox_easy(raw(out), raw(plain), plain.size(), raw(nonce),
                        raw(key));
  return out;
}

inline std::string sodium_public(std::string_view secret) {
  std::string out(crypto_box_PUBLICKEYBYTES, '\0');
  crypto_scalarmult_base(raw(out), raw(secret));
  return out;
}

} // namespace zmqrt::security_test
