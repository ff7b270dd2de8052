// SPDX-License-Identifier: MPL-2.0
//
// The send path of an encrypted connection: one pass from a batch of framed
// messages to the boxes of their frames, each in a frame of its own without
// flags (RFC 26, "The MESSAGE Command"; as libzmq, which says MORE and COMMAND
// inside). Pure.

#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "libzmqrt/message/batch.hpp"
#include "libzmqrt/wire/cipher.hpp"

namespace zmqrt::wire {

/// Appends the boxes of canonical `messages` to `to`, in slabs of `source`.
/// False: no memory; what `to` holds then must not be sent.
[[nodiscard]] bool seal(const batch& messages, batch& to, cipher& how,
                        buffer_source& source);

/// How many of the first `messages` lie wholly within the first `accepted`
/// octets of their boxes.
[[nodiscard]] std::uint64_t count_sealed(std::span<const segment> messages,
                                         std::size_t overhead,
                                         std::size_t accepted);

} // namespace zmqrt::wire
