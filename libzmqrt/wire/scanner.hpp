// SPDX-License-Identifier: MPL-2.0
//
// The scan of a receive buffer, frame header by frame header, for the run of
// whole messages in it (ZMTP 2.0 and 3.x framing). This is the one loop that
// every received message passes; it touches nothing but headers. Pure.

#pragma once

#include <cstddef>
#include <cstdint>

#include "libzmqrt/wire/frame_header.hpp"
#include "libzmqrt/wire/limits.hpp"

namespace zmqrt::wire {

enum class scan_stop : std::uint8_t {
  exhausted, ///< the buffer ends with a whole frame
  partial,   ///< a frame begins at `at` that is not whole
  command,   ///< a whole command frame begins at `at`
  bad_flags, ///< a header at `at` that this revision does not know
  too_long,  ///< a frame at `at` is beyond the limits
  too_many,  ///< the message at `at` has too many frames
};

struct scan {
  const std::byte* at = nullptr;              ///< where it stopped
  const std::byte* behind_messages = nullptr; ///< behind the last whole one
  std::uint64_t messages = 0;                 ///< whole ones found
  std::size_t frames = 0; ///< frames of the message unfinished at `at`
  scan_stop why = scan_stop::exhausted;
  frame_header stopped; ///< of partial (size 0: not even the header) and
                        ///< command
};

/// Headers fetched ahead: enough to cover the second-level cache's delay.
inline constexpr std::size_t prefetched_frames = 8;

/// What is wrong with a header, as far as it is known: exhausted when
/// nothing is. `frames` says how many frames its message has before it.
[[nodiscard]] inline scan_stop check_header(const frame_header& header,
                                            const frame_limits& limits,
                                            std::size_t frames) noexcept {
  const bool more = (header.flags & frame_flag_more) != 0;
  const bool command = (header.flags & frame_flag_command) != 0;
  // RFC 37, "Framing": reserved bits are zero, and MORE is on commands.
  if (!header.valid || (header.flags & ~limits.flags) != 0 || (command && more))
    return scan_stop::bad_flags;
  if (header.body > (command ? limits.command : limits.body))
    return scan_stop::too_long;
  if (more && frames + 1 >= limits.frames)
    return scan_stop::too_many;
  return scan_stop::exhausted;
}

/// Scans [begin, end). `frames` says how many frames the message has already
/// that began in an earlier buffer.
[[nodiscard]] inline scan scan_frames(const std::byte* begin,
                                      const std::byte* end,
                                      const frame_limits& limits,
                                      std::size_t frames) noexcept {
  scan out;
  const std::byte* at = begin;
  const std::byte* behind_messages = begin;
  const std::uint64_t body_limit = limits.body;
  std::uint64_t messages = 0;
  while (at != end) {
    const auto left = static_cast<std::size_t>(end - at);
    const frame_header header = read_v2_header(at, left);
    if (header.flags != 0 || header.body > body_limit) [[unlikely]] {
      out.why = check_header(header, limits, frames);
      if (out.why != scan_stop::exhausted)
        break;
    }
    if (header.size == 0 || header.body > left - header.size) {
      out.stopped = header;
      out.why = scan_stop::partial;
      break;
    }
    if ((header.flags & frame_flag_command) != 0) [[unlikely]] {
      out.stopped = header;
      out.why = scan_stop::command;
      break;
    }
    // What bounds this loop is the load that each step's address waits for;
    // messages tend to be of one size, so the next headers can be guessed.
    const std::size_t size = header.size + header.body;
    __builtin_prefetch(at + prefetched_frames * size);
    at += size;
    ++frames;
    if ((header.flags & frame_flag_more) == 0) {
      frames = 0;
      ++messages;
      behind_messages = at;
    }
  }
  out.at = at;
  out.behind_messages = behind_messages;
  out.messages = messages;
  out.frames = frames;
  return out;
}

} // namespace zmqrt::wire
