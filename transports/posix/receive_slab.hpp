// SPDX-License-Identifier: MPL-2.0
//
// What happens to a slab that was read into: it leaves for the handler if it
// is well filled, else its bytes do, in a slab of their own size. What an
// application keeps then pins little more than itself.

#pragma once

#include <cstddef>
#include <cstring>
#include <utility>

#include "libzmqrt/message/slab.hpp"

namespace zmqrt::transports {

/// What is read behind a large frame's last byte: enough for the next header,
/// little enough that the next large body is not read here and copied.
inline constexpr std::size_t tail_bytes = 4096;

/// Whether `count` bytes of payload justify that a slab is handed up.
[[nodiscard]] inline bool well_filled(const slab_ref& filled,
                                      std::size_t count) noexcept {
  return count * 2 >= filled->capacity();
}

/// Hands up the first `count` bytes of `filled`: itself (`filled` is empty
/// then), or a copy of the right size.
[[nodiscard]] inline slab_ref hand_up(buffer_source& source, slab_ref& filled,
                                      std::size_t count) noexcept {
  if (!well_filled(filled, count)) {
    if (auto copy = source.take(count)) {
      std::memcpy(copy->data(), filled->data(), count);
      return copy;
    }
  }
  return std::move(filled); // also where there is no memory for a copy
}

} // namespace zmqrt::transports
