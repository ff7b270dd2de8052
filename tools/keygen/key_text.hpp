// SPDX-License-Identifier: MPL-2.0
//
// Keys as a file or a line has them. One thread.

#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "zmqrt/curve.hpp"

namespace zmqrt::keygen {

enum class key_format {
  z85, ///< 40 characters and a newline
  hex, ///< 64 digits and a newline
  raw, ///< 32 octets
};

/// A key, secret or not, as it is written. It stays where it was made, and is
/// wiped there.
class key_text {
public:
  key_text(std::span<const std::byte, curve_key_size> key, key_format format);
  key_text(const key_text&) = delete;
  key_text& operator=(const key_text&) = delete;
  ~key_text();

  [[nodiscard]] std::string_view view() const noexcept {
    return {text_.data(), size_};
  }

private:
  void add(std::string_view text) noexcept;

  std::array<char, 2 * curve_key_size + 1> text_{};
  std::size_t size_ = 0;
};

/// Reads what key_text wrote, in any of its formats; the newline may be missing
/// or be that of Windows. Throws std::system_error where it cannot be
/// read, error (invalid_argument) for what is no key.
[[nodiscard]] curve_secret_key read_secret_key(const std::string& path);

} // namespace zmqrt::keygen
