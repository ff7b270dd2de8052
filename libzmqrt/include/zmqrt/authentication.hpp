// SPDX-License-Identifier: MPL-2.0
//
// Who may come in: what is asked about a peer amid its handshake, and the
// answer (RFC 27). Values; any thread.

#pragma once

#include <string>
#include <utility>
#include <vector>

#include "zmqrt/export.hpp"

namespace zmqrt {

struct ZMQRT_EXPORT auth_request {
  std::string mechanism; ///< "NULL", "PLAIN" or "CURVE"
  std::string domain;    ///< ZAP_DOMAIN of the socket
  /// The peer's, without a port; of ipc "localhost:UID:GID:PID", the numbers of
  /// its process.
  std::string address;
  std::string routing_id; ///< ROUTING_ID of the socket, as in libzmq
  /// None for NULL; user name and password for PLAIN; the peer's permanent
  /// public key, 32 octets, for CURVE.
  std::vector<std::string> credentials;

  auth_request() = default;
  auth_request(const auth_request&) = default;
  auth_request(auth_request&&) = default;
  auth_request& operator=(const auth_request&) = default;
  auth_request& operator=(auth_request&&) = default;
  /// Wipes its own copy of the credentials.
  ~auth_request();
};

/// 200 lets the peer in. 300 (try again later), 400 (no) and 500 (something is
/// wrong on our side) do not, nor does any other number, which counts as 500.
struct auth_reply {
  int status = 500;
  std::string text; ///< for logs; the peer does not get it
  /// "User-Id" of each message from this peer (message::property()).
  std::string user_id;
  /// More properties of each of its messages: names and values.
  std::vector<std::pair<std::string, std::string>> metadata;
};

} // namespace zmqrt
