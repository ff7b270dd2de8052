// SPDX-License-Identifier: MPL-2.0
//
// The NULL mechanism (RFC 37, "The NULL Security Mechanism"). Like libzmq,
// both sides send READY at once, without waiting for each other's, or as soon
// as somebody has let the peer in.

#pragma once

#include <optional>
#include <string>
#include <utility>

#include "libzmqrt/wire/mechanism.hpp"

namespace zmqrt::wire {

///   (asking --200-->) waiting --READY--> complete
///      |                 +---ERROR, anything else--> (the connection ends)
///      +--another status--> (the connection ends)
class null_mechanism final : public mechanism {
public:
  /// `metadata` is the body of our READY, made by append_property(); `asks`:
  /// the peer has to be let in.
  explicit null_mechanism(std::string metadata, bool asks = false)
    : ours_(std::move(metadata)) {
    if (asks)
      question_ = auth_question{"NULL", {}};
  }

  [[nodiscard]] std::string_view name() const noexcept override {
    return "NULL";
  }
  [[nodiscard]] bool as_server() const noexcept override {
    return false;
  }
  [[nodiscard]] verdict begin(std::string& out) override;
  [[nodiscard]] verdict on_command(std::span<const std::byte> body,
                                   time_point now, std::string& out) override;
  [[nodiscard]] const auth_question* question() const noexcept override {
    return question_ ? &*question_ : nullptr;
  }
  [[nodiscard]] verdict on_answer(const auth_answer& answer,
                                  std::string& out) override;
  [[nodiscard]] bool complete() const noexcept override {
    return complete_;
  }
  [[nodiscard]] const peer_properties& metadata() const noexcept override {
    return theirs_;
  }

private:
  void say_ready(std::string& out);

  std::string ours_;
  std::optional<auth_question> question_;
  peer_properties theirs_;
  bool complete_ = false;
};

/// What a peer's ERROR amounts to: libzmq takes a reason of "300", "400" or
/// "500" for a ZAP status.
[[nodiscard]] verdict refused_by_peer(std::span<const std::byte> error_data);

} // namespace zmqrt::wire
