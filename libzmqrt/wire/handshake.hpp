// SPDX-License-Identifier: MPL-2.0
//
// What follows the greeting: the peer's identity frame (ZMTP 1.0 and 2.0,
// RFC 13 and 15) or the security mechanism's commands (3.x, RFC 37
// "Authentication and Confidentiality"), and the check of the socket types.
// Sans-I/O; belongs to one connection.

#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "libzmqrt/wire/engine.hpp"
#include "libzmqrt/wire/frame_collector.hpp"
#include "libzmqrt/wire/greeting.hpp"
#include "libzmqrt/wire/mechanism.hpp"
#include "libzmqrt/wire/violation.hpp"

namespace zmqrt::wire {

///   identity --the frame--> complete      (1.0, 2.0)
///   mechanism --both READY--> complete    (3.x)
///
/// While asking(), what comes belongs to nobody yet.
enum class handshake_stage : std::uint8_t { identity, mechanism, complete };

class handshake {
public:
  /// `over` is the greeting that is done; `chosen` our mechanism.
  handshake(const engine_options& options, const greeting& over,
            std::unique_ptr<mechanism> chosen);

  /// Checks what the greeting told, and appends what is to be said first.
  [[nodiscard]] verdict begin(std::string& out);

  /// Takes from the start of `bytes` what belongs to the handshake; nothing
  /// while asking().
  [[nodiscard]] verdict receive(std::span<const std::byte>& bytes,
                                time_point now, std::string& out);

  /// What on_answer() is to answer; null: nothing.
  [[nodiscard]] const auth_question* asking() const noexcept {
    return mechanism_->question();
  }
  [[nodiscard]] verdict on_answer(const auth_answer& answer, std::string& out);

  [[nodiscard]] bool complete() const noexcept {
    return stage_ == handshake_stage::complete;
  }
  /// The framing and limits that follow.
  [[nodiscard]] framing peers_framing() const noexcept {
    return framing_;
  }
  [[nodiscard]] frame_limits traffic_limits() const noexcept;
  /// Moves out what is known of the peer, when complete.
  [[nodiscard]] peer_info take_peer() noexcept {
    return std::move(peer_);
  }
  /// Of the mechanism, when complete.
  [[nodiscard]] std::unique_ptr<cipher> take_cipher() {
    return mechanism_->take_cipher();
  }

private:
  [[nodiscard]] bool versioned() const noexcept;
  [[nodiscard]] verdict on_frame(time_point now, std::string& out);
  [[nodiscard]] verdict see_complete();
  [[nodiscard]] verdict on_identity();
  [[nodiscard]] verdict on_metadata(const peer_properties& properties);
  void take_properties(const peer_properties& told);
  [[nodiscard]] verdict check_type(std::optional<socket_type> type);

  const engine_options* options_;
  const greeting* greeting_;
  std::unique_ptr<mechanism> mechanism_;
  handshake_stage stage_;
  framing framing_;
  frame_collector frame_;
  peer_info peer_;
  std::optional<auth_answer> let_in_; ///< what was said of the peer then
};

/// The body of our READY.
[[nodiscard]] std::string ready_metadata(const engine_options& options);

} // namespace zmqrt::wire
