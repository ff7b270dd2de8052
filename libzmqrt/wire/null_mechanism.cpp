// SPDX-License-Identifier: MPL-2.0
//
// The NULL mechanism. See the header.

#include "libzmqrt/wire/null_mechanism.hpp"

#include "libzmqrt/wire/commands.hpp"
#include "libzmqrt/wire/metadata.hpp"

namespace zmqrt::wire {

verdict null_mechanism::begin(std::string& out) {
  if (!question_)
    say_ready(out);
  return {};
}

verdict null_mechanism::on_answer(const auth_answer& answer, std::string& out) {
  question_.reset();
  if (verdict no = judge(answer, out))
    return no;
  say_ready(out);
  return {};
}

void null_mechanism::say_ready(std::string& out) {
  append_command(out, "READY", ours_);
  ours_.clear();
  ours_.shrink_to_fit();
}

verdict null_mechanism::on_command(std::span<const std::byte> body, time_point,
                                   std::string&) {
  command received;
  if (verdict bad = parse_command(body, received))
    return bad;
  if (received.kind == command_kind::error)
    return refused_by_peer(received.data);
  if (received.kind != command_kind::ready)
    return broken(protocol_detail::unexpected_command);
  complete_ = true;
  return parse_metadata(received.data, theirs_);
}

verdict refused_by_peer(std::span<const std::byte> error_data) {
  std::string reason;
  if (verdict bad = parse_error(error_data, reason))
    return bad;
  verdict out = refused(errc::connection_refused);
  if (reason == "300" || reason == "400" || reason == "500") {
    out->reason = make_error_code(errc::access_denied);
    out->auth_status = static_cast<std::uint32_t>(reason[0] - '0') * 100;
  }
  out->text = std::move(reason);
  return out;
}

} // namespace zmqrt::wire
