// SPDX-License-Identifier: MPL-2.0
//
// Commands: their names and bodies (RFC 37, "Commands", "Connection
// Heartbeating", "The NULL Security Mechanism"; HELLO, WELCOME and INITIATE of
// RFC 24 and 26). A command's body is a name with its size in front, then
// data; its frame is made by append_command(). Pure.

#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "libzmqrt/wire/violation.hpp"

namespace zmqrt::wire {

enum class command_kind : std::uint8_t {
  ready,
  error,
  ping,
  pong,
  subscribe,
  cancel,
  join,
  leave,
  hello,
  welcome,
  initiate,
  unknown,
};

/// A command's body, taken apart. The views are into the body.
struct command {
  command_kind kind = command_kind::unknown;
  std::string_view name;
  std::span<const std::byte> data;
};

/// Takes a command's body apart; a violation if it has no proper name.
[[nodiscard]] verdict parse_command(std::span<const std::byte> body,
                                    command& out);

/// PING's context is at most this long (RFC 37). As libzmq does, what is
/// longer is answered cut short.
inline constexpr std::size_t max_ping_context = 16;

struct ping {
  std::uint16_t ttl_deciseconds = 0; ///< zero: none
  std::span<const std::byte> context;
};

[[nodiscard]] verdict parse_ping(std::span<const std::byte> data, ping& out);

/// Reads ERROR's reason.
[[nodiscard]] verdict parse_error(std::span<const std::byte> data,
                                  std::string& reason);

/// Appends a command's frame to `out`: header, name, data.
void append_command(std::string& out, std::string_view name,
                    std::string_view data);
void append_ping(std::string& out, std::uint16_t ttl_deciseconds);
void append_pong(std::string& out, std::span<const std::byte> context);

} // namespace zmqrt::wire
