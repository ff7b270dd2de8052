// SPDX-License-Identifier: MPL-2.0
//
// CRC-32 as zlib, Python and Java compute it.

#include "tests/interop/traffic.hpp"

#include <array>

namespace zmqrt::test {

namespace {

constexpr auto crc_table = [] {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t i = 0; i < 256; ++i) {
    auto value = i;
    for (int bit = 0; bit < 8; ++bit)
      value = (value & 1) != 0 ? 0xedb88320u ^ (value >> 1) : value >> 1;
    table[i] = value;
  }
  return table;
}();

} // namespace

std::vector<std::byte> make_frame(const traffic& what, std::uint64_t index,
                                  std::uint64_t f) {
  std::vector<std::byte> bytes(
    what.sizes[(index * what.frames + f) % what.sizes.size()]);
  auto value = (131 * index + 31 * f) % 251;
  for (auto& each : bytes) {
    each = static_cast<std::byte>(value);
    value = value == 250 ? 0 : value + 1;
  }
  return bytes;
}

void checksum::add(std::span<const std::byte> frame, bool more) {
  std::array<std::byte, 5> header{};
  for (unsigned i = 0; i < 4; ++i)
    header[i] = static_cast<std::byte>(frame.size() >> (8 * i));
  header[4] = static_cast<std::byte>(more);
  feed(header);
  feed(frame);
}

void checksum::feed(std::span<const std::byte> bytes) noexcept {
  auto crc = state_;
  for (const auto each : bytes)
    crc =
      crc_table[(crc ^ static_cast<std::uint32_t>(each)) & 0xff] ^ (crc >> 8);
  state_ = crc;
}

} // namespace zmqrt::test
