// SPDX-License-Identifier: MPL-2.0
//
// ZAP 1.0 (RFC 27): a mechanism's question as the message that a handler at
// inproc://zeromq.zap.01 reads, and the handler's reply checked. No transport.
// Pure.

#pragma once

#include <string>
#include <string_view>

#include "libzmqrt/wire/authentication.hpp"
#include "zmqrt/message.hpp"

namespace zmqrt::security {

/// What a request says beside the mechanism's question.
struct zap_origin {
  std::string_view request_id; ///< the reply has to repeat it
  std::string_view domain;     ///< ZAP_DOMAIN
  std::string_view address;    ///< the peer's, without a port
  std::string_view routing_id; ///< the Identity frame
};

/// The request, from its empty delimiter frame on.
[[nodiscard]] message make_zap_request(const zap_origin& origin,
                                       const wire::auth_question& question);

/// Checks a reply, from its empty delimiter frame on. A violation, with
/// libzmq's ZMQ_PROTOCOL_ERROR_ZAP_* number, for what is no proper reply to
/// `request_id`; otherwise `out` is the answer, whatever its status.
[[nodiscard]] wire::verdict parse_zap_reply(const message& reply,
                                            std::string_view request_id,
                                            wire::auth_answer& out);

} // namespace zmqrt::security
