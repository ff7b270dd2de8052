// SPDX-License-Identifier: MPL-2.0
//
// A SOCKS5 client (RFC 1928), with a user name and password where the proxy
// is to have them (RFC 1929): it asks for one connection. Sans-I/O; belongs
// to one connection.

#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <system_error>

namespace zmqrt::wire {

/// Where the proxy shall connect to.
struct socks5_target {
  /// An address, or a name of up to 255 octets, which the proxy looks up.
  std::string host;
  std::uint16_t port = 0;
};

/// Up to 255 octets each.
struct socks5_login {
  std::string user; ///< empty: no login
  std::string password;
};

/// Whose octets come next.
///
///   method --05 00--> reply --05 00 00, an address--> open
///      |                ^
///      '--05 02--> login, 01 00
///
///   Anything else, or an answer to what was not asked yet: failed.
enum class socks5_stage : std::uint8_t { method, login, reply, open, failed };

/// Order: send what take_output() answers; hand in what comes; again, until
/// the stage is open or failed. Then it stays so.
class socks5 {
public:
  socks5(socks5_target target, socks5_login login);

  /// What is to be sent now, maybe nothing.
  [[nodiscard]] std::string take_output();
  /// Takes what is the proxy's from the start of `bytes`; behind that, once
  /// it is open, speaks the target.
  void receive(std::span<const std::byte>& bytes);

  [[nodiscard]] socks5_stage stage() const noexcept {
    return stage_;
  }
  [[nodiscard]] bool waits() const noexcept {
    return stage_ < socks5_stage::open;
  }
  /// Why it failed: connection_refused, host_unreachable, timed_out, ... as
  /// the proxy said; access_denied for a login or a target that it does not
  /// allow; protocol_error for what is no SOCKS5.
  [[nodiscard]] std::error_code why() const noexcept {
    return why_;
  }

private:
  [[nodiscard]] std::error_code on_octet(std::uint8_t octet);
  [[nodiscard]] std::error_code on_method(std::uint8_t octet);
  [[nodiscard]] std::error_code on_login(std::uint8_t octet);
  [[nodiscard]] std::error_code on_reply(std::uint8_t octet);
  void enter(socks5_stage next) noexcept;
  void say_login();
  void say_request();

  socks5_target target_;
  socks5_login login_;
  std::string output_;
  socks5_stage stage_ = socks5_stage::method;
  std::size_t have_ = 0; // octets of this stage
  std::size_t reply_size_ = 0;
  std::error_code why_;
};

} // namespace zmqrt::wire
