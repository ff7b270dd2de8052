// SPDX-License-Identifier: MPL-2.0
//
// What a peer may write that is no ZMTP, or not here: in place of a handshake,
// and behind a proper one. For a PULL with MAXMSGSIZE 1 MiB. Knows nothing of
// zmqrt.

#pragma once

#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "tests/actors/raw_peer.hpp"

namespace zmqrt::test {

[[nodiscard]] inline std::string hex(std::string_view digits) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < digits.size(); i += 2)
    bytes += static_cast<char>(
      std::stoi(std::string{digits.substr(i, 2)}, nullptr, 16));
  return bytes;
}

struct garbage {
  const char* name;
  std::string bytes;
};

inline std::ostream& operator<<(std::ostream& out, const garbage& what) {
  return out << what.name;
}

[[nodiscard]] inline std::vector<garbage> before_traffic() {
  std::string endless;
  for (int i = 0; i < 4000; ++i)
    endless += property("X-" + std::to_string(i), std::string(200, 'y'));
  return {
    {"HTTP", "GET / HTTP/1.1\r\nHost: localhost\r\nAccept: */*\r\n\r\n"},
    {"TLS", hex("16030100310100002d0303") + std::string(32, 'Z')
              + hex("000006c02bc02f009c0100")},
    {"zeros", std::string(64, '\0')},
    {"unknown mechanism", greeting("GSSAPI")},
    {"message for READY", greeting() + message_of("hello")},
    {"unknown command", greeting() + command("HELLO", "")},
    {"empty command", greeting() + framed("", 4)},
    {"name beyond its command", greeting() + framed("\xffREADY", 4)},
    {"command of 1 TiB", greeting() + long_header(4, std::uint64_t{1} << 40)},
    {"command of 2^64 - 1", greeting() + long_header(4, ~std::uint64_t{0})},
    {"incompatible type", greeting() + ready("SUB")},
    {"unknown type", greeting() + ready("NONSENSE")},
    {"lying name", greeting() + command("READY", "\xffSocket-Type")},
    {"lying value",
     greeting()
       + command("READY", "\x0bSocket-Type" + hex("7fffffff") + "PUSH")},
    {"cut metadata",
     greeting() + command("READY", property("Socket-Type", "PUSH").substr(2))},
    {"endless metadata", greeting() + command("READY", endless)},
  };
}

[[nodiscard]] inline std::vector<garbage> in_traffic() {
  const auto peer = greeting() + ready("PUSH");
  return {
    {"reserved flags", peer + hex("f80568656c6c6f")},
    {"command with MORE", peer + hex("05050450494e47")},
    {"short PING", peer + command("PING", std::string(1, '\0'))},
    {"READY again", peer + ready("PUSH")},
    {"unknown command", peer + command("UNKNOWN", "")},
    {"empty command", peer + framed("", 4)},
    {"command of 1 TiB", peer + long_header(4, std::uint64_t{1} << 40)},
    {"message of 2^64 - 1", peer + long_header(0, ~std::uint64_t{0})},
    {"message above MAXMSGSIZE", peer + long_header(0, (1U << 20) + 1)},
    {"part above MAXMSGSIZE",
     peer + message_of("part", true) + long_header(1, (1U << 20) + 1)},
  };
}

} // namespace zmqrt::test
