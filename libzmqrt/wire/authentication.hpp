// SPDX-License-Identifier: MPL-2.0
//
// What a mechanism asks of whoever decides who may come in, and the answer
// (RFC 27, "Message Format", is what they become on the way to a ZAP
// handler). Pure values.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "libzmqrt/message/peer_properties.hpp"
#include "libzmqrt/wire/violation.hpp"

namespace zmqrt::wire {

struct auth_question {
  std::string_view mechanism; ///< a literal
  /// RFC 27: none for NULL; user name and password for PLAIN; the peer's
  /// permanent public key, 32 octets, for CURVE.
  std::vector<std::string> credentials;
};

struct auth_answer {
  std::uint32_t status = 500;         ///< 200, 300, 400 or 500
  std::optional<std::string> user_id; ///< none: nobody was asked
  peer_properties metadata;
};

/// Nothing for 200; else why the connection ends. Appends to `out` what a
/// refused peer is told: as in libzmq, ERROR with the status, but nothing for
/// 300, so that the peer may try again.
[[nodiscard]] verdict judge(const auth_answer& answer, std::string& out);

} // namespace zmqrt::wire
