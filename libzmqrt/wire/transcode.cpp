// SPDX-License-Identifier: MPL-2.0
//
// Walks batches frame by frame. See the header.

#include "libzmqrt/wire/transcode.hpp"

#include <cstring>
#include <span>

namespace zmqrt::wire {

namespace {

bool shared(const frame_view& part) noexcept {
  return part.body.size() >= attach_threshold;
}

// As to_v1() makes them: a header lies within one segment.
std::uint64_t count_v1(std::span<const segment> in, std::size_t accepted) {
  std::uint64_t count = 0;
  std::size_t end = 0;
  std::size_t start = 0; // of the next frame, in its segment
  for (const segment& home : in) {
    while (start < home.size) {
      const frame_header header =
        read_v1_header(home.data + start, home.size - start);
      const std::size_t size = header.size + header.body;
      end += size;
      if (end > accepted)
        return count;
      if ((header.flags & frame_flag_more) == 0)
        ++count;
      start += size;
    }
    start -= home.size;
  }
  return count;
}

/// Copies headers and small bodies into one slab. `write_header` answers the
/// size of what it writes, `longest` at most.
template <class Header>
bool rewrite(const batch& messages, batch& to, buffer_source& source,
             std::size_t longest, Header write_header) {
  const std::span<const segment> in = messages.segments();
  std::size_t copied = 0;
  frame_view part;
  for (batch_place at; next_frame(in, at, part);)
    copied += longest + (shared(part) ? 0 : part.body.size());
  const slab_ref copies = copied == 0 ? slab_ref{} : source.take(copied);
  if (copied != 0 && !copies)
    return false;
  std::byte nothing{}; // to be copied
  std::byte* into = copies ? copies->data() : &nothing;
  for (batch_place at; next_frame(in, at, part);) {
    std::size_t size = write_header(into, part);
    if (!shared(part) && !part.body.empty()) {
      std::memcpy(into + size, part.body.data(), part.body.size());
      size += part.body.size();
    }
    if (size != 0)
      to.append(copies, into, size);
    if (shared(part))
      to.append(*part.owner, part.body.data(), part.body.size());
    into += size;
  }
  to.add_messages(messages.messages());
  return true;
}

} // namespace

bool to_v1(const batch& messages, batch& to, buffer_source& source) {
  return rewrite(messages, to, source, longest_header,
                 [](std::byte* into, const frame_view& part) {
                   return write_v1_header(into, part.more(), part.body.size());
                 });
}

bool to_raw(const batch& messages, batch& to, buffer_source& source) {
  return rewrite(messages, to, source, 0,
                 [](std::byte*, const frame_view&) { return std::size_t{0}; });
}

std::uint64_t count_whole_messages(const batch& wire, framing how,
                                   std::size_t accepted) {
  switch (how) {
  case framing::v1:
    return count_v1(wire.segments(), accepted);
  case framing::v2:
    return count_written(wire.segments(), accepted,
                         [](const frame_view& part) { return part.wire_size; });
  case framing::raw:
    break;
  }
  return count_written(wire.segments(), accepted,
                       [](const frame_view& part) { return part.body.size(); });
}

} // namespace zmqrt::wire
