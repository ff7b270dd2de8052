// SPDX-License-Identifier: MPL-2.0
//
// Batches for peers that do not read the canonical framing: ZMTP 1.0 (RFC 13,
// "The Framing Layer"), and those without ZeroMQ, who read the bodies alone.
// Pure.

#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "libzmqrt/message/batch.hpp"
#include "libzmqrt/wire/frame_header.hpp"

namespace zmqrt::wire {

/// Appends `messages` to `to` in ZMTP 1.0 framing. Large bodies are shared,
/// small ones copied. False: no memory, and `to` is as it was.
[[nodiscard]] bool to_v1(const batch& messages, batch& to,
                         buffer_source& source);

/// Appends the bodies of `messages` to `to`, without headers; otherwise as
/// to_v1().
[[nodiscard]] bool to_raw(const batch& messages, batch& to,
                          buffer_source& source);

/// How many messages at the start of a canonical batch lie wholly within what
/// was written of it: `accepted` octets, where a frame takes size_of(frame).
template <class Size>
[[nodiscard]] std::uint64_t count_written(std::span<const segment> messages,
                                          std::size_t accepted, Size size_of) {
  std::uint64_t count = 0;
  std::size_t end = 0;
  batch_place at;
  for (frame_view part; next_frame(messages, at, part);) {
    end += size_of(part);
    if (end > accepted)
      break;
    if (!part.more())
      ++count;
  }
  return count;
}

/// How many messages at the start of `wire` lie wholly within its first
/// `accepted` octets. Bare bodies do not show where they end: for `raw`,
/// `wire` is the canonical batch that they were made of, and `accepted` counts
/// octets of them.
[[nodiscard]] std::uint64_t count_whole_messages(const batch& wire, framing how,
                                                 std::size_t accepted);

} // namespace zmqrt::wire
