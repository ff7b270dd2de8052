// SPDX-License-Identifier: MPL-2.0
//
// Z85 (RFC 32): five printable characters for four octets. Pure.

#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace zmqrt::keys {

inline constexpr std::size_t z85_octets = 4;     ///< of a group
inline constexpr std::size_t z85_characters = 5; ///< of a group

/// Writes octets.size() / 4 * 5 characters to `to`; the size has to be a
/// multiple of four.
void encode_z85(std::span<const std::byte> octets, char* to) noexcept;

/// Writes text.size() / 5 * 4 octets to `to`. Answers the broken rule, a
/// literal, or null: `to` is complete. Refused are sizes that are no multiple
/// of five, characters that are not Z85's, and groups beyond four octets.
[[nodiscard]] const char* decode_z85(std::string_view text,
                                     std::byte* to) noexcept;

} // namespace zmqrt::keys
