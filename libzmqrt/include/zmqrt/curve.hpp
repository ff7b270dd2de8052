// SPDX-License-Identifier: MPL-2.0
//
// Keys of the CURVE mechanism, and Z85, the text they are written in (RFC 26
// and 32; zmq_curve_keypair(3), zmq_z85_encode(3)). Values; any thread.

#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "zmqrt/export.hpp"

namespace zmqrt {

/// Octets of a key, public or secret.
inline constexpr std::size_t curve_key_size = 32;

/// No secret: it may be copied, printed and sent.
using curve_public_key = std::array<std::byte, curve_key_size>;

struct curve_pair;

/// A permanent secret key, in memory of its own between guard pages, out of
/// core dumps and of the swap where the system grants it, wiped when the last
/// copy is gone. Copies share it; it never changes.
class ZMQRT_EXPORT curve_secret_key {
public:
  /// Copies the octets; the caller wipes its own. Throws std::bad_alloc.
  explicit curve_secret_key(std::span<const std::byte, curve_key_size> octets);
  /// Reads 40 characters of Z85; throws error (invalid_argument) for others,
  /// which it does not repeat, or std::bad_alloc.
  explicit curve_secret_key(std::string_view z85);

  /// Lives as long as any copy of the key, which must not be one that was moved
  /// from.
  [[nodiscard]] std::span<const std::byte, curve_key_size>
  octets() const noexcept;

  /// Takes the same time whatever the octets are.
  [[nodiscard]] friend bool operator==(const curve_secret_key& a,
                                       const curve_secret_key& b) noexcept {
    return a.same_as(b);
  }

private:
  friend ZMQRT_EXPORT curve_pair curve_keypair();

  explicit curve_secret_key(std::shared_ptr<std::byte> guarded) noexcept
    : octets_(std::move(guarded)) {
  }
  [[nodiscard]] bool same_as(const curve_secret_key& other) const noexcept;

  std::shared_ptr<std::byte> octets_;
};

struct curve_pair {
  curve_public_key public_key;
  curve_secret_key secret_key;
};

/// A key's octets as the options of CURVE take them; no copy: as long as the
/// key.
[[nodiscard]] inline std::string_view
curve_octets(const curve_public_key& key) noexcept {
  return {reinterpret_cast<const char*>(key.data()), key.size()};
}
[[nodiscard]] inline std::string_view
curve_octets(const curve_secret_key& key) noexcept {
  const auto octets = key.octets();
  return {reinterpret_cast<const char*>(octets.data()), octets.size()};
}

/// A fresh pair. Throws std::bad_alloc.
[[nodiscard]] ZMQRT_EXPORT curve_pair curve_keypair();

/// The public key that belongs to a secret one.
[[nodiscard]] ZMQRT_EXPORT curve_public_key
curve_public(const curve_secret_key& secret);

/// Reads 40 characters of Z85; throws error (invalid_argument) for others.
[[nodiscard]] ZMQRT_EXPORT curve_public_key
curve_public_key_from(std::string_view z85);

/// Five characters for four octets; throws error (invalid_argument) where
/// `octets` are not a multiple of four.
[[nodiscard]] ZMQRT_EXPORT std::string
z85_encode(std::span<const std::byte> octets);

/// The reverse; throws error (invalid_argument) for what no octets are written
/// as.
[[nodiscard]] ZMQRT_EXPORT std::vector<std::byte>
z85_decode(std::string_view text);

} // namespace zmqrt
