// SPDX-License-Identifier: MPL-2.0
//
// See datagram.hpp.

#include "libzmqrt/wire/datagram.hpp"

#include <array>
#include <cassert>
#include <new>

namespace zmqrt::wire {

std::optional<group_datagram>
parse_group_datagram(std::span<const std::byte> bytes) noexcept {
  if (bytes.empty())
    return std::nullopt;
  const auto size = std::to_integer<std::size_t>(bytes.front());
  bytes = bytes.subspan(1);
  if (size > bytes.size())
    return std::nullopt;
  const std::string_view group{reinterpret_cast<const char*>(bytes.data()),
                               size};
  if (!message::is_group(group))
    return std::nullopt;
  return group_datagram{group, bytes.subspan(size)};
}

bool append_pair(batch_writer& writer, batch& to, std::string_view first,
                 std::span<const std::byte> second) {
  try {
    const std::array front{frame::literal(first)};
    // What is not attached is copied anyway: so it is only referred to.
    const message body{
      second.size() < attach_threshold ? frame::literal(
        {reinterpret_cast<const char*>(second.data()), second.size()})
                                       : frame{second}};
    return writer.append(to, front, body, 0);
  } catch (const std::bad_alloc&) {
    return false;
  }
}

std::optional<frame_pair> next_pair(std::span<const segment> in,
                                    batch_place& at) noexcept {
  frame_view first;
  frame_view second;
  [[maybe_unused]] const bool found = next_frame(in, at, first);
  assert(found);
  if (!first.more() || !next_frame(in, at, second))
    return std::nullopt;
  if (second.more()) {
    while (second.more() && next_frame(in, at, second)) {
    }
    return std::nullopt;
  }
  if (first.body.size() > message::longest_group)
    return std::nullopt;
  return frame_pair{first.body, second.body};
}

} // namespace zmqrt::wire
