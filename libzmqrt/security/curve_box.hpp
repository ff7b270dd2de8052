// SPDX-License-Identifier: MPL-2.0
//
// The boxes of CurveZMQ (RFC 26, "CurveZMQ Commands"): keys, nonces, and
// making and opening boxes under them. Pure; a pair's agreement, which is what
// costs, is an object of its own and made once.

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "libzmqrt/keys/entropy.hpp"
#include "libzmqrt/keys/secret.hpp"
#include "zmqrt/curve.hpp"

namespace zmqrt::security {

using keys::entropy;
using keys::secret;
using keys::wipe;

inline constexpr std::size_t box_overhead = 16; ///< a box's authenticator
inline constexpr std::size_t short_nonce_size = 8;
inline constexpr std::size_t long_nonce_size = 16;
inline constexpr std::size_t cookie_size = 96;

using box_nonce = std::array<std::byte, 24>;

/// "CurveZMQHELLO---" and the like, and a counter.
[[nodiscard]] box_nonce make_nonce(std::string_view prefix,
                                   std::uint64_t counter) noexcept;
/// "WELCOME-" and the like, and 16 octets.
[[nodiscard]] box_nonce
make_nonce(std::string_view prefix,
           std::span<const std::byte, long_nonce_size> octets) noexcept;

/// A connection's own keys.
struct transient_pair {
  curve_public_key public_key{};
  secret<curve_key_size> secret_key;
};

void refill(transient_pair& pair, entropy& from) noexcept;

/// What the holders of two pairs of keys have in common; also a key that
/// nobody shares, for a cookie.
using box_key = secret<32>;

/// False: `theirs` is a point that agrees with nobody.
[[nodiscard]] bool agree(const curve_public_key& theirs,
                         std::span<const std::byte, curve_key_size> ours,
                         box_key& out) noexcept;

/// Writes the box of `plain`, box_overhead octets longer, to `box`. They may
/// not overlap.
void seal_box(std::span<const std::byte> plain, const box_nonce& nonce,
              const box_key& key, std::byte* box) noexcept;

/// Opens `box` to `plain`, box_overhead octets shorter. False: nobody who has
/// the key made it, and `plain` is not to be used.
[[nodiscard]] bool open_box(std::span<const std::byte> box,
                            const box_nonce& nonce, const box_key& key,
                            std::byte* plain) noexcept;

/// Appends octets to a command.
inline void append(std::string& to, std::span<const std::byte> octets) {
  to.append(reinterpret_cast<const char*>(octets.data()), octets.size());
}

void append_short_nonce(std::string& to, std::uint64_t counter);

/// Appends the box of `plain`.
void append_box(std::string& to, std::span<const std::byte> plain,
                const box_nonce& nonce, const box_key& key);

} // namespace zmqrt::security
