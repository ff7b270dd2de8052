// SPDX-License-Identifier: MPL-2.0
//
// A batch: a run of complete messages, already framed for the wire. The
// canonical framing is that of ZMTP 2.0 and 3.x (RFC 23, "Framing": flags
// octet, then a 1-octet or 8-octet length in network order, then the body).
// Every frame lies in one piece: a header and its body are in one segment, or
// the body is a segment of its own behind the header. Pure, single holder.

#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "libzmqrt/message/slab.hpp"
#include "zmqrt/message.hpp"

namespace zmqrt {

/// Flag bits of a frame's first octet (RFC 23, "Framing").
inline constexpr std::uint8_t frame_flag_more = 0x01;
inline constexpr std::uint8_t frame_flag_long = 0x02;
inline constexpr std::uint8_t frame_flag_command = 0x04;

/// Bodies of at least this many bytes are attached by reference, not copied.
inline constexpr std::size_t attach_threshold = 4096;

/// Bytes that a batch keeps alive. `owner` is empty for literals.
struct segment {
  slab_ref owner;
  const std::byte* data = nullptr;
  std::size_t size = 0;
};

class batch {
public:
  batch() = default;
  batch(batch&&) noexcept;
  batch& operator=(batch&&) noexcept;
  batch(const batch&) = default;
  batch& operator=(const batch&) = default;

  [[nodiscard]] bool empty() const noexcept {
    return messages_ == 0 && bytes_ == 0;
  }
  /// Whole messages in it.
  [[nodiscard]] std::uint64_t messages() const noexcept {
    return messages_;
  }
  /// Wire bytes in it, headers included.
  [[nodiscard]] std::size_t bytes() const noexcept {
    return bytes_;
  }
  [[nodiscard]] std::span<const segment> segments() const noexcept {
    return segments_;
  }

  /// Appends bytes, extending the last segment where they follow it in
  /// memory and share its owner.
  void append(const slab_ref& owner, const std::byte* data, std::size_t size);
  void append(segment part);
  /// Says that `count` more messages are now complete.
  void add_messages(std::uint64_t count) noexcept {
    messages_ += count;
  }
  /// Moves all of `other` behind what is here; `other` is empty then, and
  /// keeps its memory for reuse.
  void splice(batch& other);
  /// Empties it; the segment table keeps its memory.
  void clear() noexcept;

  /// Removes the first `count` messages (at most messages()), for a canonical
  /// batch. Used when the kernel has accepted them, and by CONFLATE.
  void drop_front(std::uint64_t count);

private:
  std::vector<segment> segments_;
  std::uint64_t messages_ = 0;
  std::size_t bytes_ = 0;
};

/// Frames messages into a batch: small bodies are copied into slabs of
/// `source`, those of attach_threshold bytes and more are attached. Belongs
/// to whoever owns the batch (a pipe's outbox, under its gate's lock).
class batch_writer {
public:
  explicit batch_writer(buffer_source& source) noexcept : source_(&source) {
  }

  /// Frames `part`; `more` says that another frame of the same message
  /// follows. False: no memory, and the batch is as it was.
  [[nodiscard]] bool append(batch& to, const frame& part, bool more);
  /// Frames all of `whole` and counts one message. False: no memory, and the
  /// batch is as it was.
  [[nodiscard]] bool append(batch& to, const message& whole);

  /// Lets the present slab go (the batch was handed over); the next one is
  /// sized by what the last batch needed.
  void restart(std::size_t last_bytes) noexcept;

private:
  [[nodiscard]] std::byte* room(std::size_t size) noexcept;

  buffer_source* source_;
  slab_ref slab_;
  std::size_t used_ = 0;
  std::size_t next_capacity_ = 4096;
};

/// Reads messages out of a queue of canonical batches, front to back: a
/// pipe's inbox. Bodies of at most frame::inline_capacity bytes are copied,
/// those that fill at least half of their slab are shared, others are copied
/// into a slab of their own size.
class batch_reader {
public:
  explicit batch_reader(buffer_source& source) noexcept : source_(&source) {
  }

  /// Queues a batch; `from` is empty then and keeps its memory for reuse.
  void push(batch& from);
  [[nodiscard]] std::uint64_t messages() const noexcept {
    return messages_;
  }
  [[nodiscard]] std::size_t bytes() const noexcept {
    return bytes_;
  }
  [[nodiscard]] bool empty() const noexcept {
    return messages_ == 0;
  }
  /// Takes the next message; false when there is none or no memory is left
  /// (then the message stays).
  [[nodiscard]] bool next(message& out);
  /// Drops the next message unread; false when there is none.
  bool skip();
  void clear() noexcept;

private:
  buffer_source* source_;
  std::vector<segment> queue_;
  std::size_t front_ = 0;
  const std::byte* cursor_ = nullptr;
  std::uint64_t messages_ = 0;
  std::size_t bytes_ = 0;
};

} // namespace zmqrt
