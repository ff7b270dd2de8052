// SPDX-License-Identifier: MPL-2.0
//
// The messages of the interop tests. Every peer, in every language, makes
// message `index` by the same rule, and sums up what it sent or received in
// one CRC-32, so that equal sums mean equal bytes in equal order:
//   frame f of message i has sizes[(i * frames + f) % sizes.size()] bytes,
//   byte j of it is (131 * i + 31 * f + j) % 251;
//   the sum runs over each frame's size (4 bytes, little-endian), a byte that
//   says whether more frames follow, and the bytes themselves.

#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace zmqrt::test {

struct traffic {
  std::uint64_t count = 1;
  std::vector<std::size_t> sizes{0};
  /// Frames per message.
  std::uint64_t frames = 1;
  /// Index of the first message.
  std::uint64_t first = 0;
};

/// Frame `f` of message `index`.
std::vector<std::byte> make_frame(const traffic& what, std::uint64_t index,
                                  std::uint64_t f);

/// Sums up a run of messages.
class checksum {
public:
  void add(std::span<const std::byte> frame, bool more);

  [[nodiscard]] std::uint32_t value() const noexcept {
    return ~state_;
  }

private:
  void feed(std::span<const std::byte> bytes) noexcept;

  std::uint32_t state_ = 0xffffffff;
};

} // namespace zmqrt::test
