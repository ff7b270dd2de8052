// SPDX-License-Identifier: MPL-2.0
//
// ZAP's messages. See the header.

#include "libzmqrt/security/zap.hpp"

#include "libzmqrt/wire/metadata.hpp"

namespace zmqrt::security {

using wire::broken;
using wire::protocol_detail;

namespace {

constexpr std::string_view version = "1.0";

/// RFC 27, "Message Format", of a reply.
enum reply_frame : std::size_t {
  delimiter,
  reply_version,
  reply_request_id,
  status_code,
  status_text,
  user_id,
  reply_metadata,
  reply_frames,
};

/// 200, 300, 400 or 500; otherwise 0.
std::uint32_t parse_status(std::string_view text) noexcept {
  if (text.size() != 3 || text[0] < '2' || text[0] > '5' || text[1] != '0'
      || text[2] != '0')
    return 0;
  return static_cast<std::uint32_t>(text[0] - '0') * 100;
}

} // namespace

message make_zap_request(std::string_view request_id,
                         const auth_request& about) {
  message out{"",
              version,
              request_id,
              about.domain,
              about.address,
              about.routing_id,
              about.mechanism};
  for (const std::string& credential : about.credentials)
    out.push_back(credential);
  return out;
}

wire::verdict parse_zap_reply(const message& reply, std::string_view request_id,
                              wire::auth_answer& out) {
  if (reply.size() != reply_frames)
    return broken(protocol_detail::zap_malformed_reply);
  if (!reply[delimiter].view().empty())
    return broken(protocol_detail::zap_unspecified);
  if (reply[reply_version].view() != version)
    return broken(protocol_detail::zap_bad_version);
  if (reply[reply_request_id].view() != request_id)
    return broken(protocol_detail::zap_bad_request_id);
  wire::auth_answer answer;
  answer.status = parse_status(reply[status_code].view());
  if (answer.status == 0)
    return broken(protocol_detail::zap_invalid_status_code);
  answer.user_id.emplace(reply[user_id].view());
  // As libzmq, which does not mind what is wrong in it: the status counts.
  (void)wire::parse_metadata(reply[reply_metadata].bytes(), answer.metadata);
  out = std::move(answer);
  return {};
}

} // namespace zmqrt::security
