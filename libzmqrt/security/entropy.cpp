// SPDX-License-Identifier: MPL-2.0
//
// The system's randomness. See the header.

#include "libzmqrt/security/entropy.hpp"

#include "libzmqrt/security/sodium.hpp"

namespace zmqrt::security {

namespace {

class sodium_entropy final : public entropy {
public:
  void fill(std::span<std::byte> octets) noexcept override {
    randombytes_buf(octets.data(), octets.size());
  }
};

} // namespace

entropy& system_entropy() noexcept {
  static sodium_entropy generator;
  return generator;
}

} // namespace zmqrt::security
