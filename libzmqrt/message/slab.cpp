// SPDX-License-Identifier: MPL-2.0
//
// What a source does about claims when it knows no better: each step is a
// slab of its own, and the bytes are copied along. Any thread.

#include "libzmqrt/message/slab.hpp"

#include <algorithm>
#include <cstring>

namespace zmqrt {

claim buffer_source::take_claimed(std::size_t size,
                                  std::size_t first) noexcept {
  const std::size_t room = std::min(size, first);
  return {take(room), room, size};
}

bool buffer_source::grow_claimed(claim& what, std::size_t wanted) noexcept {
  const std::size_t room = std::min(wanted, what.size);
  slab_ref larger = take(room);
  if (!larger)
    return false;
  std::memcpy(larger->data(), what.memory->data(), what.room);
  what.memory = std::move(larger);
  what.room = room;
  return true;
}

} // namespace zmqrt
