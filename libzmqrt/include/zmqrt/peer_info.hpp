// SPDX-License-Identifier: MPL-2.0
//
// What a socket knows of one of its peers (socket::peers()): a snapshot, and a
// value.

#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "zmqrt/export.hpp"

namespace zmqrt {

class peer_properties;

struct ZMQRT_EXPORT peer_info {
  /// At a ROUTER or STREAM: the first frame of messages to it and from it.
  /// Elsewhere: what it calls itself (ROUTING_ID), or empty.
  std::string routing_id;
  /// At a SERVER or PEER: message::routing_id() of messages to it and from it.
  /// Elsewhere 0.
  std::uint32_t routing_number = 0;
  /// Where it is: "tcp://10.0.0.7:40112". On ipc and inproc the name that
  /// brought the two together.
  std::string endpoint;
  /// What is spoken with it: "ZMTP/3.1", "ZMTP/3.0", "ZMTP/2.0", "ZMTP/1.0",
  /// "raw" (STREAM, ROUTER_RAW), or "inproc". A literal.
  std::string_view protocol;
  /// A message to it would be taken now: its queue is below SNDHWM.
  bool writable = false;

  /// As message::property() of what comes from it: Socket-Type, Routing-Id,
  /// Peer-Address, User-Id, or what its own METADATA says. Names compare
  /// without regard to case. Throws error (invalid_argument) for an unknown
  /// one. The view lives as long as this object.
  [[nodiscard]] std::string_view property(std::string_view name) const&;
  std::string_view property(std::string_view name) const&& = delete;
  [[nodiscard]] bool has_property(std::string_view name) const noexcept;
  /// All of them: name, value.
  [[nodiscard]] std::vector<std::pair<std::string, std::string>>
  properties() const;

  /// Used by the runtime.
  std::shared_ptr<const peer_properties> told;
};

} // namespace zmqrt
