// SPDX-License-Identifier: MPL-2.0
//
// The NULL mechanism (RFC 37, "The NULL Security Mechanism"). Like libzmq,
// both sides send READY at once, without waiting for each other's.

#pragma once

#include <string>
#include <utility>

#include "libzmqrt/wire/mechanism.hpp"

namespace zmqrt::wire {

///   waiting --READY--> complete
///      +-----ERROR, anything else--> (the connection ends)
class null_mechanism final : public mechanism {
public:
  /// `metadata` is the body of our READY, made by append_property().
  explicit null_mechanism(std::string metadata) noexcept
    : ours_(std::move(metadata)) {
  }

  [[nodiscard]] std::string_view name() const noexcept override {
    return "NULL";
  }
  [[nodiscard]] bool as_server() const noexcept override {
    return false;
  }
  void begin(std::string& out) override;
  [[nodiscard]] verdict on_command(std::span<const std::byte> body,
                                   std::string& out) override;
  [[nodiscard]] bool complete() const noexcept override {
    return complete_;
  }
  [[nodiscard]] const peer_properties& metadata() const noexcept override {
    return theirs_;
  }

private:
  std::string ours_;
  peer_properties theirs_;
  bool complete_ = false;
};

/// What a peer's ERROR amounts to: libzmq takes a reason of "300", "400" or
/// "500" for a ZAP status.
[[nodiscard]] verdict refused_by_peer(std::span<const std::byte> error_data);

} // namespace zmqrt::wire
