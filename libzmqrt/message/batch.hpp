// SPDX-License-Identifier: MPL-2.0
//
// A batch: a run of complete messages, already framed for the wire. The
// canonical framing is that of ZMTP 2.0 and 3.x (RFC 23, "Framing": flags
// octet, then a 1-octet or 8-octet length in network order, then the body).
// Every frame lies in one piece: a header and its body are in one segment, or
// the header ends a segment and the body begins the next one. Pure, single
// holder. The paths that every small message takes are inline: they run under
// a gate's lock.

#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <new>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "libzmqrt/message/prefetch.hpp"
#include "libzmqrt/message/slab.hpp"
#include "zmqrt/message.hpp"

namespace zmqrt {

/// Flag bits of a frame's first octet (RFC 23, "Framing").
inline constexpr std::uint8_t frame_flag_more = 0x01;
inline constexpr std::uint8_t frame_flag_long = 0x02;
inline constexpr std::uint8_t frame_flag_command = 0x04;

/// Bodies of at least this many bytes are attached by reference, not copied.
inline constexpr std::size_t attach_threshold = 4096;

/// So many frames a message may have, sent or received: a peer's empty ones
/// cost it two octets each, and us much more.
inline constexpr std::size_t most_frames = std::size_t{64} * 1024;

/// Bytes that a batch keeps alive. `owner` is empty for literals.
struct segment {
  slab_ref owner;
  const std::byte* data = nullptr;
  std::size_t size = 0;
};

/// A place between two frames of a run of segments.
struct batch_place {
  std::size_t segment = 0;
  std::size_t offset = 0; ///< in that segment
};

class batch {
public:
  batch() = default;
  batch(batch&& other) noexcept
    : segments_(std::move(other.segments_)),
      messages_(std::exchange(other.messages_, 0)),
      bytes_(std::exchange(other.bytes_, 0)) {
    other.segments_.clear();
  }
  /// Swaps the segment tables, so that `other` keeps memory for reuse.
  batch& operator=(batch&& other) noexcept {
    if (this != &other) {
      segments_.swap(other.segments_);
      messages_ = other.messages_;
      bytes_ = other.bytes_;
      other.clear();
    }
    return *this;
  }
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
  /// Without memory it throws bad_alloc, and the batch is as it was.
  void append(const slab_ref& owner, const std::byte* data, std::size_t size) {
    if (!extends(owner, data))
      segments_.push_back({owner, data, size});
    else
      segments_.back().size += size;
    bytes_ += size;
  }
  void append(segment part) {
    const std::size_t size = part.size;
    if (!extends(part.owner, part.data))
      segments_.push_back(std::move(part));
    else
      segments_.back().size += size;
    bytes_ += size;
  }
  /// All of these, which are so many messages. False: no memory, and the batch
  /// is as it was.
  [[nodiscard]] bool append(std::span<const segment> pieces,
                            std::uint64_t messages);
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
  /// Moves the first `count` messages (at most messages()) into `out`, which
  /// is empty; for a canonical batch. Throws std::bad_alloc, and nothing has
  /// moved.
  void move_front(std::uint64_t count, batch& out);

private:
  friend class batch_reader;
  friend class batch_writer;

  /// Where the first `count` messages end, and how many bytes they are.
  [[nodiscard]] batch_place behind(std::uint64_t count,
                                   std::size_t& bytes) const noexcept;
  /// Removes what is before `at`.
  void cut(const batch_place& at, std::uint64_t messages,
           std::size_t bytes) noexcept;
  [[nodiscard]] bool extends(const slab_ref& owner,
                             const std::byte* data) const noexcept {
    return !segments_.empty()
           && segments_.back().data + segments_.back().size == data
           && segments_.back().owner == owner;
  }

  /// Does what appends. False: no memory, and what it did is undone.
  template <class Steps>
  [[nodiscard]] bool all_or_nothing(const Steps& steps) {
    const std::size_t segments = segments_.size();
    const std::size_t last = segments == 0 ? 0 : segments_.back().size;
    const std::size_t bytes = bytes_;
    try {
      steps();
      return true;
    } catch (const std::bad_alloc&) {
      segments_.resize(segments);
      if (segments != 0)
        segments_.back().size = last;
      bytes_ = bytes;
      return false;
    }
  }

  std::vector<segment> segments_;
  std::uint64_t messages_ = 0;
  std::size_t bytes_ = 0;
};

/// A frame found in a batch.
struct frame_view {
  const slab_ref* owner = nullptr;
  std::span<const std::byte> body;
  std::size_t wire_size = 0; ///< with its header
  std::uint8_t flags = 0;

  [[nodiscard]] bool more() const noexcept {
    return (flags & frame_flag_more) != 0;
  }
};

/// Finds the frame at `at` and moves `at` behind it; false at the end (or
/// where the bytes are no canonical batch).
[[nodiscard]] bool next_frame(std::span<const segment> in, batch_place& at,
                              frame_view& found) noexcept;

/// Frames messages into a batch: small bodies are copied into slabs of
/// `source`, those of attach_threshold bytes and more are attached. Belongs
/// to whoever owns the batch (a pipe's outbox, under its gate's lock).
class batch_writer {
public:
  explicit batch_writer(buffer_source& source) noexcept : source_(&source) {
  }
  batch_writer(batch_writer&& other) noexcept;
  batch_writer& operator=(batch_writer&& other) noexcept;
  ~batch_writer() = default;

  /// Frames `part`; `more` says that another frame of the same message
  /// follows. False: no memory, and the batch is as it was.
  [[nodiscard]] bool append(batch& to, const frame& part, bool more);

  /// Frames all of `whole` and counts one message. False: no memory, and the
  /// batch is as it was.
  [[nodiscard]] bool append(batch& to, const message& whole) {
    if (whole.count_ == 1 && append_small(to, whole.first_)) [[likely]]
      return true;
    return append_slowly(to, {}, whole, 0);
  }

  /// Frames `front`, then what follows the first `skip` frames of `whole`, as
  /// one message, which has to have a frame then. False: no memory, and the
  /// batch is as it was.
  [[nodiscard]] bool append(batch& to, std::span<const frame> front,
                            const message& whole, std::size_t skip) {
    if (front.empty() && whole.count_ == skip + 1
        && append_small(to, whole[skip])) [[likely]]
      return true;
    return append_slowly(to, front, whole, skip);
  }

  /// Frames a command (RFC 37, "Commands") of this name and data; it counts as
  /// a message. False: no memory, and the batch is as it was.
  [[nodiscard]] bool append_command(batch& to, std::string_view name,
                                    std::string_view data);

  /// Lets the present slab go (the batch was handed over); the next one is
  /// sized by what was copied for the last batch, `last_bytes` at most.
  void restart(std::size_t last_bytes) noexcept;

private:
  static constexpr std::size_t inline_room = 2 + frame::inline_capacity;

  [[nodiscard]] std::size_t left() const noexcept {
    return static_cast<std::size_t>(end_ - cursor_);
  }
  /// A message of one small frame, right behind what is there; false: it is
  /// not that easy.
  [[nodiscard]] bool append_small(batch& to, const frame& whole) {
    const frame::state& only = whole.state_;
    if (only.kind != frame::kind::inlined || left() < inline_room
        || !to.extends(slab_, cursor_)) [[unlikely]]
      return false;
    prefetch_to_write(cursor_ + prefetch_distance);
    cursor_[0] = std::byte{0};
    cursor_[1] = std::byte{only.inline_size};
    // Always the whole capacity: a fixed size is a few vector moves. What is
    // too much of it will be overwritten.
    std::memcpy(cursor_ + 2, only.inlined, frame::inline_capacity);
    const std::size_t size = std::size_t{only.inline_size} + 2;
    cursor_ += size;
    to.segments_.back().size += size;
    to.bytes_ += size;
    ++to.messages_;
    return true;
  }
  [[nodiscard]] bool append_slowly(batch& to, std::span<const frame> front,
                                   const message& whole, std::size_t skip);
  void write(batch& to, const frame& part, bool more);
  void reserve(std::size_t size);

  buffer_source* source_;
  slab_ref slab_;
  std::byte* cursor_ = nullptr;
  std::byte* end_ = nullptr;
  std::size_t copied_ = 0;
  std::size_t next_capacity_ = 4096;
};

/// Reads messages out of a queue of canonical batches, front to back: a
/// pipe's inbox. Bodies of at most frame::inline_capacity bytes are copied,
/// those that fill at least half of their slab are shared, others are copied
/// into a slab of their own size, as are all of a reader that copies.
class batch_reader {
public:
  explicit batch_reader(buffer_source& source, bool copies = false) noexcept
    : source_(&source), copies_(copies) {
  }
  batch_reader(batch_reader&& other) noexcept;
  batch_reader& operator=(batch_reader&& other) noexcept;
  ~batch_reader() = default;

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
  /// (then the message stays, and `out` may be empty). What `out` held before
  /// is dropped, its properties too; its memory is used again.
  [[nodiscard]] bool next(message& out) {
    return next(out, nullptr);
  }
  /// The same, and the message gets these properties.
  [[nodiscard]] bool next(message& out,
                          const std::shared_ptr<const peer_properties>& from) {
    const auto have = static_cast<std::size_t>(end_ - cursor_);
    if (messages_ != 0 && have >= 2 && cursor_[0] == std::byte{0}) [[likely]] {
      const auto size = std::to_integer<std::size_t>(cursor_[1]);
      if (size <= frame::inline_capacity && have >= size + 2) [[likely]] {
        frame& to = out.first_;
        to.drop();
        // A fixed size is a few vector moves; see batch_writer::append.
        if (have >= 2 + frame::inline_capacity) [[likely]]
          std::memcpy(to.state_.inlined, cursor_ + 2, frame::inline_capacity);
        else
          std::memcpy(to.state_.inlined, cursor_ + 2, size);
        to.set_inline_size(size);
        prefetch_to_read(cursor_ + prefetch_distance);
        out.count_ = 1;
        out.routing_id_ = 0;
        if (out.rest_) [[unlikely]]
          out.rest_->clear();
        out.set_properties(from);
        cursor_ += size + 2;
        bytes_ -= size + 2;
        --messages_;
        if (cursor_ == end_) [[unlikely]]
          leave_segment();
        return true;
      }
    }
    return next_slowly(out, from);
  }
  /// Drops the next message unread; false when there is none.
  bool skip();
  /// What is queued, that which is being read first.
  [[nodiscard]] std::span<const segment> segments() const noexcept {
    return std::span{queue_}.subspan(front_);
  }
  void clear() noexcept;

private:
  [[nodiscard]] bool
  next_slowly(message& out, const std::shared_ptr<const peer_properties>& from);
  [[nodiscard]] bool read(const frame_view& found, frame& into) const noexcept;
  void commit(const batch_place& to, std::size_t taken) noexcept;
  void enter_segment() noexcept;
  void leave_segment() noexcept;

  buffer_source* source_;
  bool copies_;
  std::vector<segment> queue_;
  std::size_t front_ = 0; ///< the segment that is being read
  const std::byte* cursor_ = nullptr;
  const std::byte* end_ = nullptr;
  std::uint64_t messages_ = 0;
  std::size_t bytes_ = 0;
};

} // namespace zmqrt
