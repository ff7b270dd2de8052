// SPDX-License-Identifier: MPL-2.0
//
// Writing and reading keys. See the header.

#include "tools/keygen/key_text.hpp"

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <optional>
#include <system_error>

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "tools/keygen/descriptor.hpp"
#include "zmqrt/error.hpp"

namespace zmqrt::keygen {

namespace {

constexpr std::size_t z85_size = curve_key_size / 4 * 5;
constexpr std::size_t hex_size = curve_key_size * 2;

/// Wiped when it goes.
template <class T, std::size_t Size>
struct wiped : std::array<T, Size> {
  wiped() noexcept : std::array<T, Size>{} {
  }
  wiped(const wiped&) = delete;
  wiped& operator=(const wiped&) = delete;
  ~wiped() {
    ::explicit_bzero(this->data(), sizeof(T) * Size);
  }
};

/// Room for the longest key with its newline, and one octet to see more by.
using file_octets = wiped<char, hex_size + 3>;

/// How much there is; what the array cannot hold is left.
std::size_t read_file(const std::string& path, file_octets& into) {
  const descriptor fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (fd.get() < 0)
    throw std::system_error(errno, std::generic_category(), path);
  std::size_t size = 0;
  while (size < into.size()) {
    const auto n = ::read(fd.get(), into.data() + size, into.size() - size);
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      throw std::system_error(errno, std::generic_category(), path);
    if (n == 0)
      break;
    size += static_cast<std::size_t>(n);
  }
  return size;
}

std::optional<unsigned> digit_of(char c) noexcept {
  if (c >= '0' && c <= '9')
    return static_cast<unsigned>(c - '0');
  if (c >= 'a' && c <= 'f')
    return static_cast<unsigned>(c - 'a' + 10);
  if (c >= 'A' && c <= 'F')
    return static_cast<unsigned>(c - 'A' + 10);
  return std::nullopt;
}

std::optional<curve_secret_key> from_hex(std::string_view text) {
  wiped<std::byte, curve_key_size> octets;
  for (std::size_t i = 0; i < octets.size(); ++i) {
    const auto high = digit_of(text[2 * i]);
    const auto low = digit_of(text[2 * i + 1]);
    if (!high || !low)
      return std::nullopt;
    octets[i] = static_cast<std::byte>(*high << 4 | *low);
  }
  return curve_secret_key{octets};
}

std::string_view without_newline(std::string_view text) noexcept {
  for (const char end : {'\n', '\r'})
    if (text.ends_with(end))
      text.remove_suffix(1);
  return text;
}

std::optional<curve_secret_key> parse(std::string_view text) {
  // 32 octets are a raw key, whatever the last of them is.
  if (text.size() == curve_key_size)
    return curve_secret_key{std::as_bytes(
      std::span<const char, curve_key_size>{text.data(), text.size()})};
  const auto line = without_newline(text);
  if (line.size() == hex_size)
    return from_hex(line);
  if (line.size() == z85_size)
    return curve_secret_key{line}; // throws; the reader knows what it says
  return std::nullopt;
}

} // namespace

key_text::key_text(std::span<const std::byte, curve_key_size> key,
                   key_format format) {
  switch (format) {
  case key_format::z85: {
    auto z85 = z85_encode(key);
    add(z85);
    ::explicit_bzero(z85.data(), z85.size());
    break;
  }
  case key_format::hex:
    for (const std::byte octet : key) {
      constexpr std::string_view digits = "0123456789abcdef";
      add(digits.substr(std::to_integer<std::size_t>(octet >> 4), 1));
      add(
        digits.substr(std::to_integer<std::size_t>(octet & std::byte{15}), 1));
    }
    break;
  case key_format::raw:
    add({reinterpret_cast<const char*>(key.data()), key.size()});
    return;
  }
  add("\n");
}

key_text::~key_text() {
  ::explicit_bzero(text_.data(), text_.size());
}

void key_text::add(std::string_view text) noexcept {
  assert(text.size() <= text_.size() - size_);
  std::copy(text.begin(), text.end(), text_.begin() + size_);
  size_ += text.size();
}

curve_secret_key read_secret_key(const std::string& path) {
  file_octets octets;
  const std::size_t size = read_file(path, octets);
  std::optional<curve_secret_key> key;
  try {
    key = parse({octets.data(), size});
  } catch (const error&) { // no Z85
  }
  if (!key)
    throw error(
      errc::invalid_argument, path,
      "no key: that is 40 characters of Z85, 64 of hex, or 32 octets");
  return *key;
}

} // namespace zmqrt::keygen
