// SPDX-License-Identifier: MPL-2.0
//
// The client's side of PLAIN (RFC 24). The password travels as it is: PLAIN is
// for networks that are safe by other means. Belongs to one connection.

#pragma once

#include <cstdint>
#include <string>

#include "libzmqrt/wire/mechanism.hpp"

namespace zmqrt::security {

inline constexpr std::size_t longest_plain_text = 255; ///< of either

///   idle --HELLO!--> welcome --WELCOME, INITIATE!--> ready --READY--> complete
///                       +-------------------------------+--ERROR, anything
///                                                  else--> (it ends)
enum class plain_client_stage : std::uint8_t { idle, welcome, ready, complete };

class plain_client final : public wire::mechanism {
public:
  /// Name and password have at most longest_plain_text octets each;
  /// `metadata` is the body of our INITIATE, made by wire::append_property().
  plain_client(std::string user_name, std::string password,
               std::string metadata);
  plain_client(const plain_client&) = delete;
  plain_client& operator=(const plain_client&) = delete;
  /// Wipes its own copy of the password.
  ~plain_client() override;

  [[nodiscard]] std::string_view name() const noexcept override {
    return "PLAIN";
  }
  [[nodiscard]] bool as_server() const noexcept override {
    return false;
  }
  [[nodiscard]] wire::verdict begin(std::string& out) override;
  [[nodiscard]] wire::verdict on_command(std::span<const std::byte> body,
                                         time_point now,
                                         std::string& out) override;
  [[nodiscard]] bool complete() const noexcept override {
    return stage_ == plain_client_stage::complete;
  }
  [[nodiscard]] const peer_properties& metadata() const noexcept override {
    return theirs_;
  }

private:
  [[nodiscard]] wire::verdict on_welcome(std::span<const std::byte> data,
                                         std::string& out);
  [[nodiscard]] wire::verdict on_ready(std::span<const std::byte> data);

  std::string user_name_;
  std::string password_;
  std::string metadata_;
  plain_client_stage stage_ = plain_client_stage::idle;
  peer_properties theirs_;
};

} // namespace zmqrt::security
