// SPDX-License-Identifier: MPL-2.0
//
// Endpoint strings (zmq_tcp(7), zmq_ipc(7), zmq_inproc(7)) taken apart. Pure:
// no name is resolved and no interface is looked up here.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "libzmqrt/message/result.hpp"

namespace zmqrt {

enum class transport_kind : std::uint8_t { tcp, ipc, inproc };

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
  std::string text;      ///< as given
  host_port remote;      ///< tcp: what to bind or connect to
  host_port source;      ///< tcp connect: "tcp://source;remote"
  std::string path;      ///< ipc: the path, or the abstract name without "@"
  bool abstract = false; ///< ipc://@name
  bool any_path = false; ///< ipc://*
  std::string name;      ///< inproc
};

/// Errors: invalid_argument (no "://", bad or missing port, empty name),
/// protocol_not_supported (unknown transport), name_too_long (ipc). The
/// failure's rule says what is wrong in words.
[[nodiscard]] result<endpoint> parse_endpoint(std::string_view text,
                                              endpoint_use use);

} // namespace zmqrt
