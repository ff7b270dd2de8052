// SPDX-License-Identifier: MPL-2.0
//
// Frame headers of both framings. ZMTP 2.0 and 3.x (RFC 15, 23 and 37,
// "Framing"): flags, then a length of 1 or 8 octets. ZMTP 1.0 (RFC 13, "The
// Framing Layer"): a length that counts the flags too, of 1 octet or of 255
// and 8 octets, then flags. Pure.

#pragma once

#include <cstddef>
#include <cstdint>

#include "libzmqrt/message/batch.hpp"
#include "libzmqrt/message/frame_octets.hpp"
#include "libzmqrt/wire/byte_order.hpp"

namespace zmqrt::wire {

/// The framings. 2.0 and 3.x differ only in the COMMAND flag; what is raw has
/// none.
enum class framing : std::uint8_t { v1, v2, raw };

inline constexpr std::size_t longest_header = 10;

/// A frame's header, understood.
struct frame_header {
  std::size_t size = 0;   ///< of the header itself; 0: more octets are needed
  std::uint8_t flags = 0; ///< canonical flag bits; reserved ones are kept
  bool valid = true;      ///< false: no frame starts so
  std::uint64_t body = 0;
};

/// Reads a ZMTP 2.0 or 3.x header from `available` octets.
[[nodiscard]] inline frame_header
read_v2_header(const std::byte* at, std::size_t available) noexcept {
  frame_header out;
  if (available < 2)
    return out;
  out.flags = static_cast<std::uint8_t>(at[0]);
  if ((out.flags & frame_flag_long) == 0) {
    out.size = 2;
    out.body = static_cast<std::uint8_t>(at[1]);
  } else if (available >= 9) {
    out.size = 9;
    out.body = load_be64(at + 1);
  }
  return out;
}

/// Reads a ZMTP 1.0 header from `available` octets.
[[nodiscard]] inline frame_header
read_v1_header(const std::byte* at, std::size_t available) noexcept {
  frame_header out;
  if (available < 1)
    return out;
  std::uint64_t length = static_cast<std::uint8_t>(at[0]);
  const std::size_t size = length == 0xff ? 10 : 2;
  if (length == 0) {
    out.valid = false;
    return out;
  }
  if (available < size)
    return out;
  if (size == 10)
    length = load_be64(at + 1);
  out.size = size;
  out.flags = static_cast<std::uint8_t>(at[size - 1]);
  out.valid = length != 0;
  out.body = length - 1;
  return out;
}

/// Writes a canonical header, and its size.
using zmqrt::v2_header_size;
using zmqrt::write_v2_header;

/// Writes a ZMTP 1.0 header to `to` (at least longest_header octets) and
/// answers its size.
inline std::size_t write_v1_header(std::byte* to, bool more,
                                   std::uint64_t body) noexcept {
  const std::uint64_t length = body + 1;
  if (length < 0xff) {
    to[0] = static_cast<std::byte>(length);
    to[1] = static_cast<std::byte>(more);
    return 2;
  }
  to[0] = std::byte{0xff};
  store_be64(to + 1, length);
  to[9] = static_cast<std::byte>(more);
  return 10;
}

} // namespace zmqrt::wire
