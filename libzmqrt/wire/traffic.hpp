// SPDX-License-Identifier: MPL-2.0
//
// The receive path after the handshake: bytes in, whole messages in canonical
// framing out (RFC 37, 23 and 15, "Framing"; RFC 13 for 1.0 peers, whose
// frames are rewritten as they come). Messages that lie whole in a receive
// buffer are referred to in place, as one run; a frame that does not is put
// together in memory of its own. Belongs to one connection.

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "libzmqrt/message/batch.hpp"
#include "libzmqrt/wire/assembly.hpp"
#include "libzmqrt/wire/frame_header.hpp"
#include "libzmqrt/wire/limits.hpp"
#include "libzmqrt/wire/scanner.hpp"
#include "libzmqrt/wire/violation.hpp"

namespace zmqrt::wire {

/// Hears of the commands among the messages, in order.
class command_sink {
public:
  /// `body` is the command frame's body, valid during the call.
  [[nodiscard]] virtual verdict on_command(std::span<const std::byte> body) = 0;

protected:
  ~command_sink() = default;
};

class traffic {
public:
  traffic(framing peers, const frame_limits& limits, buffer_source& source,
          command_sink& commands) noexcept;

  /// Takes all of `bytes`, a part of `owner`. After a violation the whole
  /// messages before it stand in delivered().
  [[nodiscard]] verdict receive(const slab_ref& owner,
                                std::span<const std::byte> bytes);

  /// Where the next octets of a large frame should be read to, perhaps not
  /// all that are missing; empty: nowhere.
  [[nodiscard]] std::span<std::byte> direct_target() noexcept;
  /// `size` octets were read to the start of direct_target().
  [[nodiscard]] verdict received_direct(std::size_t size);

  /// Whole messages, for the caller to take.
  [[nodiscard]] batch& delivered() noexcept {
    return delivered_;
  }

private:
  /// Takes from the start of `bytes` what belongs to the frame that an
  /// earlier buffer began.
  [[nodiscard]] verdict resume(std::span<const std::byte>& bytes);
  [[nodiscard]] verdict scan_run(const slab_ref& owner,
                                 std::span<const std::byte>& bytes);
  [[nodiscard]] verdict begin_partial(std::span<const std::byte>& bytes);
  [[nodiscard]] verdict begin_frame(const frame_header& header);
  [[nodiscard]] verdict finish_frame();
  [[nodiscard]] bool hold(const slab_ref& owner, const std::byte* data,
                          std::size_t size);
  void deliver_held();
  [[nodiscard]] frame_header read_header() const noexcept;

  framing framing_;
  frame_limits limits_;
  buffer_source* source_;
  command_sink* commands_;
  assembly assembly_;
  std::uint8_t flags_ = 0; ///< of the frame in assembly_
  std::uint8_t header_size_ = 0;
  std::array<std::byte, longest_header> header_{}; ///< incomplete, so far
  std::size_t frames_ = 0; ///< frames of the unfinished message
  batch held_;             ///< those frames
  batch delivered_;
};

} // namespace zmqrt::wire
