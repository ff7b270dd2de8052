// SPDX-License-Identifier: MPL-2.0
//
// The server's side of PLAIN (RFC 24). It lets nobody in by itself: a name and
// a password are a question to whoever decides. Belongs to one connection.

#pragma once

#include <cstdint>
#include <string>

#include "libzmqrt/wire/mechanism.hpp"

namespace zmqrt::security {

///   hello --HELLO--> asking --200, WELCOME!--> initiate
///     |                 |          +--INITIATE, READY!--> complete
///     +--anything else--+--another status--> (it ends)
enum class plain_server_stage : std::uint8_t {
  hello,
  asking,
  initiate,
  complete,
};

class plain_server final : public wire::mechanism {
public:
  /// `metadata` is the body of our READY, made by wire::append_property().
  explicit plain_server(std::string metadata);
  plain_server(const plain_server&) = delete;
  plain_server& operator=(const plain_server&) = delete;
  /// Wipes its own copy of the credentials.
  ~plain_server() override;

  [[nodiscard]] std::string_view name() const noexcept override {
    return "PLAIN";
  }
  [[nodiscard]] bool as_server() const noexcept override {
    return true;
  }
  [[nodiscard]] wire::verdict begin(std::string& out) override;
  [[nodiscard]] wire::verdict on_command(std::span<const std::byte> body,
                                         time_point now,
                                         std::string& out) override;
  [[nodiscard]] const wire::auth_question* question() const noexcept override {
    return stage_ == plain_server_stage::asking ? &question_ : nullptr;
  }
  [[nodiscard]] wire::verdict on_answer(const wire::auth_answer& answer,
                                        std::string& out) override;
  [[nodiscard]] bool complete() const noexcept override {
    return stage_ == plain_server_stage::complete;
  }
  [[nodiscard]] const peer_properties& metadata() const noexcept override {
    return theirs_;
  }

private:
  [[nodiscard]] wire::verdict on_hello(std::span<const std::byte> data);
  [[nodiscard]] wire::verdict on_initiate(std::span<const std::byte> data,
                                          std::string& out);

  std::string metadata_;
  plain_server_stage stage_ = plain_server_stage::hello;
  wire::auth_question question_{"PLAIN", {}};
  peer_properties theirs_;
};

} // namespace zmqrt::security
