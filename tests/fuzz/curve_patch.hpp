// SPDX-License-Identifier: MPL-2.0
//
// A handshake that somebody on the way interferes with: a command is changed
// by what a fuzzer says, or replaced. Only a command that nobody changed is
// taken.

#pragma once

#include <cstdint>
#include <cstdlib>
#include <string>

#include "tests/unit/security/parties.hpp"

namespace zmqrt::security_test {

/// `data` is what is to be done: change (its first octet even) from an octet
/// on, or replace (odd) by the rest.
inline std::string patched(std::string body, const std::uint8_t* data,
                           std::size_t size) {
  if (size < 2)
    return body;
  if (data[0] % 2 != 0)
    return {data + 1, data + size};
  std::size_t at = data[1] * body.size() / 256;
  for (std::size_t i = 2; i < size && at < body.size(); ++i, ++at)
    body[at] = static_cast<char>(body[at] ^ data[i]);
  return body;
}

inline void require(bool holds) {
  if (!holds)
    std::abort();
}

} // namespace zmqrt::security_test
