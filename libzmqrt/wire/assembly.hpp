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

/// A frame's memory begins with room for this much of it, if it is larger.
inline constexpr std::size_t first_room = 64 * std::size_t{1024};

class assembly {
public:
  explicit assembly(buffer_source& source) noexcept : source_(&source) {
  }

  /// Begins a frame with this canonical `header` and a body of `body`
  /// octets, which the caller has checked against the limits. False: no
  /// memory, or not that much.
  ///
  /// A large body gets a slab of its own, and its header a place in a slab
  /// that headers share. The header is only a claim: memory is asked for as
  /// octets arrive, first_room at first and then twice what is there, so
  /// that a peer makes us hold little more than it has sent.
  [[nodiscard]] bool begin(std::span<const std::byte> header,
                           std::uint64_t body) noexcept;

  [[nodiscard]] bool filling() const noexcept {
    return filled_ < claim_.size;
  }
  /// Takes what belongs to the frame from the start of `bytes`. False: no
  /// memory for more of it.
  [[nodiscard]] bool fill(std::span<const std::byte>& bytes) noexcept;
  /// How many of the frame's octets are not here yet.
  [[nodiscard]] std::size_t missing() const noexcept {
    return claim_.size - filled_;
  }
  /// Where the next of them go; not all of them need have room. Never empty
  /// while filling(); valid until fill(), written() or drop().
  [[nodiscard]] std::span<std::byte> room() noexcept {
    return {claim_.memory ? claim_.memory->data() + filled_ : nullptr,
            claim_.room - filled_};
  }
  /// `size` octets were written to the start of room(). False: no memory for
  /// more of them.
  [[nodiscard]] bool written(std::size_t size) noexcept;

  /// The body of the complete frame.
  [[nodiscard]] std::span<const std::byte> body() const noexcept {
    return {claim_.memory->data() + body_at_, claim_.size - body_at_};
  }
  /// Moves the complete frame behind what is in `to`.
  void take(batch& to);
  /// Lets the frame go.
  void drop() noexcept;

private:
  [[nodiscard]] bool place_header(std::span<const std::byte> header) noexcept;

  buffer_source* source_;
  claim claim_;            ///< of a body, a small one's header in front
  std::size_t filled_ = 0; ///< octets of it that are here already
  std::size_t body_at_ = 0;
  slab_ref headers_; ///< headers of large bodies, one behind the other
  std::size_t headers_used_ = 0;
  std::size_t header_size_ = 0; ///< of the last one of them, 0: in claim_
};

} // namespace zmqrt::wire
