// SPDX-License-Identifier: MPL-2.0
//
// The greeting, in stages as libzmq sends it: the signature unasked, the
// version once the peer's signature is there, the rest once the peer's
// version is (RFC 37, "Version Negotiation" and "Backwards
// Interoperability"; RFC 15 for 2.0). Sans-I/O; belongs to one connection.

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "libzmqrt/wire/frame_header.hpp"
#include "zmqrt/socket_type.hpp"

namespace zmqrt::wire {

/// What we say in it. The views live as long as the greeting does.
struct greeting_offer {
  socket_type type = socket_type::pair;
  std::string_view routing_id;
  std::string_view mechanism = "NULL";
  bool as_server = false; ///< zero with NULL (RFC 37, "NULL")
};

/// What came of it.
enum class dialect : std::uint8_t {
  unversioned, ///< ZMTP 1.0 (RFC 13)
  revision_0,  ///< 1.0 framing behind a signature, as libzmq 3.0 had it
  zmtp_2_0,    ///< RFC 15
  zmtp_3_0,    ///< RFC 23
  zmtp_3_1,    ///< RFC 37, or later
};

/// Which octets of the peer's greeting come next.
///
///   signature --FF ... odd--> version --3 and up--> rest --64 octets--> done
///       |                        |
///       |                        +--0, 1, 2--> type --12 octets--> done
///       +--not FF, or the tenth even (1.0)--> done
enum class greeting_stage : std::uint8_t {
  signature,
  version,
  type,
  rest,
  done,
};

class greeting {
public:
  /// Writes the signature to `out`.
  greeting(const greeting_offer& offer, std::string& out);

  /// Takes what belongs to the greeting from the start of `bytes`, and
  /// writes to `out` what is to be said now.
  void receive(std::span<const std::byte>& bytes, std::string& out);

  [[nodiscard]] bool done() const noexcept {
    return stage_ == greeting_stage::done;
  }
  // When done:
  [[nodiscard]] dialect spoken() const noexcept {
    return dialect_;
  }
  /// Octets of an unversioned peer that were taken for a signature and are
  /// the start of its identity frame.
  [[nodiscard]] std::span<const std::byte> taken_back() const noexcept {
    return {octets_.data(), dialect_ == dialect::unversioned ? have_ : 0};
  }
  /// The socket type's number, of revision_0 and zmtp_2_0.
  [[nodiscard]] std::uint8_t peer_type() const noexcept;
  /// The peer's mechanism with its padding, of zmtp_3_x.
  [[nodiscard]] std::string_view peer_mechanism() const noexcept;

private:
  [[nodiscard]] std::size_t wanted() const noexcept;
  void on_octets(std::string& out);
  void on_signature(std::string& out);
  void on_version(std::string& out);
  void finish(dialect spoken) noexcept;

  greeting_offer offer_;
  greeting_stage stage_ = greeting_stage::signature;
  dialect dialect_ = dialect::zmtp_3_1;
  std::size_t have_ = 0;
  std::array<std::byte, 64> octets_{};
};

/// Whether a peer's padded mechanism field names `mechanism` (RFC 37,
/// "Authentication and Confidentiality": an exact match).
[[nodiscard]] bool same_mechanism(std::string_view field,
                                  std::string_view mechanism) noexcept;

} // namespace zmqrt::wire
