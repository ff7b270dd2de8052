// SPDX-License-Identifier: MPL-2.0
//
// Reading and writing commands. See the header.

#include "libzmqrt/wire/commands.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "libzmqrt/message/frame_octets.hpp"
#include "libzmqrt/wire/byte_order.hpp"

namespace zmqrt::wire {

namespace {

constexpr std::array<std::pair<std::string_view, command_kind>, 11> names{{
  {"READY", command_kind::ready},
  {"ERROR", command_kind::error},
  {"PING", command_kind::ping},
  {"PONG", command_kind::pong},
  {"SUBSCRIBE", command_kind::subscribe},
  {"CANCEL", command_kind::cancel},
  {"JOIN", command_kind::join},
  {"LEAVE", command_kind::leave},
  {"HELLO", command_kind::hello},
  {"WELCOME", command_kind::welcome},
  {"INITIATE", command_kind::initiate},
}};

std::string_view text(std::span<const std::byte> bytes) noexcept {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

} // namespace

verdict parse_command(std::span<const std::byte> body, command& out) {
  if (body.empty())
    return broken(protocol_detail::malformed_command);
  const auto size = static_cast<std::size_t>(body[0]);
  if (size == 0 || body.size() < 1 + size)
    return broken(protocol_detail::malformed_command);
  out.name = text(body.subspan(1, size));
  out.data = body.subspan(1 + size);
  out.kind = command_kind::unknown;
  for (const auto& [name, kind] : names)
    if (name == out.name)
      out.kind = kind;
  return {};
}

verdict parse_ping(std::span<const std::byte> data, ping& out) {
  if (data.size() < 2)
    return broken(protocol_detail::malformed_command);
  out.ttl_deciseconds = load_be16(data.data());
  const auto context = data.subspan(2);
  out.context = context.first(std::min(context.size(), max_ping_context));
  return {};
}

verdict parse_error(std::span<const std::byte> data, std::string& reason) {
  if (data.empty() || data.size() < 1 + static_cast<std::size_t>(data[0]))
    return broken(protocol_detail::malformed_error);
  reason = text(data.subspan(1, static_cast<std::size_t>(data[0])));
  return {};
}

void append_command(std::string& out, std::string_view name,
                    std::string_view data) {
  const std::size_t before = out.size();
  out.resize(before + command_room(name, data));
  auto* const at = reinterpret_cast<std::byte*>(out.data() + before);
  out.resize(before + write_command(at, name, data));
}

void append_ping(std::string& out, std::uint16_t ttl_deciseconds) {
  char ttl[2];
  store_be16(ttl, ttl_deciseconds);
  append_command(out, "PING", {ttl, sizeof ttl});
}

void append_pong(std::string& out, std::span<const std::byte> context) {
  append_command(out, "PONG", text(context));
}

} // namespace zmqrt::wire
