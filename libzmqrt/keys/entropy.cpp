// SPDX-License-Identifier: MPL-2.0
//
// The system's randomness. See the header.

#include "libzmqrt/keys/entropy.hpp"

#include "libzmqrt/keys/sodium.hpp"

namespace zmqrt::keys {

namespace {

class sodium_entropy final : public entropy {
public:
  void fill(std::span<std::byte> octets) noexcept override {
    randombytes_buf(octets.data(), octets.size());
  }
};

} // namespace

entropy& system_entropy() noexcept {
  // By any thread, and more than once, it is harmless; it fails where there is
  // no randomness, and then not alone.
  static const int ready = sodium_init();
  (void)ready;
  static sodium_entropy generator;
  return generator;
}

} // namespace zmqrt::keys
