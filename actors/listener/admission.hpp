// SPDX-License-Identifier: MPL-2.0
//
// Whom a listener lets in (TCP_ACCEPT_FILTER, IPC_FILTER_PID, _UID and _GID,
// zmq_setsockopt(3)): without filters everybody, else who matches one of them.
// Asked once for each connection. Pure.

#pragma once

#include <algorithm>

#include "libzmqrt/options/gathered.hpp"
#include "transports/stream.hpp"

namespace zmqrt::actors {

[[nodiscard]] inline bool admits_address(const gathered_options& filters,
                                         const ip_address& peer) noexcept {
  const auto& networks = filters.tcp_accept_filters;
  return networks.empty()
         || std::any_of(networks.begin(), networks.end(),
                        [&](const auto& each) { return each.contains(peer); });
}

[[nodiscard]] inline bool filters_processes(const gathered_options& filters) {
  return !filters.ipc_pids.empty() || !filters.ipc_uids.empty()
         || !filters.ipc_gids.empty();
}

[[nodiscard]] inline bool
admits_process(const gathered_options& filters,
               const transports::peer_credentials& peer) noexcept {
  const auto has = [](const auto& list, auto number) {
    return std::find(list.begin(), list.end(), number) != list.end();
  };
  return !filters_processes(filters) || has(filters.ipc_pids, peer.pid)
         || has(filters.ipc_uids, peer.uid) || has(filters.ipc_gids, peer.gid)
         || std::any_of(
           peer.groups.begin(), peer.groups.end(),
           [&](auto group) { return has(filters.ipc_gids, group); });
}

/// Who cannot be told is not let in where there are filters.
[[nodiscard]] inline bool admits(const gathered_options& filters,
                                 const transports::stream& peer) {
  if (const auto from = peer.remote().ip())
    return admits_address(filters, *from);
  if (!filters_processes(filters))
    return true;
  const auto who = peer.credentials();
  return who && admits_process(filters, *who);
}

} // namespace zmqrt::actors
