// SPDX-License-Identifier: MPL-2.0
//
// Datagrams of RADIO and DISH over UDP, as libzmq has them (RFC 48 leaves them
// open): one octet that says how long the group is, the group, and all that
// follows is the body. Pure.

#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

#include "libzmqrt/message/batch.hpp"

namespace zmqrt::wire {

struct group_datagram {
  std::string_view group;
  std::span<const std::byte> body;
};

/// Parts of `bytes`. None: they are no such datagram.
[[nodiscard]] std::optional<group_datagram>
parse_group_datagram(std::span<const std::byte> bytes) noexcept;

/// Appends a message of two frames, copies of these. False: no memory, and the
/// batch is as it was.
[[nodiscard]] bool append_pair(batch_writer& writer, batch& to,
                               std::string_view first,
                               std::span<const std::byte> second);

/// The two frames of a message in a batch.
struct frame_pair {
  std::span<const std::byte> first;
  std::span<const std::byte> second;

  [[nodiscard]] std::string_view first_text() const noexcept {
    return {reinterpret_cast<const char*>(first.data()), first.size()};
  }
  /// What goes before the body of a datagram: the group, and its size before
  /// it. Of a group that batch_writer has framed, in which form that is what
  /// lies there.
  [[nodiscard]] std::span<const std::byte> group_head() const noexcept {
    return {first.data() - 1, first.size() + 1};
  }
};

/// Moves `at`, a place of the canonical batch `in`, behind the next message,
/// which there has to be, and answers its frames. None: it has not two of them,
/// or the first is too long for a group.
[[nodiscard]] std::optional<frame_pair> next_pair(std::span<const segment> in,
                                                  batch_place& at) noexcept;

} // namespace zmqrt::wire
