// SPDX-License-Identifier: MPL-2.0
//
// The options that gather (zmq_setsockopt(3)): each set adds one entry to what
// was set before. Pure; belongs to whoever holds the socket_options.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "libzmqrt/endpoint/ip_network.hpp"
#include "libzmqrt/message/result.hpp"
#include "zmqrt/option.hpp"

namespace zmqrt {

/// What goes into READY must be taken by a peer with our own limits: a command
/// of 64 KiB, 256 properties; some room is left for the runtime's own.
inline constexpr std::size_t most_metadata_bytes = 60 * 1024;
inline constexpr std::size_t most_metadata_entries = 240;

/// Of each kind of filter: they are compared one by one, for each connection.
inline constexpr std::size_t most_filters = 1000;

struct gathered_options {
  /// METADATA: names and values, the names once each and in their order.
  std::vector<std::pair<std::string, std::string>> metadata;
  /// TCP_ACCEPT_FILTER: who may connect by tcp; none: everybody.
  std::vector<ip_network> tcp_accept_filters;
  /// IPC_FILTER_PID, IPC_FILTER_UID, IPC_FILTER_GID: who may connect by ipc;
  /// none in all three: everybody.
  std::vector<std::int32_t> ipc_pids;
  std::vector<std::uint32_t> ipc_uids;
  std::vector<std::uint32_t> ipc_gids;

  friend bool operator==(const gathered_options&,
                         const gathered_options&) = default;
};

/// Adds what setting the gathering option `id` to `value` (of its type and
/// size) says, or with an empty text drops what was added. The answer is
/// empty, or invalid_argument and the rule that was broken; then nothing has
/// changed.
[[nodiscard]] std::optional<failure> gather(gathered_options& in, int id,
                                            const option_value& value);

/// Drops what was added; false: the option `id` is none that can be cleared.
bool clear_gathered(gathered_options& in, int id) noexcept;

} // namespace zmqrt
