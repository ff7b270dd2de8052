// SPDX-License-Identifier: MPL-2.0
//
// The server's handshake. See the header. Which code a bad command ends with
// is libzmq's 4.3.4.

#include "libzmqrt/security/curve_server.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include "libzmqrt/security/curve_cipher.hpp"
#include "libzmqrt/wire/byte_order.hpp"
#include "libzmqrt/wire/commands.hpp"
#include "libzmqrt/wire/metadata.hpp"

namespace zmqrt::security {

using wire::broken;
using wire::command_kind;
using wire::protocol_detail;
using wire::verdict;

namespace {

// In HELLO, behind its name.
constexpr std::size_t padding_at = 2;
constexpr std::size_t client_at = padding_at + 72;
constexpr std::size_t hello_nonce_at = client_at + curve_key_size;
constexpr std::size_t signature_at = hello_nonce_at + short_nonce_size;
constexpr std::size_t signature_size = 64;
constexpr std::size_t hello_size = signature_at + signature_size + box_overhead;

// In INITIATE, behind its name.
constexpr std::size_t initiate_nonce_at = cookie_size;
constexpr std::size_t initiate_box_at = initiate_nonce_at + short_nonce_size;

// In INITIATE's box.
constexpr std::size_t vouch_nonce_at = curve_key_size;
constexpr std::size_t vouch_box_at = vouch_nonce_at + long_nonce_size;
constexpr std::size_t vouch_size = 2 * curve_key_size;
constexpr std::size_t metadata_at = vouch_box_at + vouch_size + box_overhead;

bool all_zero(std::span<const std::byte> octets) noexcept {
  return std::all_of(octets.begin(), octets.end(),
                     [](std::byte octet) { return octet == std::byte{0}; });
}

curve_public_key key_at(std::span<const std::byte> from,
                        std::size_t at) noexcept {
  curve_public_key out;
  std::memcpy(out.data(), from.data() + at, out.size());
  return out;
}

} // namespace

curve_server::curve_server(curve_pair ours, curve_cookies& cookies,
                           std::string metadata, bool asks, entropy& from)
  : ours_(std::move(ours)), cookies_(&cookies), metadata_(std::move(metadata)),
    asks_(asks), entropy_(&from) {
}

verdict curve_server::begin(std::string&) {
  return {};
}

verdict curve_server::on_command(std::span<const std::byte> body,
                                 time_point now, std::string& out) {
  wire::command received;
  if (verdict bad = wire::parse_command(body, received))
    return bad;
  if (received.kind == command_kind::hello
      && stage_ == curve_server_stage::hello)
    return on_hello(received.data, now, out);
  if (received.kind == command_kind::initiate
      && stage_ == curve_server_stage::initiate)
    return on_initiate(received.data, now, out);
  return broken(protocol_detail::unexpected_command);
}

// -- HELLO, WELCOME -----------------------------------------------------------

verdict curve_server::on_hello(std::span<const std::byte> data, time_point now,
                               std::string& out) {
  // The padding is not in the box: RFC 26 has "all fields" checked.
  if (data.size() != hello_size || data[0] != std::byte{1}
      || data[1] != std::byte{0}
      || !all_zero(data.subspan(padding_at, client_at - padding_at)))
    return broken(protocol_detail::malformed_hello);
  const curve_public_key client = key_at(data, client_at); // C'
  peer_nonce_ = wire::load_be64(data.data() + hello_nonce_at);
  box_key key; // of s and C'
  std::array<std::byte, signature_size> signature;
  if (!agree(client, ours_.secret_key.octets(), key)
      || !open_box(data.subspan(signature_at),
                   make_nonce("CurveZMQHELLO---", peer_nonce_), key,
                   signature.data()))
    return broken(protocol_detail::cryptographic);
  if (!all_zero(signature))
    return broken(protocol_detail::malformed_hello);
  return say_welcome(client, key, now, out);
}

verdict curve_server::say_welcome(const curve_public_key& client,
                                  const box_key& key, time_point now,
                                  std::string& out) {
  transient_pair fresh; // S', s'
  refill(fresh, *entropy_);
  cookie_content remembered;
  remembered.client = client;
  remembered.server = std::move(fresh.secret_key);
  const cookie baked = cookies_->bake(remembered, now);
  std::copy_n(baked.begin(), cookie_nonce_.size(), cookie_nonce_.begin());

  std::array<std::byte, curve_key_size + cookie_size> plain;
  std::copy(
    baked.begin(), baked.end(),
    std::copy(fresh.public_key.begin(), fresh.public_key.end(), plain.begin()));
  std::array<std::byte, long_nonce_size> nonce;
  entropy_->fill(nonce);
  std::string data;
  append(data, nonce);
  append_box(data, plain, make_nonce("WELCOME-", nonce), key);
  wire::append_command(out, "WELCOME", data);
  stage_ = curve_server_stage::initiate;
  return {};
}

// -- INITIATE, READY ----------------------------------------------------------

verdict curve_server::on_initiate(std::span<const std::byte> data,
                                  time_point now, std::string& out) {
  if (data.size() < initiate_box_at + metadata_at + box_overhead)
    return broken(protocol_detail::malformed_initiate);
  cookie_content remembered;
  if (!std::equal(cookie_nonce_.begin(), cookie_nonce_.end(), data.begin())
      || !cookies_->open(data.first<cookie_size>(), now, remembered))
    return broken(protocol_detail::cryptographic);
  const std::uint64_t nonce = wire::load_be64(data.data() + initiate_nonce_at);
  const auto box = data.subspan(initiate_box_at);
  std::string opened(box.size() - box_overhead, '\0');
  const auto plain = std::as_writable_bytes(std::span{opened});
  if (!agree(remembered.client, remembered.server.octets(), key_)
      || !open_box(box, make_nonce("CurveZMQINITIATE", nonce), key_,
                   plain.data()))
    return broken(protocol_detail::cryptographic);
  if (nonce <= std::exchange(peer_nonce_, nonce))
    return broken(protocol_detail::invalid_sequence);
  if (verdict bad = check_vouch(plain, remembered))
    return bad;
  if (verdict bad = wire::parse_metadata(plain.subspan(metadata_at), theirs_))
    return bad;
  if (!asks_) {
    say_ready(out);
    return {};
  }
  question_.credentials.push_back(opened.substr(0, curve_key_size));
  stage_ = curve_server_stage::asking;
  return {};
}

/// That the holder of the permanent key C made the short-term key C' for us.
verdict curve_server::check_vouch(std::span<const std::byte> plain,
                                  const cookie_content& remembered) const {
  box_key vouching; // of s' and C
  std::array<std::byte, vouch_size> vouch;
  const box_nonce nonce = make_nonce(
    "VOUCH---", plain.subspan(vouch_nonce_at).first<long_nonce_size>());
  if (!agree(key_at(plain, 0), remembered.server.octets(), vouching)
      || !open_box(plain.subspan(vouch_box_at, vouch_size + box_overhead),
                   nonce, vouching, vouch.data()))
    return broken(protocol_detail::cryptographic);
  if (key_at(vouch, 0) != remembered.client
      || key_at(vouch, curve_key_size) != ours_.public_key)
    return broken(protocol_detail::key_exchange);
  return {};
}

verdict curve_server::on_answer(const wire::auth_answer& answer,
                                std::string& out) {
  if (verdict no = wire::judge(answer, out))
    return no;
  say_ready(out);
  return {};
}

void curve_server::say_ready(std::string& out) {
  std::string data;
  append_short_nonce(data, next_nonce_);
  append_box(data, std::as_bytes(std::span{metadata_}),
             make_nonce("CurveZMQREADY---", next_nonce_++), key_);
  wire::append_command(out, "READY", data);
  stage_ = curve_server_stage::complete;
}

std::unique_ptr<wire::cipher> curve_server::take_cipher() {
  return std::make_unique<curve_cipher>(key_, curve_role::server, next_nonce_,
                                        peer_nonce_);
}

} // namespace zmqrt::security
