// SPDX-License-Identifier: MPL-2.0
//
// What the engine asks of a security mechanism (RFC 37, "Authentication and
// Confidentiality"). Declared here and implemented elsewhere, so that the
// engine never meets a crypto library. One object per connection.

#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "libzmqrt/message/peer_properties.hpp"
#include "libzmqrt/wire/violation.hpp"

namespace zmqrt::wire {

class mechanism {
public:
  virtual ~mechanism() = default;

  /// As it stands in the greeting ("NULL").
  [[nodiscard]] virtual std::string_view name() const noexcept = 0;
  /// Whether we are the server, in the greeting.
  [[nodiscard]] virtual bool as_server() const noexcept = 0;

  /// The greeting is over: appends the frames of the commands to be sent
  /// unasked, if any.
  virtual void begin(std::string& out) = 0;

  /// A command's body from the peer, before complete(). Appends the frames
  /// of the answer to `out`.
  [[nodiscard]] virtual verdict on_command(std::span<const std::byte> body,
                                           std::string& out) = 0;

  /// Both sides are done.
  [[nodiscard]] virtual bool complete() const noexcept = 0;

  /// The peer's metadata, when complete.
  [[nodiscard]] virtual const peer_properties& metadata() const noexcept = 0;

  // A mechanism that encrypts adds here how it wraps and opens frames; the
  // engine then answers canonical() with false and transcode() by it.
};

} // namespace zmqrt::wire
