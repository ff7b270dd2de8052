// SPDX-License-Identifier: MPL-2.0
//
// The options that gather (zmq_setsockopt(3)): each set adds one entry to what
// was set before. Pure; belongs to whoever holds the socket_options.

#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "libzmqrt/message/result.hpp"
#include "zmqrt/option.hpp"

namespace zmqrt {

/// What goes into READY must be taken by a peer with our own limits: a command
/// of 64 KiB, 256 properties; some room is left for the runtime's own.
inline constexpr std::size_t most_metadata_bytes = 60 * 1024;
inline constexpr std::size_t most_metadata_entries = 240;

struct gathered_options {
  /// METADATA: names and values, the names once each and in their order.
  std::vector<std::pair<std::string, std::string>> metadata;
};

/// Adds what setting the gathering option `id` to `value` (of its type and
/// size) says. The answer is empty, or invalid_argument and the rule that was
/// broken; then nothing has changed.
[[nodiscard]] std::optional<failure> gather(gathered_options& in, int id,
                                            const option_value& value);

} // namespace zmqrt
