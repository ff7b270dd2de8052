// SPDX-License-Identifier: MPL-2.0
//
// Z85. See the header. Both ways go through a table; keys pass here when they
// are configured, not when a peer comes.

#include "libzmqrt/keys/z85.hpp"

#include <array>
#include <cassert>
#include <cstdint>
#include <limits>

namespace zmqrt::keys {

namespace {

constexpr std::string_view alphabet = "0123456789"
                                      "abcdefghijklmnopqrstuvwxyz"
                                      "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                      ".-:+=^!/*?&<>()[]{}@%$#";
static_assert(alphabet.size() == 85);

constexpr std::uint8_t no_digit = 0xff;

constexpr std::array<std::uint8_t, 256> make_digits() {
  std::array<std::uint8_t, 256> out{};
  out.fill(no_digit);
  for (std::size_t value = 0; value < alphabet.size(); ++value)
    out[static_cast<unsigned char>(alphabet[value])] =
      static_cast<std::uint8_t>(value);
  return out;
}

constexpr auto digits = make_digits();

} // namespace

void encode_z85(std::span<const std::byte> octets, char* to) noexcept {
  assert(octets.size() % z85_octets == 0);
  for (; !octets.empty(); octets = octets.subspan(z85_octets)) {
    std::uint32_t value = 0;
    for (const std::byte octet : octets.first(z85_octets))
      value = value << 8 | std::to_integer<std::uint32_t>(octet);
    for (std::size_t at = z85_characters; at-- > 0; value /= 85)
      to[at] = alphabet[value % 85];
    to += z85_characters;
  }
}

const char* decode_z85(std::string_view text, std::byte* to) noexcept {
  if (text.size() % z85_characters != 0)
    return "a multiple of five characters";
  for (; !text.empty(); text.remove_prefix(z85_characters)) {
    std::uint64_t value = 0;
    for (const char c : text.substr(0, z85_characters)) {
      const std::uint8_t digit = digits[static_cast<unsigned char>(c)];
      if (digit == no_digit)
        return "a character that is not Z85's";
      value = value * 85 + digit;
    }
    if (value > std::numeric_limits<std::uint32_t>::max())
      return "a group beyond four octets";
    for (std::size_t at = z85_octets; at-- > 0; value >>= 8)
      to[at] = static_cast<std::byte>(value & 0xff);
    to += z85_octets;
  }
  return nullptr;
}

} // namespace zmqrt::keys
