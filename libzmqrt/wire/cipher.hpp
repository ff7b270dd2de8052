// SPDX-License-Identifier: MPL-2.0
//
// What a mechanism that encrypts leaves behind when its handshake is over: it
// makes a box of each frame, and opens the peer's. Declared here and
// implemented elsewhere, as mechanism.hpp. One object per connection.

#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "libzmqrt/wire/violation.hpp"

namespace zmqrt::wire {

/// What was in a box.
struct opened_frame {
  std::uint8_t flags = 0;     ///< frame_flag_more, frame_flag_command
  std::span<std::byte> plain; ///< a part of the box
};

class cipher {
public:
  virtual ~cipher() = default;

  /// So many octets a box is longer than what is in it; all of them in front.
  [[nodiscard]] virtual std::size_t overhead() const noexcept = 0;

  /// Writes the box of a frame to `box`: overhead() and plain.size() octets.
  /// The boxes are to be written to the peer in the order they were made.
  virtual void seal(std::uint8_t flags, std::span<const std::byte> plain,
                    std::byte* box) noexcept = 0;

  /// Opens the peer's next box in place. What is wrong with it; none: `out`
  /// is what was in it.
  [[nodiscard]] virtual protocol_detail open(std::span<std::byte> box,
                                             opened_frame& out) noexcept = 0;
};

} // namespace zmqrt::wire
