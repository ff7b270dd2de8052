// SPDX-License-Identifier: MPL-2.0
//
// Our end of the interop tests: sockets that never wait for ever, traffic as
// the peers make and sum it up, and a socket of ours with a peer's. One thread.

#pragma once

#include <string>

#include "tests/interop/peer.hpp"
#include "tests/interop/traffic.hpp"
#include "tests/support/places.hpp"
#include "tests/support/temporary_directory.hpp"
#include "zmqrt/zmqrt.hpp"

namespace zmqrt::test {

/// A socket whose verbs give up, and fail the test, after 20 s.
[[nodiscard]] socket make_socket(context& owner, socket_type type);

/// Sends the traffic; answers its checksum.
std::uint32_t send_traffic(socket& to, const traffic& what);
/// Receives `count` messages; answers their checksum.
std::uint32_t recv_traffic(socket& from, std::uint64_t count);

/// Message `index` of the traffic, and the checksum it adds to.
[[nodiscard]] message make_message(const traffic& what, std::uint64_t index,
                                   checksum& sum);
void add_message(checksum& sum, const message& what);

/// Reads events up to one of this kind; fails when none comes within 20 s.
event await_event(monitor& from, event_kind kind);
/// The same for any of several.
event await_event(monitor& from, std::initializer_list<event_kind> kinds);

/// A fresh endpoint to bind to, on tcp or ipc.
[[nodiscard]] inline std::string
fresh_endpoint(const std::string& transport,
               const temporary_directory& directory) {
  return transport == "tcp" ? "tcp://127.0.0.1:*" : directory.endpoint("end");
}

/// A socket of ours and one of a peer's, to be connected when both have their
/// options.
struct link {
  link(const place& home, socket_type type, implementation other,
       const std::string& peer_type, const json& peer_options = json::object());

  /// One binds, the other connects.
  void join(bool we_bind);

  /// The traffic passes, either way.
  void require_out(const traffic& what);
  void require_in(const traffic& what);

  place where;
  temporary_directory directory;
  peer theirs; // outlives our context, which may have to linger
  context ctx;
  socket ours;
};

} // namespace zmqrt::test
