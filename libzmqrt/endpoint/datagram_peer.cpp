// SPDX-License-Identifier: MPL-2.0
//
// See datagram_peer.hpp.

#include "libzmqrt/endpoint/datagram_peer.hpp"

#include <charconv>

namespace zmqrt {

namespace {

/// All of `text` as a number that is not above `most`; none: it is none.
std::optional<unsigned> number(std::string_view text, int base, unsigned most) {
  unsigned value = 0;
  const char* const end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, value, base);
  if (parsed.ec != std::errc{} || parsed.ptr != end || value > most)
    return std::nullopt;
  return value;
}

/// What comes before the next `mark`, which is taken off with it; all: there is
/// none.
std::string_view take_until(std::string_view& text, char mark) noexcept {
  const std::size_t end = text.find(mark);
  const std::string_view out = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return out;
}

/// Four numbers in decimal, none with a leading zero (inet_pton(3)).
bool is_ipv4(std::string_view text) noexcept {
  if (text.empty() || text.back() == '.')
    return false;
  int parts = 0;
  for (; !text.empty(); ++parts) {
    const std::string_view part = take_until(text, '.');
    if (!number(part, 10, 255) || (part.size() > 1 && part.front() == '0'))
      return false;
  }
  return parts == 4;
}

/// Groups of up to four hexadecimal digits with a colon between them, the last
/// two maybe as an IPv4 address; so many groups, or none: it is not that.
std::optional<int> groups_in(std::string_view text) noexcept {
  if (text.empty())
    return 0;
  if (text.back() == ':')
    return std::nullopt;
  int groups = 0;
  while (!text.empty()) {
    const std::string_view part = take_until(text, ':');
    if (text.empty() && is_ipv4(part))
      return groups + 2;
    if (part.size() > 4 || !number(part, 16, 0xffff))
      return std::nullopt;
    ++groups;
  }
  return groups;
}

/// RFC 4291, 2.2: eight groups, or fewer around one "::".
bool is_ipv6(std::string_view text) noexcept {
  const std::size_t gap = text.find("::");
  if (gap == std::string_view::npos)
    return groups_in(text) == 8;
  const std::string_view front = text.substr(0, gap);
  const auto before = groups_in(front);
  const auto after = groups_in(text.substr(gap + 2));
  return before && after && *before + *after < 8
         && front.find('.') == std::string_view::npos;
}

bool is_zone(std::string_view text) noexcept {
  return !text.empty() && text.find('\0') == std::string_view::npos;
}

} // namespace

std::optional<datagram_peer>
parse_datagram_peer(std::string_view text) noexcept {
  if (!text.empty() && text.back() == '\0')
    text.remove_suffix(1);
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos)
    return std::nullopt;
  std::string_view host = text.substr(0, colon);
  const auto port = number(text.substr(colon + 1), 10, 65535);
  if (!port || *port == 0)
    return std::nullopt;
  const datagram_peer plain{host, static_cast<std::uint16_t>(*port)};
  if (is_ipv4(host))
    return plain;
  if (host.size() < 2 || host.front() != '[' || host.back() != ']')
    return std::nullopt;
  host = host.substr(1, host.size() - 2);
  const std::size_t percent = host.find('%');
  const bool zoned = percent != std::string_view::npos;
  if (!is_ipv6(host.substr(0, percent))
      || (zoned && !is_zone(host.substr(percent + 1))))
    return std::nullopt;
  return datagram_peer{host, plain.port};
}

} // namespace zmqrt
