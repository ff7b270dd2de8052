// SPDX-License-Identifier: MPL-2.0
//
// A pipe: a gate's view of one peer, with the messages on their way to it and
// those that came from it. Everything in it is under its gate's lock.

#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "actors/gate/doorbell.hpp"
#include "actors/gate/pipe_fate.hpp"
#include "libzmqrt/message/batch.hpp"
#include "libzmqrt/message/peer_properties.hpp"
#include "zmqrt/peer_info.hpp"
#include "zmqrt/statistics.hpp"

namespace zmqrt::actors {

class inproc_link;

inline constexpr std::uint64_t no_limit =
  std::numeric_limits<std::uint64_t>::max();

/// How many messages one end of an inproc link adds to the bound that both
/// share; 0: no bound.
struct inproc_bounds {
  int send_hwm = 0;
  int receive_hwm = 0;
};

struct pipe {
  pipe(buffer_source& buffers, bool copies_input)
    : writer(buffers), inbox(buffers, copies_input) {
  }

  // -- out ------------------------------------------------------------------
  batch outbox;
  batch_writer writer;
  std::uint64_t limit = no_limit; ///< the high-water mark, as credit
  std::uint64_t unsent = 0;       ///< accepted here, not by the kernel yet
  /// Gone out, but their credit is not back: to be returned in a lump, or
  /// (inproc) not yet read by the peer.
  std::uint64_t owed = 0;
  std::size_t owed_bytes = 0;
  std::uint64_t reserved = 0; ///< credit of open drafts

  // -- in -------------------------------------------------------------------
  batch_reader inbox;
  std::uint64_t input_limit = no_limit;
  std::shared_ptr<const peer_properties> properties;
  /// Unread messages of connections before this one, and what those were.
  std::vector<std::pair<std::uint64_t, std::shared_ptr<const peer_properties>>>
    earlier;

  // -- what it has done (statistics) -----------------------------------------
  traffic_count sent;
  traffic_count received;
  std::uint64_t plugs = 0; ///< connections so far

  // -- the peer -------------------------------------------------------------
  std::shared_ptr<doorbell> bell;
  std::shared_ptr<inproc_link> link;
  inproc_bounds peer_bounds;
  std::uint64_t read = 0;        ///< inproc: credit not yet given back
  std::uint64_t lump = no_limit; ///< inproc: how much of it is given back
  std::uint64_t serial = 0;      ///< never used twice in a gate
  int send_hwm = -1;             ///< -1: the socket's
  int receive_hwm = -1;
  std::uint8_t side = 0;   ///< inproc: which end of the link
  bool unheeded = false;   ///< inproc: a writer waited for the reader, in vain
  bool by_command = false; ///< the peer reads subscriptions as commands
  bool raw = false;        ///< the peer speaks no ZMTP
  bool announced = false;  ///< the application was told that it is there
  pipe_fate fate = pipe_fate::stays;
  std::string name; ///< CONNECT_ROUTING_ID

  // -- what the pattern was told, and where the pipe is in its life ---------
  bool writable = false;
  bool readable = false;
  bool paused = false;    ///< the session stopped reading
  bool pulling = false;   ///< inproc: a receiver is at the other gate
  bool ending = false;    ///< takes nothing new, what is there still goes
  bool retired = false;   ///< ended; only what is in the inbox is left
  bool told_gone = false; ///< the pattern knows that it is retired

  std::shared_ptr<const peer_info> about; ///< of the last peer that was there

  [[nodiscard]] bool has_room() const noexcept {
    return !retired && !ending && fate == pipe_fate::stays
           && unsent + owed + reserved < limit;
  }
};

} // namespace zmqrt::actors
