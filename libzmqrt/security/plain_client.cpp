// SPDX-License-Identifier: MPL-2.0
//
// The client of PLAIN. See the header. Which code a bad command ends with is
// libzmq's 4.3.4.

#include "libzmqrt/security/plain_client.hpp"

#include <cassert>
#include <utility>

#include "libzmqrt/keys/secret.hpp"
#include "libzmqrt/security/plain_error.hpp"
#include "libzmqrt/wire/commands.hpp"
#include "libzmqrt/wire/metadata.hpp"
#include "libzmqrt/wire/null_mechanism.hpp"

namespace zmqrt::security {

using wire::broken;
using wire::command_kind;
using wire::protocol_detail;
using wire::verdict;

namespace {

void append_text(std::string& to, std::string_view text) {
  assert(text.size() <= longest_plain_text);
  to += static_cast<char>(text.size());
  to += text;
}

} // namespace

plain_client::plain_client(std::string user_name, std::string password,
                           std::string metadata)
  : user_name_(std::move(user_name)), password_(std::move(password)),
    metadata_(std::move(metadata)) {
}

plain_client::~plain_client() {
  keys::wipe(password_);
}

verdict plain_client::begin(std::string& out) {
  std::string data;
  append_text(data, user_name_);
  append_text(data, password_);
  wire::append_command(out, "HELLO", data);
  keys::wipe(data);
  keys::wipe(password_);
  stage_ = plain_client_stage::welcome;
  return {};
}

verdict plain_client::on_command(std::span<const std::byte> body, time_point,
                                 std::string& out) {
  const std::string_view text{reinterpret_cast<const char*>(body.data()),
                              body.size()};
  if (text.starts_with(libzmq_plain_error))
    return wire::refused_by_peer(body.subspan(libzmq_plain_error.size()));
  wire::command received;
  if (verdict bad = wire::parse_command(body, received))
    return bad;
  if (received.kind == command_kind::error)
    return wire::refused_by_peer(received.data);
  if (received.kind == command_kind::welcome
      && stage_ == plain_client_stage::welcome)
    return on_welcome(received.data, out);
  if (received.kind == command_kind::ready
      && stage_ == plain_client_stage::ready)
    return on_ready(received.data);
  return broken(protocol_detail::unexpected_command);
}

verdict plain_client::on_welcome(std::span<const std::byte> data,
                                 std::string& out) {
  if (!data.empty())
    return broken(protocol_detail::malformed_welcome);
  wire::append_command(out, "INITIATE", metadata_);
  stage_ = plain_client_stage::ready;
  return {};
}

verdict plain_client::on_ready(std::span<const std::byte> data) {
  if (verdict bad = wire::parse_metadata(data, theirs_))
    return bad;
  stage_ = plain_client_stage::complete;
  return {};
}

} // namespace zmqrt::security
