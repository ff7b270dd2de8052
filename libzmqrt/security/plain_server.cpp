// SPDX-License-Identifier: MPL-2.0
//
// The server of PLAIN. See the header. Which code a bad command ends with is
// libzmq's 4.3.4.

#include "libzmqrt/security/plain_server.hpp"

#include <utility>

#include "libzmqrt/keys/secret.hpp"
#include "libzmqrt/security/plain_error.hpp"
#include "libzmqrt/wire/commands.hpp"
#include "libzmqrt/wire/metadata.hpp"

namespace zmqrt::security {

using wire::broken;
using wire::command_kind;
using wire::protocol_detail;
using wire::verdict;

namespace {

/// Takes a text with its size in front from the start of `data`; false: it is
/// not all there.
bool take_text(std::span<const std::byte>& data, std::string& out) {
  if (data.empty())
    return false;
  const auto size = std::to_integer<std::size_t>(data[0]);
  if (data.size() - 1 < size)
    return false;
  out.assign(reinterpret_cast<const char*>(data.data()) + 1, size);
  data = data.subspan(1 + size);
  return true;
}

} // namespace

plain_server::plain_server(std::string metadata)
  : metadata_(std::move(metadata)) {
}

plain_server::~plain_server() {
  for (std::string& text : question_.credentials)
    keys::wipe(text);
}

verdict plain_server::begin(std::string&) {
  return {};
}

verdict plain_server::on_command(std::span<const std::byte> body, time_point,
                                 std::string& out) {
  wire::command received;
  if (verdict bad = wire::parse_command(body, received))
    return bad;
  if (received.kind == command_kind::hello
      && stage_ == plain_server_stage::hello)
    return on_hello(received.data);
  if (received.kind == command_kind::initiate
      && stage_ == plain_server_stage::initiate)
    return on_initiate(received.data, out);
  return broken(protocol_detail::unexpected_command);
}

verdict plain_server::on_hello(std::span<const std::byte> data) {
  question_.credentials.resize(2);
  for (std::string& text : question_.credentials)
    if (!take_text(data, text))
      return broken(protocol_detail::malformed_hello);
  if (!data.empty())
    return broken(protocol_detail::malformed_hello);
  stage_ = plain_server_stage::asking;
  return {};
}

verdict plain_server::on_answer(const wire::auth_answer& answer,
                                std::string& out) {
  const std::size_t name_at = out.size() + 2; // behind a short header
  if (verdict no = wire::judge(answer, out)) {
    if (out.size() > name_at) {
      out.replace(name_at, libzmq_plain_error.size() + 1, libzmq_plain_error);
      --out[name_at - 1]; // the body's size
    }
    return no;
  }
  wire::append_command(out, "WELCOME", {});
  stage_ = plain_server_stage::initiate;
  return {};
}

verdict plain_server::on_initiate(std::span<const std::byte> data,
                                  std::string& out) {
  if (verdict bad = wire::parse_metadata(data, theirs_))
    return bad;
  wire::append_command(out, "READY", metadata_);
  stage_ = plain_server_stage::complete;
  return {};
}

} // namespace zmqrt::security
