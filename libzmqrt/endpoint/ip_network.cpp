// SPDX-License-Identifier: MPL-2.0
//
// Reading addresses and networks. See ip_network.hpp.

#include "libzmqrt/endpoint/ip_network.hpp"

#include <algorithm>

namespace zmqrt {

namespace {

constexpr unsigned v4_prefix_bits = 96;
constexpr std::array<std::uint8_t, 12> v4_prefix{0, 0, 0, 0, 0,    0,
                                                 0, 0, 0, 0, 0xff, 0xff};

/// Digits of `base`, all of `text`, at most `most`; no more of them than
/// `most_digits`.
std::optional<unsigned> parse_number(std::string_view text, unsigned base,
                                     std::size_t most_digits,
                                     unsigned most) noexcept {
  if (text.empty() || text.size() > most_digits)
    return std::nullopt;
  unsigned value = 0;
  for (const char c : text) {
    unsigned digit = base;
    if (c >= '0' && c <= '9')
      digit = static_cast<unsigned>(c - '0');
    else if (c >= 'a' && c <= 'f')
      digit = static_cast<unsigned>(c - 'a') + 10;
    else if (c >= 'A' && c <= 'F')
      digit = static_cast<unsigned>(c - 'A') + 10;
    if (digit >= base)
      return std::nullopt;
    value = value * base + digit;
  }
  return value <= most ? std::optional{value} : std::nullopt;
}

/// A number without leading zeros, which some read as octal.
std::optional<unsigned> parse_decimal(std::string_view text,
                                      unsigned most) noexcept {
  if (text.size() > 1 && text.front() == '0')
    return std::nullopt;
  return parse_number(text, 10, 3, most);
}

using v4_octets = std::array<std::uint8_t, 4>;

std::optional<v4_octets> parse_v4(std::string_view text) noexcept {
  v4_octets octets{};
  for (std::size_t i = 0; i < octets.size(); ++i) {
    const std::size_t dot = text.find('.');
    if ((dot == std::string_view::npos) != (i + 1 == octets.size()))
      return std::nullopt;
    const auto value = parse_decimal(text.substr(0, dot), 255);
    if (!value)
      return std::nullopt;
    octets[i] = static_cast<std::uint8_t>(*value);
    text.remove_prefix(dot == std::string_view::npos ? text.size() : dot + 1);
  }
  return octets;
}

/// The groups on one side of "::", or all of them.
struct group_run {
  std::array<std::uint8_t, 16> octets{};
  std::size_t size = 0;

  bool add(std::uint8_t octet) noexcept {
    if (size == octets.size())
      return false;
    octets[size++] = octet;
    return true;
  }
};

/// One group, or (at the very end) an IPv4 address.
bool parse_group(std::string_view text, bool last, group_run& into) noexcept {
  if (last && text.find('.') != std::string_view::npos) {
    const auto tail = parse_v4(text);
    return tail && std::all_of(tail->begin(), tail->end(), [&](auto octet) {
             return into.add(octet);
           });
  }
  const auto value = parse_number(text, 16, 4, 0xffff);
  return value && into.add(static_cast<std::uint8_t>(*value >> 8))
         && into.add(static_cast<std::uint8_t>(*value & 0xff));
}

bool parse_groups(std::string_view text, bool at_end,
                  group_run& into) noexcept {
  while (!text.empty()) {
    const std::size_t colon = text.find(':');
    const bool last = colon == std::string_view::npos;
    if (!parse_group(text.substr(0, colon), at_end && last, into))
      return false;
    if (last)
      return true;
    text.remove_prefix(colon + 1);
    if (text.empty())
      return false; // a colon ends it
  }
  return true;
}

std::optional<ip_address> parse_v6(std::string_view text) noexcept {
  const std::size_t gap = text.find("::");
  const bool whole = gap == std::string_view::npos;
  group_run front;
  group_run back;
  if (!parse_groups(text.substr(0, gap), whole, front))
    return std::nullopt;
  if (!whole && !parse_groups(text.substr(gap + 2), true, back))
    return std::nullopt;
  const std::size_t given = front.size + back.size;
  // "::" stands for one group at least.
  if (whole ? given != 16 : given > 14)
    return std::nullopt;
  ip_address out;
  std::copy_n(front.octets.begin(), front.size, out.octets.begin());
  std::copy_n(back.octets.begin(), back.size, out.octets.end() - back.size);
  return out;
}

failure broken(std::string rule) {
  return {make_error_code(errc::invalid_argument), std::move(rule)};
}

} // namespace

ip_address ip_address::v4(const std::array<std::uint8_t, 4>& octets) noexcept {
  ip_address out;
  std::copy(v4_prefix.begin(), v4_prefix.end(), out.octets.begin());
  std::copy(octets.begin(), octets.end(), out.octets.begin() + 12);
  return out;
}

bool ip_address::is_v4() const noexcept {
  return std::equal(v4_prefix.begin(), v4_prefix.end(), octets.begin());
}

std::optional<ip_address> parse_ip_address(std::string_view text) noexcept {
  if (text.find(':') != std::string_view::npos)
    return parse_v6(text);
  if (const auto octets = parse_v4(text))
    return ip_address::v4(*octets);
  return std::nullopt;
}

bool ip_network::contains(const ip_address& which) const noexcept {
  if (which.is_v4() && (!base.is_v4() || bits < v4_prefix_bits))
    return false;
  const unsigned whole = bits / 8;
  if (!std::equal(base.octets.begin(), base.octets.begin() + whole,
                  which.octets.begin()))
    return false;
  const unsigned rest = bits % 8;
  const unsigned unlike =
    rest == 0 ? 0U : base.octets[whole] ^ which.octets[whole];
  return unlike >> (8 - rest) == 0;
}

result<ip_network> parse_ip_network(std::string_view text) {
  const std::size_t slash = text.find('/');
  const std::string_view host = text.substr(0, slash);
  const auto base = parse_ip_address(host);
  if (!base)
    return broken("must be an IPv4 or IPv6 address, or one with /BITS");
  ip_network out{*base, 128};
  if (slash == std::string_view::npos)
    return out;
  const bool v4 = host.find(':') == std::string_view::npos;
  const unsigned most = v4 ? 32 : 128;
  const auto bits = parse_decimal(text.substr(slash + 1), most);
  if (!bits)
    return broken("the bits behind the / must be 0 to " + std::to_string(most));
  out.bits = *bits + (v4 ? v4_prefix_bits : 0);
  return out;
}

} // namespace zmqrt
