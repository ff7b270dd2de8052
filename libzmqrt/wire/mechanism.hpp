// SPDX-License-Identifier: MPL-2.0
//
// What the engine asks of a security mechanism (RFC 37, "Authentication and
// Confidentiality"). Declared here and implemented elsewhere, so that the
// engine never meets a crypto library. One object per connection.

#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "libzmqrt/message/peer_properties.hpp"
#include "libzmqrt/message/time.hpp"
#include "libzmqrt/wire/authentication.hpp"
#include "libzmqrt/wire/cipher.hpp"
#include "libzmqrt/wire/violation.hpp"

namespace zmqrt::wire {

///   begin() --> on_command() ... --> complete
///      |           |      ^
///      +-----------+--> question() --on_answer()--> (on)
class mechanism {
public:
  virtual ~mechanism() = default;

  /// As it stands in the greeting ("NULL").
  [[nodiscard]] virtual std::string_view name() const noexcept = 0;
  /// Whether we are the server, in the greeting.
  [[nodiscard]] virtual bool as_server() const noexcept = 0;

  /// The greeting is over: appends the frames of the commands to be sent
  /// unasked, if any.
  [[nodiscard]] virtual verdict begin(std::string& out) = 0;

  /// A command's body from the peer, before complete(). Appends the frames
  /// of the answer to `out`.
  [[nodiscard]] virtual verdict on_command(std::span<const std::byte> body,
                                           time_point now,
                                           std::string& out) = 0;

  /// What it waits to be told by on_answer(); it wants no command meanwhile.
  /// Null: nothing.
  [[nodiscard]] virtual const auth_question* question() const noexcept {
    return nullptr;
  }
  /// The answer to question(). Appends what the peer is told to `out`.
  [[nodiscard]] virtual verdict on_answer(const auth_answer& answer,
                                          std::string& out) {
    return judge(answer, out);
  }

  /// Both sides are done.
  [[nodiscard]] virtual bool complete() const noexcept = 0;

  /// The peer's metadata, when complete.
  [[nodiscard]] virtual const peer_properties& metadata() const noexcept = 0;

  /// When complete: what makes boxes of all that follows. Null: frames travel
  /// as they are.
  [[nodiscard]] virtual std::unique_ptr<cipher> take_cipher() {
    return nullptr;
  }
};

} // namespace zmqrt::wire
