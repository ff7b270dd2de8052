// SPDX-License-Identifier: MPL-2.0
//
// Batches for peers that do not read the canonical framing: ZMTP 1.0 (RFC 13,
// "The Framing Layer"), and those without ZeroMQ, who read the bodies alone.
// Pure.

#pragma once

#include <cstddef>
#include <cstdint>

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

/// How many messages at the start of `wire` lie wholly within its first
/// `accepted` octets. Bare bodies do not show where they end: for `raw`,
/// `wire` is the canonical batch that they were made of, and `accepted` counts
/// octets of them.
[[nodiscard]] std::uint64_t count_whole_messages(const batch& wire, framing how,
                                                 std::size_t accepted);

} // namespace zmqrt::wire
