// SPDX-License-Identifier: MPL-2.0
//
// The handshake. See the header.

#include "libzmqrt/wire/handshake.hpp"

#include <utility>

#include "libzmqrt/wire/metadata.hpp"

namespace zmqrt::wire {

namespace {

/// RFC 37, "The Identity Property"; RFC 13 and 15 alike.
constexpr std::size_t max_identity = 255;

constexpr std::uint8_t old_flags = frame_flag_more | frame_flag_long;

framing framing_of(dialect spoken) noexcept {
  return spoken == dialect::unversioned || spoken == dialect::revision_0
           ? framing::v1
           : framing::v2;
}

revision revision_of(dialect spoken) noexcept {
  switch (spoken) {
  case dialect::unversioned:
  case dialect::revision_0:
    return revision::zmtp_1_0;
  case dialect::zmtp_2_0:
    return revision::zmtp_2_0;
  case dialect::zmtp_3_0:
    return revision::zmtp_3_0;
  case dialect::zmtp_3_1:
    break;
  }
  return revision::zmtp_3_1;
}

handshake_stage first_stage(dialect spoken) noexcept {
  return spoken < dialect::zmtp_3_0 ? handshake_stage::identity
                                    : handshake_stage::mechanism;
}

frame_limits limits_of(const engine_options& options, dialect spoken) {
  frame_limits out;
  out.command = options.max_command_size;
  if (spoken >= dialect::zmtp_3_0) {
    out.body = options.max_command_size;
    return out;
  }
  out.body = max_identity;
  // RFC 13 would have the flags of an identity unread. An HTTP request or a
  // TLS hello looks like one whose flags no ZMTP 1.0 peer ever sent.
  out.flags = framing_of(spoken) == framing::v1 ? frame_flag_more : old_flags;
  return out;
}

} // namespace

handshake::handshake(const engine_options& options, const greeting& over,
                     std::unique_ptr<mechanism> chosen)
  : options_(&options), greeting_(&over), mechanism_(std::move(chosen)),
    stage_(first_stage(over.spoken())), framing_(framing_of(over.spoken())),
    frame_(framing_, limits_of(options, over.spoken())) {
  peer_.spoken = revision_of(over.spoken());
}

verdict handshake::begin(std::string& out) {
  if (stage_ == handshake_stage::mechanism) {
    if (!same_mechanism(greeting_->peer_mechanism(), mechanism_->name()))
      return refused(errc::connection_refused,
                     protocol_detail::mechanism_mismatch);
    return mechanism_->begin(out);
  }
  // RFC 37, "Detecting ZMTP 1.0 and 2.0 Peers": these speak NULL only. As in
  // libzmq, where somebody is asked about peers they do not come in at all.
  if (mechanism_->name() != "NULL" || mechanism_->question() != nullptr)
    return refused(errc::connection_refused,
                   protocol_detail::mechanism_mismatch);
  if (greeting_->spoken() == dialect::unversioned)
    return {};
  const std::uint8_t type = greeting_->peer_type();
  if (type > static_cast<std::uint8_t>(socket_type::xsub))
    return broken(protocol_detail::invalid_metadata);
  peer_.properties.set("Socket-Type", to_string(socket_type{type}));
  return check_type(socket_type{type});
}

verdict handshake::receive(std::span<const std::byte>& bytes, time_point now,
                           std::string& out) {
  while (!complete() && asking() == nullptr && !bytes.empty()) {
    if (verdict bad = frame_.receive(bytes))
      return bad;
    if (!frame_.complete())
      return {};
    if (verdict bad = on_frame(now, out))
      return bad;
    frame_.restart();
  }
  return {};
}

verdict handshake::on_answer(const auth_answer& answer, std::string& out) {
  let_in_ = answer;
  if (verdict bad = mechanism_->on_answer(answer, out))
    return bad;
  return see_complete();
}

verdict handshake::on_frame(time_point now, std::string& out) {
  if (stage_ == handshake_stage::identity)
    return on_identity();
  // libzmq lets READY pass as a message, too; nobody sends it so.
  if ((frame_.flags() & frame_flag_command) == 0)
    return broken(protocol_detail::unexpected_command);
  if (verdict bad = mechanism_->on_command(frame_.body(), now, out))
    return bad;
  return see_complete();
}

verdict handshake::see_complete() {
  return mechanism_->complete() ? on_metadata(mechanism_->metadata())
                                : verdict{};
}

verdict handshake::on_identity() {
  const auto body = frame_.body();
  peer_.routing_id.assign(reinterpret_cast<const char*>(body.data()),
                          body.size());
  if (!body.empty())
    peer_.properties.set("Routing-Id", peer_.routing_id);
  stage_ = handshake_stage::complete;
  return {};
}

verdict handshake::on_metadata(const peer_properties& properties) {
  take_properties(properties);
  if (const std::string* identity = properties.find("Identity")) {
    if (identity->size() > max_identity)
      return broken(protocol_detail::invalid_metadata);
    peer_.routing_id = *identity;
  }
  stage_ = handshake_stage::complete;
  // As in libzmq, a peer that does not name its type is trusted.
  const std::string* type = properties.find("Socket-Type");
  return type == nullptr ? verdict{} : check_type(parse_socket_type(*type));
}

/// Who the user is only they can say who let the peer in, and of all the rest
/// they have the last word.
void handshake::take_properties(const peer_properties& told) {
  const std::string* const claimed = told.find("User-Id");
  for (const auto& [name, value] : told.entries())
    if (&value != claimed)
      peer_.properties.set(name, value);
  if (!let_in_)
    return;
  for (const auto& [name, value] : let_in_->metadata.entries())
    peer_.properties.set(name, value);
  if (let_in_->user_id)
    peer_.properties.set("User-Id", *let_in_->user_id);
}

verdict handshake::check_type(std::optional<socket_type> type) {
  peer_.type = type;
  if (type && compatible(options_->type, *type))
    return {};
  return refused(errc::connection_refused, protocol_detail::invalid_metadata);
}

frame_limits handshake::traffic_limits() const noexcept {
  frame_limits out;
  out.body = body_limit(options_->max_message_size);
  out.command = options_->max_command_size;
  out.frames = options_->max_frames_per_message;
  if (framing_ == framing::v1)
    out.flags = frame_flag_more;
  else if (peer_.spoken == revision::zmtp_2_0)
    out.flags = old_flags;
  return out;
}

std::string ready_metadata(const engine_options& options) {
  std::string out;
  append_property(out, "Socket-Type", to_string(options.type));
  if (announces_identity(options.type))
    append_property(out, "Identity", options.routing_id);
  for (const auto& [name, value] : options.metadata)
    append_property(out, name, value);
  return out;
}

} // namespace zmqrt::wire
