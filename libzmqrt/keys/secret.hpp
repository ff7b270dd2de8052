// SPDX-License-Identifier: MPL-2.0
//
// Secrets of one connection: short-term keys and what follows from them. They
// are wiped when they go, and compared in constant time. Any thread.

#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string>

namespace zmqrt::keys {

/// Overwrites the octets, whatever the compiler thinks of it.
void wipe(std::span<std::byte> octets) noexcept;

/// The same for a text, whose size stays.
void wipe(std::string& text) noexcept;

/// Takes the same time whatever the octets are; spans of unequal size differ
/// at once.
[[nodiscard]] bool same_secret(std::span<const std::byte> a,
                               std::span<const std::byte> b) noexcept;

/// Starts as zeros.
template <std::size_t Size>
class secret {
public:
  secret() noexcept = default;
  secret(const secret&) = delete;
  secret& operator=(const secret&) = delete;
  secret(secret&& other) noexcept : octets_(other.octets_) {
    wipe(other.octets_);
  }
  secret& operator=(secret&& other) noexcept {
    if (this != &other) {
      octets_ = other.octets_;
      wipe(other.octets_);
    }
    return *this;
  }
  ~secret() {
    wipe(octets_);
  }

  [[nodiscard]] std::byte* data() noexcept {
    return octets_.data();
  }
  [[nodiscard]] const std::byte* data() const noexcept {
    return octets_.data();
  }
  [[nodiscard]] std::span<std::byte, Size> octets() noexcept {
    return octets_;
  }
  [[nodiscard]] std::span<const std::byte, Size> octets() const noexcept {
    return octets_;
  }

private:
  std::array<std::byte, Size> octets_{};
};

} // namespace zmqrt::keys
