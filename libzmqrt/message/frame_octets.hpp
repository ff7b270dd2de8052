// SPDX-License-Identifier: MPL-2.0
//
// How a frame is written in the canonical framing (RFC 23, "Framing"), and a
// command in it (RFC 37, "Commands"). Pure.

#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "libzmqrt/message/batch.hpp"

namespace zmqrt {

/// A header is no longer.
inline constexpr std::size_t longest_v2_header = 9;

/// The size of a header before a body of this size.
[[nodiscard]] constexpr std::size_t
v2_header_size(std::uint64_t body) noexcept {
  return body <= 0xff ? 2 : longest_v2_header;
}

/// Writes a header to `to` (longest_v2_header octets) and answers its size.
inline std::size_t write_v2_header(std::byte* to, std::uint8_t flags,
                                   std::uint64_t body) noexcept {
  if (body <= 0xff) {
    to[0] = std::byte{flags};
    to[1] = static_cast<std::byte>(body);
    return 2;
  }
  to[0] = static_cast<std::byte>(flags | frame_flag_long);
  for (unsigned i = 0; i < 8; ++i)
    to[1 + i] = static_cast<std::byte>(body >> (56 - 8 * i));
  return longest_v2_header;
}

/// What write_command() needs at most.
[[nodiscard]] constexpr std::size_t
command_room(std::string_view name, std::string_view data) noexcept {
  return longest_v2_header + 1 + name.size() + data.size();
}

/// Writes a command's frame (header, name with its size in front, data) to `to`
/// (command_room() octets) and answers its size.
inline std::size_t write_command(std::byte* to, std::string_view name,
                                 std::string_view data) noexcept {
  std::byte* at =
    to + write_v2_header(to, frame_flag_command, 1 + name.size() + data.size());
  *at++ = static_cast<std::byte>(name.size());
  for (const std::string_view part : {name, data}) {
    if (!part.empty())
      std::memcpy(at, part.data(), part.size());
    at += part.size();
  }
  return static_cast<std::size_t>(at - to);
}

} // namespace zmqrt
