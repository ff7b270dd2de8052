// SPDX-License-Identifier: MPL-2.0
//
// The client's handshake. See the header. Which code a bad command ends with
// is libzmq's 4.3.4.

#include "libzmqrt/security/curve_client.hpp"

#include <algorithm>
#include <utility>

#include "libzmqrt/security/curve_cipher.hpp"
#include "libzmqrt/wire/byte_order.hpp"
#include "libzmqrt/wire/commands.hpp"
#include "libzmqrt/wire/metadata.hpp"
#include "libzmqrt/wire/null_mechanism.hpp"

namespace zmqrt::security {

using wire::broken;
using wire::command_kind;
using wire::protocol_detail;
using wire::verdict;

namespace {

constexpr std::size_t padding = 72;
constexpr std::size_t signature_size = 64;

constexpr std::size_t welcome_plain = curve_key_size + cookie_size;
constexpr std::size_t welcome_size =
  long_nonce_size + welcome_plain + box_overhead;

constexpr std::size_t vouch_plain = 2 * curve_key_size;

/// Where a key agrees with nobody: it is not one that a server was given.
verdict weak_key() {
  return refused(errc::connection_refused, protocol_detail::cryptographic);
}

} // namespace

curve_client::curve_client(curve_pair ours, const curve_public_key& server,
                           std::string metadata, entropy& from)
  : ours_(std::move(ours)), server_(server), metadata_(std::move(metadata)),
    entropy_(&from) {
}

verdict curve_client::begin(std::string& out) {
  refill(own_, *entropy_);
  if (!agree(server_, own_.secret_key.octets(), key_))
    return weak_key();
  std::string data{"\x01\x00", 2}; // version
  data.append(padding, '\0');
  append(data, own_.public_key);
  append_short_nonce(data, next_nonce_);
  const std::array<std::byte, signature_size> zeros{};
  append_box(data, zeros, make_nonce("CurveZMQHELLO---", next_nonce_++), key_);
  wire::append_command(out, "HELLO", data);
  stage_ = curve_client_stage::welcome;
  return {};
}

verdict curve_client::on_command(std::span<const std::byte> body, time_point,
                                 std::string& out) {
  wire::command received;
  if (verdict bad = wire::parse_command(body, received))
    return bad;
  if (received.kind == command_kind::error)
    return wire::refused_by_peer(received.data);
  if (received.kind == command_kind::welcome
      && stage_ == curve_client_stage::welcome)
    return on_welcome(received.data, out);
  if (received.kind == command_kind::ready
      && stage_ == curve_client_stage::ready)
    return on_ready(received.data);
  return broken(protocol_detail::unexpected_command);
}

verdict curve_client::on_welcome(std::span<const std::byte> data,
                                 std::string& out) {
  // Also of a wrong size it is said so.
  if (data.size() != welcome_size)
    return broken(protocol_detail::cryptographic);
  std::array<std::byte, welcome_plain> plain;
  const box_nonce nonce = make_nonce("WELCOME-", data.first<long_nonce_size>());
  if (!open_box(data.subspan(long_nonce_size), nonce, key_, plain.data()))
    return broken(protocol_detail::cryptographic);
  curve_public_key server; // S'
  std::copy_n(plain.begin(), curve_key_size, server.begin());
  return say_initiate(server, std::span{plain}.subspan(curve_key_size), out);
}

verdict curve_client::say_initiate(const curve_public_key& server,
                                   std::span<const std::byte> cookie,
                                   std::string& out) {
  box_key vouching; // of c and S'
  if (!agree(server, own_.secret_key.octets(), key_)
      || !agree(server, ours_.secret_key.octets(), vouching))
    return weak_key();
  std::array<std::byte, vouch_plain> vouch;
  std::copy(
    server_.begin(), server_.end(),
    std::copy(own_.public_key.begin(), own_.public_key.end(), vouch.begin()));
  std::array<std::byte, long_nonce_size> vouch_nonce;
  entropy_->fill(vouch_nonce);

  std::string plain;
  append(plain, ours_.public_key);
  append(plain, vouch_nonce);
  append_box(plain, vouch, make_nonce("VOUCH---", vouch_nonce), vouching);
  plain += metadata_;

  std::string data;
  append(data, cookie);
  append_short_nonce(data, next_nonce_);
  append_box(data, std::as_bytes(std::span{plain}),
             make_nonce("CurveZMQINITIATE", next_nonce_++), key_);
  wire::append_command(out, "INITIATE", data);
  stage_ = curve_client_stage::ready;
  return {};
}

verdict curve_client::on_ready(std::span<const std::byte> data) {
  if (data.size() < short_nonce_size + box_overhead)
    return broken(protocol_detail::malformed_ready);
  peer_nonce_ = wire::load_be64(data.data());
  const auto box = data.subspan(short_nonce_size);
  std::string plain(box.size() - box_overhead, '\0');
  const auto octets = std::as_writable_bytes(std::span{plain});
  if (!open_box(box, make_nonce("CurveZMQREADY---", peer_nonce_), key_,
                octets.data()))
    return broken(protocol_detail::cryptographic);
  if (verdict bad = wire::parse_metadata(octets, theirs_))
    return bad;
  stage_ = curve_client_stage::complete;
  return {};
}

std::unique_ptr<wire::cipher> curve_client::take_cipher() {
  return std::make_unique<curve_cipher>(key_, curve_role::client, next_nonce_,
                                        peer_nonce_);
}

} // namespace zmqrt::security
