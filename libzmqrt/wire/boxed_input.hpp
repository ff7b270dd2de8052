// SPDX-License-Identifier: MPL-2.0
//
// The receive path of an encrypted connection: frames that are boxes come in,
// are opened in place, and go on as the frames that were in them (RFC 26, "The
// MESSAGE Command"). Small ones are moved together, so that what was one
// receive buffer of boxes is one run of messages. Belongs to one connection.

#pragma once

#include <cstddef>
#include <span>

#include "libzmqrt/wire/cipher.hpp"
#include "libzmqrt/wire/traffic.hpp"

namespace zmqrt::wire {

class boxed_input final : command_sink {
public:
  /// `limits` are those of what is in the boxes.
  boxed_input(cipher& how, const frame_limits& limits,
              buffer_source& source) noexcept;

  /// Takes all of `bytes`, a part of `owner` that nobody else looks at, and
  /// gives what is in the boxes to `plain`. After a violation, what came
  /// before it has been given.
  [[nodiscard]] verdict receive(const slab_ref& owner,
                                std::span<const std::byte> bytes,
                                traffic& plain);

  /// As traffic's.
  [[nodiscard]] std::span<std::byte> direct_target() noexcept {
    return boxes_.direct_target();
  }
  [[nodiscard]] verdict received_direct(std::size_t size, traffic& plain);

private:
  [[nodiscard]] verdict on_command(std::span<const std::byte> body) override;
  [[nodiscard]] verdict open_all(traffic& plain);

  cipher* cipher_;
  traffic boxes_;
};

} // namespace zmqrt::wire
