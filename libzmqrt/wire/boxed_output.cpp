// SPDX-License-Identifier: MPL-2.0
//
// Sealing batches. See the header.

#include "libzmqrt/wire/boxed_output.hpp"

#include <algorithm>

#include "libzmqrt/wire/frame_header.hpp"
#include "libzmqrt/wire/transcode.hpp"

namespace zmqrt::wire {

namespace {

/// Slabs of this size stay in the second-level cache from the sealing to the
/// kernel's copy, and the pool has them at hand.
constexpr std::size_t slab_size = std::size_t{256} * 1024;

constexpr std::uint8_t inner_flags = frame_flag_more | frame_flag_command;

std::size_t sealed_size(const frame_view& part, std::size_t overhead) noexcept {
  const std::size_t box = part.body.size() + overhead;
  return v2_header_size(box) + box;
}

} // namespace

bool seal(const batch& messages, batch& to, cipher& how,
          buffer_source& source) {
  const std::size_t overhead = how.overhead();
  // At least what is to come, if every message is of one short frame.
  std::size_t expected =
    messages.bytes() + messages.messages() * (overhead + longest_header);
  slab_ref slab;
  std::size_t used = 0;
  batch_place at;
  for (frame_view part; next_frame(messages.segments(), at, part);) {
    const std::size_t size = sealed_size(part, overhead);
    if (!slab || slab->capacity() - used < size) {
      if (slab)
        to.append(slab, slab->data(), used);
      slab = source.take(std::max(size, std::min(expected, slab_size)));
      if (!slab)
        return false;
      used = 0;
    }
    std::byte* const frame = slab->data() + used;
    const std::size_t box = part.body.size() + overhead;
    const std::size_t header = write_v2_header(frame, 0, box);
    how.seal(part.flags & inner_flags, part.body, frame + header);
    used += size;
    expected -= std::min(expected, size);
  }
  if (slab)
    to.append(slab, slab->data(), used);
  to.add_messages(messages.messages());
  return true;
}

std::uint64_t count_sealed(std::span<const segment> messages,
                           std::size_t overhead, std::size_t accepted) {
  return count_written(messages, accepted, [overhead](const frame_view& part) {
    return sealed_size(part, overhead);
  });
}

} // namespace zmqrt::wire
