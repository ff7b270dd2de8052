// SPDX-License-Identifier: MPL-2.0
//
// Numbers in network byte order, at any alignment. Pure.

#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace zmqrt::wire {

static_assert(std::endian::native == std::endian::little,
              "only little-endian hosts are supported");

[[nodiscard]] inline std::uint16_t load_be16(const void* from) noexcept {
  std::uint16_t raw;
  std::memcpy(&raw, from, sizeof raw);
  return __builtin_bswap16(raw);
}

[[nodiscard]] inline std::uint32_t load_be32(const void* from) noexcept {
  std::uint32_t raw;
  std::memcpy(&raw, from, sizeof raw);
  return __builtin_bswap32(raw);
}

[[nodiscard]] inline std::uint64_t load_be64(const void* from) noexcept {
  std::uint64_t raw;
  std::memcpy(&raw, from, sizeof raw);
  return __builtin_bswap64(raw);
}

inline void store_be16(void* to, std::uint16_t value) noexcept {
  value = __builtin_bswap16(value);
  std::memcpy(to, &value, sizeof value);
}

inline void store_be32(void* to, std::uint32_t value) noexcept {
  value = __builtin_bswap32(value);
  std::memcpy(to, &value, sizeof value);
}

inline void store_be64(void* to, std::uint64_t value) noexcept {
  value = __builtin_bswap64(value);
  std::memcpy(to, &value, sizeof value);
}

} // namespace zmqrt::wire
