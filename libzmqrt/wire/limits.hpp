// SPDX-License-Identifier: MPL-2.0
//
// What a peer may send, decided once per connection and checked against each
// frame's header, before memory is taken for the frame (as its octets arrive:
// see assembly.hpp). Pure value.

#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "libzmqrt/message/batch.hpp"

namespace zmqrt::wire {

/// Lengths beyond this are lies, whatever MAXMSGSIZE says: 1 TiB.
inline constexpr std::uint64_t absurd_body = std::uint64_t{1} << 40;

struct frame_limits {
  /// Octets in the body of one message frame. As in libzmq, MAXMSGSIZE bounds
  /// each frame, not the message.
  std::uint64_t body = absurd_body;
  std::uint64_t command = 64 * 1024; ///< octets in the body of a command
  std::size_t frames = most_frames;  ///< frames in one message
  /// Flags that the peer's revision knows; 2.0 has no COMMAND.
  std::uint8_t flags = frame_flag_more | frame_flag_long | frame_flag_command;
};

/// What MAXMSGSIZE (-1: none) means for a frame's body.
[[nodiscard]] constexpr std::uint64_t
body_limit(std::int64_t max_message_size) noexcept {
  return max_message_size < 0
           ? absurd_body
           : std::min(static_cast<std::uint64_t>(max_message_size),
                      absurd_body);
}

} // namespace zmqrt::wire
