// SPDX-License-Identifier: MPL-2.0
//
// Opening batches of boxes. See the header.

#include "libzmqrt/wire/boxed_input.hpp"

#include <algorithm>
#include <cstring>

namespace zmqrt::wire {

namespace {

/// Of a frame with a box in it. Neither MORE nor COMMAND stands outside.
frame_limits outer_limits(const frame_limits& inner,
                          std::size_t overhead) noexcept {
  frame_limits out;
  out.body = std::max(inner.body, inner.command) + overhead;
  out.frames = 1;
  out.flags = frame_flag_long;
  return out;
}

/// Frames that follow each other in one slab, on their way to `plain_`.
class run {
public:
  explicit run(traffic& plain) noexcept : plain_(&plain) {
  }

  /// `frame` was opened in `owner`; in front of it is room for a header.
  [[nodiscard]] verdict add(const slab_ref& owner, const opened_frame& frame) {
    const std::size_t size = frame.plain.size();
    const std::size_t header = v2_header_size(size);
    std::byte* const in_place = frame.plain.data() - header;
    // Boxes of one slab come in its order.
    const bool follows = size_ != 0 && owner_ == owner
                         && (size < attach_threshold || end() == in_place);
    if (!follows) {
      if (verdict bad = flush())
        return bad;
      owner_ = owner;
      begin_ = in_place;
    }
    std::byte* const at = end();
    write_v2_header(at, frame.flags, size);
    if (at != in_place && size != 0)
      std::memmove(at + header, frame.plain.data(), size);
    size_ += header + size;
    return {};
  }

  [[nodiscard]] verdict flush() {
    if (size_ == 0)
      return {};
    const std::span<const std::byte> frames{begin_, size_};
    size_ = 0;
    return plain_->receive(owner_, frames);
  }

private:
  [[nodiscard]] std::byte* end() const noexcept {
    return begin_ + size_;
  }

  traffic* plain_;
  slab_ref owner_;
  std::byte* begin_ = nullptr;
  std::size_t size_ = 0;
};

} // namespace

boxed_input::boxed_input(cipher& how, const frame_limits& limits,
                         buffer_source& source) noexcept
  : cipher_(&how),
    boxes_(framing::v2, outer_limits(limits, how.overhead()), source, *this) {
}

verdict boxed_input::receive(const slab_ref& owner,
                             std::span<const std::byte> bytes, traffic& plain) {
  verdict bad = boxes_.receive(owner, bytes);
  if (verdict earlier = open_all(plain))
    return earlier;
  return bad;
}

verdict boxed_input::received_direct(std::size_t size, traffic& plain) {
  if (verdict bad = boxes_.received_direct(size))
    return bad;
  return open_all(plain);
}

/// Never called: the limits have no COMMAND.
verdict boxed_input::on_command(std::span<const std::byte>) {
  return broken();
}

verdict boxed_input::open_all(traffic& plain) {
  batch& boxes = boxes_.delivered();
  run frames(plain);
  verdict bad;
  batch_place at;
  for (frame_view part; !bad && next_frame(boxes.segments(), at, part);) {
    // The bytes are ours (see engine::receive).
    std::byte* const memory = (*part.owner)->data();
    const std::span<std::byte> box{memory + (part.body.data() - memory),
                                   part.body.size()};
    opened_frame frame;
    if (const auto detail = cipher_->open(box, frame);
        detail != protocol_detail::none)
      bad = broken(detail);
    else
      bad = frames.add(*part.owner, frame);
  }
  boxes.clear();
  if (verdict earlier = frames.flush())
    return earlier;
  return bad;
}

} // namespace zmqrt::wire
