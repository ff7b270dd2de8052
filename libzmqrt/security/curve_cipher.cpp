// SPDX-License-Identifier: MPL-2.0
//
// MESSAGE boxes. See the header. The construction is crypto_box's: Salsa20's
// first 32 octets are the key of Poly1305, the text is encrypted with those
// that follow, and the authenticator is that of the encrypted text.

#include "libzmqrt/security/curve_cipher.hpp"

#include <algorithm>
#include <cstring>

#include "libzmqrt/keys/sodium.hpp"
#include "libzmqrt/message/batch.hpp"
#include "libzmqrt/wire/byte_order.hpp"

namespace zmqrt::security {

using keys::raw;

namespace {

constexpr std::size_t name_size = 8; // with its own size in front
constexpr std::byte message_name[name_size] = {
  std::byte{7},   std::byte{'M'}, std::byte{'E'}, std::byte{'S'},
  std::byte{'S'}, std::byte{'A'}, std::byte{'G'}, std::byte{'E'}};

// In a box, in order.
constexpr std::size_t nonce_at = name_size;
constexpr std::size_t tag_at = nonce_at + short_nonce_size;
constexpr std::size_t flags_at = tag_at + box_overhead;
constexpr std::size_t body_at = flags_at + 1;

constexpr std::size_t tag_key_size = 32;
constexpr std::size_t block_size = 64; // of Salsa20
/// Of the text, what is encrypted by the rest of the first block.
constexpr std::size_t first_part = block_size - tag_key_size;

// The key of the authenticator is made where it and the text's place meet.
static_assert(flags_at == tag_key_size
              && box_overhead == crypto_onetimeauth_poly1305_BYTES
              && tag_key_size == crypto_onetimeauth_poly1305_KEYBYTES);

/// From this size on, copying a body before it is encrypted costs more than a
/// second call.
constexpr std::size_t worth_apart = 1024;

// RFC 26: "Bits 7-1: Reserved"; libzmq has commands at bit 1.
constexpr std::uint8_t box_more = 0x01;
constexpr std::uint8_t box_command = 0x02;

std::byte to_box(std::uint8_t flags) noexcept {
  const bool more = (flags & frame_flag_more) != 0;
  const bool command = (flags & frame_flag_command) != 0;
  return static_cast<std::byte>((more ? box_more : 0)
                                | (command ? box_command : 0));
}

void schedule(secret<32>& out, const box_key& key,
              std::string_view prefix) noexcept {
  crypto_core_hsalsa20(raw(out.data()),
                       reinterpret_cast<const unsigned char*>(prefix.data()),
                       raw(key.data()), nullptr);
}

std::string_view prefix_of(curve_role sender) noexcept {
  return sender == curve_role::client ? "CurveZMQMESSAGEC" : "CurveZMQMESSAGES";
}

} // namespace

curve_cipher::curve_cipher(const box_key& key, curve_role ours,
                           std::uint64_t next_nonce,
                           std::uint64_t peer_nonce) noexcept
  : next_nonce_(next_nonce), peer_nonce_(peer_nonce) {
  const auto theirs =
    ours == curve_role::client ? curve_role::server : curve_role::client;
  schedule(sending_, key, prefix_of(ours));
  schedule(receiving_, key, prefix_of(theirs));
}

std::size_t curve_cipher::overhead() const noexcept {
  return body_at;
}

void curve_cipher::seal(std::uint8_t flags, std::span<const std::byte> plain,
                        std::byte* box) noexcept {
  std::byte nonce[short_nonce_size];
  wire::store_be64(nonce, next_nonce_++);
  const unsigned char* const key = raw(sending_.data());
  // Zeros in front become the authenticator's key, in the same call that
  // encrypts; of a large body, the part that follows the first block is
  // encrypted on its way from where it was.
  const bool apart = plain.size() >= worth_apart;
  const std::size_t near = apart ? first_part - 1 : plain.size();
  std::memset(box, 0, flags_at);
  box[flags_at] = to_box(flags);
  if (near != 0)
    std::memcpy(box + body_at, plain.data(), near);
  crypto_stream_salsa20_xor(raw(box), raw(box), body_at + near, raw(nonce),
                            key);
  if (apart)
    crypto_stream_salsa20_xor_ic(raw(box + block_size),
                                 raw(plain.data() + near), plain.size() - near,
                                 raw(nonce), 1, key);
  secret<tag_key_size> tag_key;
  std::memcpy(tag_key.data(), box, tag_key_size);
  crypto_onetimeauth_poly1305(raw(box + tag_at), raw(box + flags_at),
                              1 + plain.size(), raw(tag_key.data()));
  std::memcpy(box, message_name, name_size);
  std::memcpy(box + nonce_at, nonce, sizeof nonce);
}

wire::protocol_detail curve_cipher::open(std::span<std::byte> box,
                                         wire::opened_frame& out) noexcept {
  using wire::protocol_detail;
  const bool named =
    box.size() >= name_size
    && std::equal(std::begin(message_name), std::end(message_name), box.data());
  if (!named)
    return box.size() < 2 || box.size() <= std::to_integer<std::size_t>(box[0])
             ? protocol_detail::malformed_command
             : protocol_detail::unexpected_command;
  if (box.size() < body_at)
    return protocol_detail::malformed_message;
  const std::uint64_t counter = wire::load_be64(box.data() + nonce_at);
  if (counter <= peer_nonce_)
    return protocol_detail::invalid_sequence;
  peer_nonce_ = counter;
  const unsigned char* const nonce = raw(box.data() + nonce_at);
  const unsigned char* const key = raw(receiving_.data());
  const std::span<std::byte> text = box.subspan(flags_at);
  secret<block_size> first;
  crypto_stream_salsa20(raw(first.data()), block_size, nonce, key);
  if (crypto_onetimeauth_poly1305_verify(raw(box.data() + tag_at),
                                         raw(text.data()), text.size(),
                                         raw(first.data()))
      != 0)
    return protocol_detail::cryptographic;
  const std::size_t near = std::min(text.size(), first_part);
  for (std::size_t at = 0; at < near; ++at)
    text[at] ^= first.data()[tag_key_size + at];
  if (text.size() > near)
    crypto_stream_salsa20_xor_ic(raw(text.data() + near),
                                 raw(text.data() + near), text.size() - near,
                                 nonce, 1, key);
  const auto flags = std::to_integer<std::uint8_t>(text[0]);
  if ((flags & ~(box_more | box_command)) != 0)
    return protocol_detail::malformed_message;
  out.flags = static_cast<std::uint8_t>(
    ((flags & box_more) != 0 ? frame_flag_more : 0)
    | ((flags & box_command) != 0 ? frame_flag_command : 0));
  out.plain = text.subspan(1);
  return protocol_detail::none;
}

} // namespace zmqrt::security
