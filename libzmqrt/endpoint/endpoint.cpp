// SPDX-License-Identifier: MPL-2.0
//
// Taking endpoint strings apart (zmq_tcp(7), zmq_ipc(7), zmq_inproc(7),
// zmq_udp(7)), with a rule in words for each way to get them wrong. Pure.

#include "libzmqrt/endpoint/endpoint.hpp"

#include <algorithm>
#include <optional>

namespace zmqrt {

namespace {

constexpr std::size_t max_ipc_path = 107;    // unix(7): sun_path, less a zero
constexpr std::size_t max_inproc_name = 256; // zmq_inproc(7)
constexpr std::size_t max_host = 255;        // RFC 1035, 2.3.4

using broken = std::optional<failure>;

failure invalid(std::string rule) {
  return {make_error_code(errc::invalid_argument), std::move(rule)};
}

/// Where a host and port stand: what they may be depends on it.
enum class role { bind, connect, source };

bool is_digit(char c) noexcept {
  return c >= '0' && c <= '9';
}

// No locale, and bytes of UTF-8 pass: the resolver knows better.
bool in_host(char c) noexcept {
  constexpr std::string_view never = "\"#*,/:;<>?[\\]^`{|}\x7f";
  return static_cast<unsigned char>(c) > ' '
         && never.find(c) == std::string_view::npos;
}

bool in_address(char c) noexcept {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F')
         || c == ':' || c == '.';
}

broken parse_port(std::string_view text, role where, std::uint16_t& port) {
  if (text == "*") {
    if (where == role::connect)
      return invalid("port * is for bind; connect needs a number");
    port = 0;
    return std::nullopt;
  }
  if (text.empty())
    return invalid("the port is missing");
  if (!std::all_of(text.begin(), text.end(), is_digit))
    return invalid(where == role::connect
                     ? "the port must be a number from 1 to 65535"
                     : "the port must be a number from 0 to 65535, or *");
  unsigned value = 0;
  for (char digit : text) {
    value = value * 10 + static_cast<unsigned>(digit - '0');
    if (value > 65535)
      return invalid("the port must not be above 65535");
  }
  if (value == 0 && where == role::connect)
    return invalid("port 0 is for bind; connect needs a real one");
  port = static_cast<std::uint16_t>(value);
  return std::nullopt;
}

// What stands in brackets: an IPv6 address, maybe with "%zone".
broken parse_bracketed(std::string_view text, endpoint::host_port& into) {
  const std::string_view address = text.substr(0, text.find('%'));
  const bool zoned = address.size() != text.size();
  const std::string_view zone =
    zoned ? text.substr(address.size() + 1) : std::string_view{};
  if (address.find(':') == std::string_view::npos
      || !std::all_of(address.begin(), address.end(), in_address))
    return invalid("brackets must hold an IPv6 address");
  if (zoned
      && (zone.empty() || !std::all_of(zone.begin(), zone.end(), in_host)))
    return invalid("the zone after % must name an interface");
  into.host = text;
  into.bracketed = true;
  return std::nullopt;
}

broken parse_host(std::string_view text, role where,
                  endpoint::host_port& into) {
  if (text == "*" || (text.empty() && where != role::connect)) {
    if (where == role::connect)
      return invalid("host * is for bind; connect needs a real one");
    into.host = "*";
    into.any_host = true;
    return std::nullopt;
  }
  if (text.empty())
    return invalid("the host is missing");
  if (text.size() > max_host)
    return invalid("the host is longer than 255 characters");
  if (text.front() == '[' && text.back() == ']')
    return parse_bracketed(text.substr(1, text.size() - 2), into);
  if (text.find(':') != std::string_view::npos)
    return invalid("an IPv6 address must stand in brackets");
  if (!std::all_of(text.begin(), text.end(), in_host))
    return invalid("the host has a character that no host has");
  into.host = text;
  return std::nullopt;
}

broken parse_host_port(std::string_view text, role where,
                       endpoint::host_port& into) {
  const std::size_t colon = text.rfind(':');
  const std::size_t bracket = text.rfind(']');
  if (colon == std::string_view::npos
      || (bracket != std::string_view::npos && bracket > colon))
    return invalid("the port is missing");
  if (broken why = parse_host(text.substr(0, colon), where, into))
    return why;
  into.present = true;
  return parse_port(text.substr(colon + 1), where, into.port);
}

broken parse_tcp(std::string_view address, endpoint_use use, endpoint& into) {
  into.transport = transport_kind::tcp;
  if (use == endpoint_use::bind) {
    if (address.find(';') != std::string_view::npos)
      return invalid("a source address (before ;) is for connect");
    return parse_host_port(address, role::bind, into.remote);
  }
  const std::size_t split = address.rfind(';');
  if (split == std::string_view::npos)
    return parse_host_port(address, role::connect, into.remote);
  if (broken why =
        parse_host_port(address.substr(0, split), role::source, into.source))
    return why;
  return parse_host_port(address.substr(split + 1), role::connect, into.remote);
}

broken parse_udp(std::string_view address, endpoint_use use, endpoint& into) {
  into.transport = transport_kind::udp;
  const role where = use == endpoint_use::bind ? role::bind : role::connect;
  const std::size_t split = address.rfind(';');
  if (split == std::string_view::npos)
    return parse_host_port(address, where, into.remote);
  if (split == 0)
    return invalid("the interface before ; is missing");
  if (broken why =
        parse_host(address.substr(0, split), role::source, into.source))
    return why;
  into.source.present = true;
  if (broken why =
        parse_host_port(address.substr(split + 1), where, into.remote))
    return why;
  if (into.remote.any_host)
    return invalid("an interface (before ;) is for a multicast group");
  return std::nullopt;
}

broken parse_ipc(std::string_view address, endpoint_use use, endpoint& into) {
  into.transport = transport_kind::ipc;
  if (address == "*") {
    if (use == endpoint_use::connect)
      return invalid("path * is for bind; connect needs a real one");
    into.any_path = true;
    return std::nullopt;
  }
  if (address == "@")
    return invalid("the abstract name after @ is empty");
  if (address.size() > max_ipc_path)
    return failure{make_error_code(errc::name_too_long),
                   "an ipc path has at most " + std::to_string(max_ipc_path)
                     + " bytes, not " + std::to_string(address.size())};
  into.abstract = address.front() == '@';
  into.path = into.abstract ? address.substr(1) : address;
  return std::nullopt;
}

broken parse_inproc(std::string_view address, endpoint& into) {
  into.transport = transport_kind::inproc;
  if (address.size() > max_inproc_name)
    return invalid("an inproc name has at most 256 bytes");
  into.name = address;
  return std::nullopt;
}

broken parse_into(std::string_view text, endpoint_use use, endpoint& into) {
  const std::size_t scheme_end = text.find("://");
  if (scheme_end == std::string_view::npos || scheme_end == 0)
    return invalid("an endpoint has the form transport://address");
  const std::string_view scheme = text.substr(0, scheme_end);
  const std::string_view address = text.substr(scheme_end + 3);
  if (address.empty())
    return invalid("the address after :// is empty");
  if (text.find('\0') != std::string_view::npos)
    return invalid("an endpoint has no zero byte");
  if (scheme == "tcp")
    return parse_tcp(address, use, into);
  if (scheme == "ipc")
    return parse_ipc(address, use, into);
  if (scheme == "inproc")
    return parse_inproc(address, into);
  if (scheme == "udp")
    return parse_udp(address, use, into);
  return failure{make_error_code(errc::protocol_not_supported),
                 "the transport must be tcp, ipc, inproc or udp"};
}

} // namespace

bool goes_with(transport_kind transport, socket_type type,
               endpoint_use use) noexcept {
  const bool udp = transport == transport_kind::udp;
  if (type == socket_type::dgram)
    return udp && use == endpoint_use::bind;
  return !udp
         || type
              == (use == endpoint_use::bind ? socket_type::dish
                                            : socket_type::radio);
}

result<endpoint> parse_endpoint(std::string_view text, endpoint_use use) {
  endpoint parsed;
  parsed.text = text;
  if (broken why = parse_into(text, use, parsed))
    return *std::move(why);
  return parsed;
}

} // namespace zmqrt
