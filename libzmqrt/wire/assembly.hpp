// SPDX-License-Identifier: MPL-2.0
//
// A frame whose octets arrive in more than one piece, put together in memory
// of its own size, so that it ends up in one piece (see batch.hpp) without
// holding the receive buffers it came in. Belongs to one connection.
//
//   idle --begin()--> filling --last octet--> complete --take()--> idle

#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "libzmqrt/message/batch.hpp"
#include "libzmqrt/message/slab.hpp"

namespace zmqrt::wire {

class assembly {
public:
  explicit assembly(buffer_source& source) noexcept : source_(&source) {
  }

  /// Begins a frame with this canonical `header` and a body of `body`
  /// octets, which the caller has checked against the limits. False: no
  /// memory, or not that much.
  ///
  /// A large body gets a slab of exactly its size, and its header a place in
  /// a slab that headers share. The memory is asked for at once, in one
  /// piece, whatever the header claims: what bounds a lie is that sources
  /// map large slabs without touching them, so pages are taken only as
  /// octets arrive, that the limit of 2^40 and MAXMSGSIZE were checked
  /// before, and that a source refuses what the system has not got.
  [[nodiscard]] bool begin(std::span<const std::byte> header,
                           std::uint64_t body) noexcept;

  [[nodiscard]] bool filling() const noexcept {
    return filled_ < total_;
  }
  /// Copies what belongs to the frame from the start of `bytes`; answers how
  /// much that was.
  std::size_t fill(std::span<const std::byte> bytes) noexcept;
  /// Where the frame's next octets go.
  [[nodiscard]] std::span<std::byte> rest() noexcept {
    return {slab_ ? slab_->data() + filled_ : nullptr, total_ - filled_};
  }
  /// `size` octets were written to the start of rest().
  void written(std::size_t size) noexcept {
    filled_ += size;
  }

  /// The body of the complete frame.
  [[nodiscard]] std::span<const std::byte> body() const noexcept {
    return {slab_->data() + body_at_, total_ - body_at_};
  }
  /// Moves the complete frame behind what is in `to`.
  void take(batch& to);
  /// Lets the frame go.
  void drop() noexcept;

private:
  [[nodiscard]] bool place_header(std::span<const std::byte> header) noexcept;

  buffer_source* source_;
  slab_ref slab_;
  std::size_t total_ = 0;  ///< octets that go to slab_
  std::size_t filled_ = 0; ///< of those, here already
  std::size_t body_at_ = 0;
  slab_ref headers_; ///< headers of large bodies, one behind the other
  std::size_t headers_used_ = 0;
  std::size_t header_size_ = 0; ///< of the last one of them, 0: in slab_
};

} // namespace zmqrt::wire
