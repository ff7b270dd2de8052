// SPDX-License-Identifier: MPL-2.0
//
// Why a connection must end, as the wire's parts report it to the engine: a
// code, libzmq's protocol error number (zmq_socket_monitor(3)), and the
// peer's own words if it said any. Pure values.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <system_error>
#include <utility>

#include "zmqrt/error.hpp"

namespace zmqrt::wire {

/// libzmq's ZMQ_PROTOCOL_ERROR_ZMTP_* and ZMQ_PROTOCOL_ERROR_ZAP_* numbers.
enum class protocol_detail : std::uint32_t {
  none = 0,
  unspecified = 0x10000000,
  unexpected_command = 0x10000001,
  invalid_sequence = 0x10000002,
  key_exchange = 0x10000003,
  malformed_command = 0x10000011,
  malformed_message = 0x10000012,
  malformed_hello = 0x10000013,
  malformed_initiate = 0x10000014,
  malformed_error = 0x10000015,
  malformed_ready = 0x10000016,
  malformed_welcome = 0x10000017,
  invalid_metadata = 0x10000018,
  cryptographic = 0x11000001,
  mechanism_mismatch = 0x11000002,
  zap_unspecified = 0x20000000,
  zap_malformed_reply = 0x20000001,
  zap_bad_request_id = 0x20000002,
  zap_bad_version = 0x20000003,
  zap_invalid_status_code = 0x20000004,
};

struct violation {
  std::error_code reason;
  protocol_detail detail = protocol_detail::none;
  std::string text;              ///< what the peer's ERROR said
  std::uint32_t auth_status = 0; ///< 300, 400 or 500, the peer's or ours
};

/// Nothing: all is well.
using verdict = std::optional<violation>;

/// The peer broke the protocol.
[[nodiscard]] inline verdict
broken(protocol_detail detail = protocol_detail::unspecified) {
  return violation{make_error_code(errc::protocol_error), detail, {}, 0};
}

/// The peer speaks properly, but we may not or cannot go on with it.
[[nodiscard]] inline verdict
refused(errc reason, protocol_detail detail = protocol_detail::unspecified) {
  return violation{make_error_code(reason), detail, {}, 0};
}

/// We have no memory; no fault of the peer's.
[[nodiscard]] inline verdict out_of_memory() {
  return violation{
    make_error_code(errc::no_memory), protocol_detail::none, {}, 0};
}

} // namespace zmqrt::wire
