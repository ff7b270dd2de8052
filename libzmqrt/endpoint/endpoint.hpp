// SPDX-License-Identifier: MPL-2.0
//
// Endpoint strings (zmq_tcp(7), zmq_ipc(7), zmq_inproc(7), zmq_udp(7)) taken
// apart. Pure: no name is resolved and no interface is looked up here.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "libzmqrt/message/result.hpp"
#include "zmqrt/socket_type.hpp"

namespace zmqrt {

enum class transport_kind : std::uint8_t { tcp, ipc, inproc, udp };

/// What bind and connect read differently: "*" is for bind, "src;dst" is for
/// connect.
enum class endpoint_use : std::uint8_t { bind, connect };

struct endpoint {
  /// Host and port as written: an address, a name, an interface, or "*".
  struct host_port {
    std::string host;
    std::uint16_t port = 0; ///< 0: any free one (bind, source)
    bool any_host = false;  ///< "*"
    bool bracketed = false; ///< [IPv6]
    bool present = false;
  };

  transport_kind transport = transport_kind::tcp;
  std::string text; ///< as given
  host_port remote; ///< tcp, udp: what to bind or connect to
  /// tcp connect: "tcp://source;remote". udp: the interface, which has no
  /// port, of a multicast group, "udp://interface;group:port".
  host_port source;
  std::string path;      ///< ipc: the path, or the abstract name without "@"
  bool abstract = false; ///< ipc://@name
  bool any_path = false; ///< ipc://*
  std::string name;      ///< inproc
};

/// Whether a socket of this type may do that on this transport: on udp a RADIO
/// connects, a DISH and a DGRAM bind, a DGRAM is there for nothing else.
[[nodiscard]] bool goes_with(transport_kind transport, socket_type type,
                             endpoint_use use) noexcept;

/// Errors: invalid_argument (no "://", bad or missing port, empty name),
/// protocol_not_supported (unknown transport), name_too_long (ipc). The
/// failure's rule says what is wrong in words.
[[nodiscard]] result<endpoint> parse_endpoint(std::string_view text,
                                              endpoint_use use);

} // namespace zmqrt
