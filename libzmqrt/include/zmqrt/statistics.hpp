// SPDX-License-Identifier: MPL-2.0
//
// What a socket has done so far, counted all the time (socket::statistics()).
// Counts are of messages, multipart ones as one; subscriptions that go to or
// come from a peer count as messages, commands of the protocol do not.

#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace zmqrt {

/// What went one way.
struct traffic_count {
  std::uint64_t messages = 0;
  std::uint64_t bytes = 0;   ///< with the framing
  std::uint64_t batches = 0; ///< runs of messages that moved at once
};

/// Messages that nobody got, by the reason.
struct drop_count {
  /// Its peer was at its high-water mark: PUB, XPUB, RADIO (one for each such
  /// peer), ROUTER, REP.
  std::uint64_t full = 0;
  /// Its peer is not there: ROUTER without ROUTER_MANDATORY, REP; or on udp the
  /// kernel would not send it.
  std::uint64_t unroutable = 0;
  /// A newer one took its place: CONFLATE.
  std::uint64_t replaced = 0;
  /// Received, and not what the socket waits for: REQ, REP, SUB, DISH; of a
  /// STREAM's peer that was hung up on, not read yet; on udp also what is no
  /// message, or is longer than MAXMSGSIZE.
  std::uint64_t unwanted = 0;
  /// Its connection was over for good, or LINGER was, before it was sent; of
  /// STREAM also where the connection is made again.
  std::uint64_t unsent = 0;
};

/// One peer: a connection that was accepted, an endpoint that is connected
/// to (over all its connections, one after the other), or an inproc peer.
struct peer_statistics {
  std::string endpoint;         ///< as peer_info's; empty before it was there
  traffic_count sent;           ///< the kernel, or the inproc peer, has it
  traffic_count received;       ///< read or waiting to be
  std::uint64_t to_send = 0;    ///< queue: accepted and not sent yet
  std::uint64_t to_receive = 0; ///< queue: received and not read yet
  std::uint64_t reconnects = 0;
};

struct socket_statistics {
  // Sums, with those of peers that are gone.
  traffic_count sent;
  traffic_count received;
  drop_count dropped;
  std::uint64_t to_send = 0;
  std::uint64_t to_receive = 0;
  std::uint64_t reconnects = 0;
  /// Of the peers that are there.
  std::vector<peer_statistics> peers;
};

} // namespace zmqrt
