// SPDX-License-Identifier: MPL-2.0
//
// The client's side of the CURVE handshake (RFC 25 and 26). It goes on with a
// server that holds the secret of the public key it was given, and with nobody
// else. Belongs to one connection.

#pragma once

#include <string>

#include "libzmqrt/security/curve_box.hpp"
#include "libzmqrt/wire/mechanism.hpp"

namespace zmqrt::security {

///   idle --HELLO!--> welcome --WELCOME, INITIATE!--> ready --READY--> complete
///                       +-------------------------------+--ERROR, anything
///                                                  else--> (it ends)
enum class curve_client_stage : std::uint8_t { idle, welcome, ready, complete };

class curve_client final : public wire::mechanism {
public:
  /// `ours` are our permanent keys, `server` the server's; `metadata` is the
  /// body of our READY, made by wire::append_property().
  curve_client(curve_pair ours, const curve_public_key& server,
               std::string metadata, entropy& from);

  [[nodiscard]] std::string_view name() const noexcept override {
    return "CURVE";
  }
  [[nodiscard]] bool as_server() const noexcept override {
    return false;
  }
  [[nodiscard]] wire::verdict begin(std::string& out) override;
  [[nodiscard]] wire::verdict on_command(std::span<const std::byte> body,
                                         time_point now,
                                         std::string& out) override;
  [[nodiscard]] bool complete() const noexcept override {
    return stage_ == curve_client_stage::complete;
  }
  [[nodiscard]] const peer_properties& metadata() const noexcept override {
    return theirs_;
  }
  [[nodiscard]] std::unique_ptr<wire::cipher> take_cipher() override;

private:
  [[nodiscard]] wire::verdict on_welcome(std::span<const std::byte> data,
                                         std::string& out);
  [[nodiscard]] wire::verdict say_initiate(const curve_public_key& server,
                                           std::span<const std::byte> cookie,
                                           std::string& out);
  [[nodiscard]] wire::verdict on_ready(std::span<const std::byte> data);

  curve_pair ours_;         // C, c
  curve_public_key server_; // S
  std::string metadata_;
  entropy* entropy_;
  curve_client_stage stage_ = curve_client_stage::idle;
  transient_pair own_; // C', c'
  box_key key_;        // of c' and S, then of c' and S'
  std::uint64_t next_nonce_ = 1;
  std::uint64_t peer_nonce_ = 0;
  peer_properties theirs_;
};

} // namespace zmqrt::security
