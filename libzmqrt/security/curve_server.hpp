// SPDX-License-Identifier: MPL-2.0
//
// The server's side of the CURVE handshake (RFC 25 and 26). Until the cookie
// comes back it has no keys of the connection: only the cookie's nonce, so
// that a cookie that was given to another connection, which would bring that
// connection's keys along, is not taken here. Belongs to one connection.

#pragma once

#include <memory>
#include <optional>
#include <string>

#include "libzmqrt/security/curve_box.hpp"
#include "libzmqrt/security/curve_cookies.hpp"
#include "libzmqrt/wire/mechanism.hpp"

namespace zmqrt::security {

///   hello --HELLO, WELCOME!--> initiate --INITIATE, READY!--> complete
///     |                           |   +--INITIATE--> asking --200, READY!--+
///     +--anything else------------+                    +--another status
///                                                          --> (it ends)
enum class curve_server_stage : std::uint8_t {
  hello,
  initiate,
  asking,
  complete,
};

class curve_server final : public wire::mechanism {
public:
  /// `ours` are our permanent keys; `cookies` outlive the connection. `asks`:
  /// the client has to be let in; otherwise whoever knows our public key is.
  curve_server(curve_pair ours, curve_cookies& cookies, std::string metadata,
               bool asks, entropy& from);

  [[nodiscard]] std::string_view name() const noexcept override {
    return "CURVE";
  }
  [[nodiscard]] bool as_server() const noexcept override {
    return true;
  }
  [[nodiscard]] wire::verdict begin(std::string& out) override;
  [[nodiscard]] wire::verdict on_command(std::span<const std::byte> body,
                                         time_point now,
                                         std::string& out) override;
  [[nodiscard]] const wire::auth_question* question() const noexcept override {
    return stage_ == curve_server_stage::asking ? &question_ : nullptr;
  }
  [[nodiscard]] wire::verdict on_answer(const wire::auth_answer& answer,
                                        std::string& out) override;
  [[nodiscard]] bool complete() const noexcept override {
    return stage_ == curve_server_stage::complete;
  }
  [[nodiscard]] const peer_properties& metadata() const noexcept override {
    return theirs_;
  }
  [[nodiscard]] std::unique_ptr<wire::cipher> take_cipher() override;

private:
  [[nodiscard]] wire::verdict on_hello(std::span<const std::byte> data,
                                       time_point now, std::string& out);
  [[nodiscard]] wire::verdict say_welcome(const curve_public_key& client,
                                          const box_key& key, time_point now,
                                          std::string& out);
  [[nodiscard]] wire::verdict on_initiate(std::span<const std::byte> data,
                                          time_point now, std::string& out);
  [[nodiscard]] wire::verdict
  check_vouch(std::span<const std::byte> plain,
              const cookie_content& remembered) const;
  void say_ready(std::string& out);

  curve_pair ours_; // S, s
  curve_cookies* cookies_;
  std::string metadata_;
  bool asks_;
  entropy* entropy_;
  curve_server_stage stage_ = curve_server_stage::hello;
  std::array<std::byte, long_nonce_size> cookie_nonce_{};
  std::uint64_t next_nonce_ = 1;
  std::uint64_t peer_nonce_ = 0;
  box_key key_; // of s' and C'
  wire::auth_question question_{"CURVE", {}};
  peer_properties theirs_;
};

} // namespace zmqrt::security
