// SPDX-License-Identifier: MPL-2.0
//
// See datagram_peer.hpp.

#include "libzmqrt/endpoint/datagram_peer.hpp"

#include <charconv>

#include "libzmqrt/endpoint/ip_network.hpp"

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

bool is_ipv4(std::string_view text) noexcept {
  return text.find(':') == std::string_view::npos && parse_ip_address(text);
}

bool is_ipv6(std::string_view text) noexcept {
  return text.find(':') != std::string_view::npos && parse_ip_address(text);
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
