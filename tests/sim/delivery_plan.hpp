// SPDX-License-Identifier: MPL-2.0
//
// What one seed of the delivery property does: which sockets there are, who
// binds and who connects where, how many messages of which sizes, who stalls
// and who closes early, how bad the network is.

#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "tests/sim/sim_node.hpp"
#include "transports/sim/sim_conditions.hpp"

namespace zmqrt::sim_test {

struct planned_node {
  socket_type type = socket_type::pair;
  node_options options;
  std::string bind_to;                 ///< empty: connects
  std::vector<std::size_t> connect_to; ///< nodes that bind
  std::uint32_t messages = 0;          ///< to send
  bool closes_early = false;           ///< right after the last send
  duration stall_until{};              ///< reads nothing before that
};

struct delivery_plan {
  std::uint64_t seed = 0;
  transports::sim_conditions network;
  std::vector<planned_node> nodes;
  bool connect_first = false;
};

/// At least two PUSH, three PULL and two PAIR, a thousand messages, HWM at
/// most 16, one peer that stalls. Two seeds in five have a network that
/// breaks connections.
[[nodiscard]] delivery_plan make_plan(std::uint64_t seed);

/// The plan in words, a line for each socket.
[[nodiscard]] std::string describe(const delivery_plan& plan);

/// Message `number` of node `sender`; the same for ever.
[[nodiscard]] message make_message(std::uint64_t seed, std::uint32_t sender,
                                   std::uint32_t number);

/// Who sent it, and which one it is, by its first bytes alone.
struct message_name {
  std::uint32_t sender = 0;
  std::uint32_t number = 0;
};
[[nodiscard]] std::optional<message_name> read_name(const message& what);

/// The first four bytes of every message.
inline constexpr char message_mark[] = {'S', 'I', 'M', '!'};

} // namespace zmqrt::sim_test
