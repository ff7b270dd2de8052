// SPDX-License-Identifier: MPL-2.0
//
// What the messages carry. Word i of message `seq` is seq + i, the bytes
// behind the last word are the low byte of seq: written word by word, read
// word by word, and checked by a sum that both sides can compute.

#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <stdexcept>

namespace zmqrt::bench {

/// Writes `size` bytes of message `seq` starting at its word `word`.
inline void write_payload(std::byte* to, std::size_t size, std::uint64_t seq,
                          std::uint64_t word = 0) noexcept {
  const auto words = size / 8;
  for (std::size_t i = 0; i < words; ++i) {
    const std::uint64_t value = seq + word + i;
    std::memcpy(to + 8 * i, &value, 8);
  }
  for (auto i = words * 8; i < size; ++i)
    to[i] = static_cast<std::byte>(seq);
}

/// Sums what write_payload() wrote; parts add up.
[[nodiscard]] inline std::uint64_t sum_payload(const std::byte* from,
                                               std::size_t size) noexcept {
  const auto words = size / 8;
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < words; ++i) {
    std::uint64_t value;
    std::memcpy(&value, from + 8 * i, 8);
    sum += value;
  }
  for (auto i = words * 8; i < size; ++i)
    sum += static_cast<std::uint64_t>(from[i]);
  return sum;
}

/// The sum of a whole message.
[[nodiscard]] inline std::uint64_t expected_sum(std::size_t size,
                                                std::uint64_t seq) noexcept {
  const std::uint64_t words = size / 8;
  const std::uint64_t triangle = words == 0 ? 0 : words * (words - 1) / 2;
  return words * seq + triangle + (size % 8) * (seq & 0xff);
}

/// Throws unless the message is the expected one.
inline void check_sum(std::size_t size, std::uint64_t seq, std::uint64_t sum) {
  if (sum != expected_sum(size, seq)) [[unlikely]]
    throw std::runtime_error("a message arrived damaged or out of order");
}

/// The same for a message that lies in one piece.
inline void check_payload(const std::byte* from, std::size_t size,
                          std::size_t expected_size, std::uint64_t seq) {
  if (size != expected_size) [[unlikely]]
    throw std::runtime_error("a message arrived with the wrong size");
  check_sum(size, seq, sum_payload(from, size));
}

} // namespace zmqrt::bench
