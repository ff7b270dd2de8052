// SPDX-License-Identifier: MPL-2.0
//
// ZAP 1.0 (RFC 27): a mechanism's question as the message that a handler at
// inproc://zeromq.zap.01 reads, and the handler's reply checked. No transport.
// Pure.

#pragma once

#include <string>
#include <string_view>

#include "libzmqrt/wire/authentication.hpp"
#include "zmqrt/authentication.hpp"
#include "zmqrt/message.hpp"

namespace zmqrt::security {

/// The request, from its empty delimiter frame on. The reply has to repeat
/// `request_id`.
[[nodiscard]] message make_zap_request(std::string_view request_id,
                                       const auth_request& about);

/// Checks a reply, from its empty delimiter frame on. A violation, with
/// libzmq's ZMQ_PROTOCOL_ERROR_ZAP_* number, for what is no proper reply to
/// `request_id`; otherwise `out` is the answer, whatever its status.
[[nodiscard]] wire::verdict parse_zap_reply(const message& reply,
                                            std::string_view request_id,
                                            wire::auth_answer& out);

} // namespace zmqrt::security
