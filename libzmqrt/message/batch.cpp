// SPDX-License-Identifier: MPL-2.0
//
// batch, and how frames are found in one (RFC 23, "Framing"). Pure.

#include "libzmqrt/message/batch.hpp"

#include <algorithm>
#include <cassert>
#include <iterator>

namespace zmqrt {

namespace {

std::uint64_t read_u64(const std::byte* at) noexcept {
  std::uint64_t value = 0;
  for (int i = 0; i < 8; ++i)
    value = value << 8 | std::to_integer<std::uint64_t>(at[i]);
  return value;
}

void skip_finished(std::span<const segment> in, batch_place& at) noexcept {
  while (at.segment < in.size() && at.offset == in[at.segment].size)
    at = {at.segment + 1, 0};
}

} // namespace

bool next_frame(std::span<const segment> in, batch_place& at,
                frame_view& found) noexcept {
  batch_place place = at;
  skip_finished(in, place);
  if (place.segment == in.size())
    return false;
  const std::byte* head = in[place.segment].data + place.offset;
  std::size_t left = in[place.segment].size - place.offset;
  const auto flags = std::to_integer<std::uint8_t>(head[0]);
  const std::size_t header = (flags & frame_flag_long) != 0 ? 9 : 2;
  if (left < header)
    return false;
  const std::uint64_t size =
    header == 9 ? read_u64(head + 1) : std::to_integer<std::uint64_t>(head[1]);
  place.offset += header;
  left -= header;
  if (size != 0 && left == 0) {
    skip_finished(in, place);
    left = place.segment == in.size() ? 0 : in[place.segment].size;
  }
  if (left < size)
    return false;
  const segment& home = in[place.segment];
  found.owner = &home.owner;
  found.body = {home.data + place.offset, static_cast<std::size_t>(size)};
  found.wire_size = header + found.body.size();
  found.flags = flags;
  place.offset += found.body.size();
  at = place;
  return true;
}

bool batch::append(std::span<const segment> pieces, std::uint64_t messages) {
  const auto append_all = [&] {
    for (const segment& piece : pieces)
      append(piece.owner, piece.data, piece.size);
  };
  if (!all_or_nothing(append_all))
    return false;
  messages_ += messages;
  return true;
}

void batch::splice(batch& other) {
  if (segments_.empty()) {
    segments_.swap(other.segments_);
    bytes_ = other.bytes_;
  } else {
    // By half at least: one splice after the other must not copy all each time.
    const std::size_t wanted = segments_.size() + other.segments_.size();
    if (wanted > segments_.capacity())
      segments_.reserve(std::max(wanted, segments_.capacity() / 2 * 3));
    for (segment& part : other.segments_)
      append(std::move(part));
  }
  messages_ += other.messages_;
  other.clear();
}

void batch::clear() noexcept {
  segments_.clear();
  messages_ = 0;
  bytes_ = 0;
}

batch_place batch::behind(std::uint64_t count,
                          std::size_t& bytes) const noexcept {
  assert(count <= messages_);
  batch_place at;
  bytes = 0;
  for (std::uint64_t passed = 0; passed < count; ++passed) {
    frame_view part;
    do {
      if (!next_frame(segments_, at, part)) {
        assert(false && "not a canonical batch");
        bytes = 0;
        return {};
      }
      bytes += part.wire_size;
    } while (part.more());
  }
  skip_finished(segments_, at);
  return at;
}

void batch::cut(const batch_place& at, std::uint64_t messages,
                std::size_t bytes) noexcept {
  segments_.erase(
    segments_.begin(),
    std::next(segments_.begin(), static_cast<std::ptrdiff_t>(at.segment)));
  if (at.offset != 0) {
    segments_.front().data += at.offset;
    segments_.front().size -= at.offset;
  }
  messages_ -= messages;
  bytes_ -= bytes;
}

void batch::drop_front(std::uint64_t count) {
  std::size_t taken = 0;
  const batch_place at = behind(count, taken);
  cut(at, count, taken);
}

void batch::move_front(std::uint64_t count, batch& out) {
  assert(out.empty());
  std::size_t taken = 0;
  const batch_place at = behind(count, taken);
  const auto end =
    std::next(segments_.begin(), static_cast<std::ptrdiff_t>(at.segment));
  out.segments_.reserve(at.segment + 1);
  out.segments_.assign(std::move_iterator{segments_.begin()},
                       std::move_iterator{end});
  if (at.offset != 0)
    out.segments_.push_back({end->owner, end->data, at.offset});
  out.messages_ = count;
  out.bytes_ = taken;
  cut(at, count, taken);
}

} // namespace zmqrt
