// SPDX-License-Identifier: MPL-2.0
//
// Collects one whole frame at a time, for the handshake, where frames are
// few and small and always copied. Sans-I/O; belongs to one connection.

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "libzmqrt/wire/frame_header.hpp"
#include "libzmqrt/wire/limits.hpp"
#include "libzmqrt/wire/violation.hpp"

namespace zmqrt::wire {

class frame_collector {
public:
  frame_collector(framing peers, const frame_limits& limits) noexcept
    : framing_(peers), limits_(limits) {
  }
  frame_collector(const frame_collector&) = delete;
  frame_collector& operator=(const frame_collector&) = delete;
  /// Wipes the last body: it may be a password.
  ~frame_collector();

  /// Takes from the start of `bytes` what belongs to the frame.
  [[nodiscard]] verdict receive(std::span<const std::byte>& bytes);

  /// The frame is whole.
  [[nodiscard]] bool complete() const noexcept {
    return header_.size != 0 && body_.size() == header_.body;
  }
  [[nodiscard]] std::uint8_t flags() const noexcept {
    return header_.flags;
  }
  [[nodiscard]] std::span<const std::byte> body() const noexcept {
    return {reinterpret_cast<const std::byte*>(body_.data()), body_.size()};
  }
  /// On to the next frame.
  void restart() noexcept;

private:
  framing framing_;
  frame_limits limits_;
  std::uint8_t octets_size_ = 0;
  std::array<std::byte, longest_header> octets_{};
  frame_header header_;
  std::string body_;
};

} // namespace zmqrt::wire
