// SPDX-License-Identifier: MPL-2.0
//
// Pieces of bytes as messages. See the header.

#include "libzmqrt/wire/raw_chunks.hpp"

#include <array>
#include <cstring>

#include "libzmqrt/wire/frame_header.hpp"

namespace zmqrt::wire {

verdict raw_chunks::receive(const slab_ref& owner,
                            std::span<const std::byte> bytes) {
  const bool apart = bytes.size() >= attach_threshold;
  std::array<std::byte, longest_header> header{};
  const std::size_t size = write_v2_header(header.data(), 0, bytes.size());
  const std::size_t copied = size + (apart ? 0 : bytes.size());
  const slab_ref front = source_->take(copied);
  if (!front)
    return out_of_memory();
  std::memcpy(front->data(), header.data(), size);
  if (!apart)
    std::memcpy(front->data() + size, bytes.data(), bytes.size());
  delivered_.append(front, front->data(), copied);
  if (apart)
    delivered_.append(owner, bytes.data(), bytes.size());
  delivered_.add_messages(1);
  return {};
}

} // namespace zmqrt::wire
