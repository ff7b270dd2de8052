// SPDX-License-Identifier: MPL-2.0
//
// The traffic of a CURVE connection (RFC 26, "The MESSAGE Command"). A frame's
// box is "MESSAGE", a short nonce, an authenticator, and the encrypted flags
// and octets. What XSalsa20 makes of the key and of the nonce's first 16
// octets never changes within one direction: it is computed once, so that a
// box costs Salsa20 and Poly1305 alone. Belongs to one connection.

#pragma once

#include <cstdint>

#include "libzmqrt/security/curve_box.hpp"
#include "libzmqrt/wire/cipher.hpp"

namespace zmqrt::security {

enum class curve_role : std::uint8_t { client, server };

class curve_cipher final : public wire::cipher {
public:
  /// `key` is what both short-term pairs agree upon; our next short nonce is
  /// `next_nonce`, the peer's last one was `peer_nonce`.
  curve_cipher(const box_key& key, curve_role ours, std::uint64_t next_nonce,
               std::uint64_t peer_nonce) noexcept;

  [[nodiscard]] std::size_t overhead() const noexcept override;
  void seal(std::uint8_t flags, std::span<const std::byte> plain,
            std::byte* box) noexcept override;
  [[nodiscard]] wire::protocol_detail
  open(std::span<std::byte> box, wire::opened_frame& out) noexcept override;

private:
  secret<32> sending_;
  secret<32> receiving_;
  std::uint64_t next_nonce_; // 2^64 boxes are more than a connection lives
  std::uint64_t peer_nonce_;
};

} // namespace zmqrt::security
