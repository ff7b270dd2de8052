// SPDX-License-Identifier: MPL-2.0
//
// The cookies of a CURVE server (RFC 26, "The WELCOME Command"): what it would
// have to remember of a client between WELCOME and INITIATE travels with the
// client, in a box that only the server opens. One object serves all
// connections of a socket; belongs to its reactor's thread.
//
// The key lives cookie_life, and then as long again for cookies that were
// baked with it, so that a cookie is good for at least one life and at most
// two.

#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "libzmqrt/message/time.hpp"
#include "libzmqrt/security/curve_box.hpp"

namespace zmqrt::security {

/// RFC 26: "for example 60 seconds".
inline constexpr duration cookie_life = std::chrono::seconds{60};

/// A server's own half of a connection, and its client's public one.
struct cookie_content {
  curve_public_key client{};       ///< C'
  secret<curve_key_size> server{}; ///< s'
};

using cookie = std::array<std::byte, cookie_size>;

struct baking_key {
  box_key key;
  time_point since{};
};

class curve_cookies {
public:
  explicit curve_cookies(entropy& from) noexcept : entropy_(&from) {
  }

  [[nodiscard]] cookie bake(const cookie_content& content, time_point now);

  /// False: no cookie of ours, or too old a one.
  [[nodiscard]] bool open(std::span<const std::byte, cookie_size> from,
                          time_point now, cookie_content& out);

  /// Wipes keys whose time is over. bake() and open() do it, too; an idle
  /// server calls it when expires() has come.
  void expire(time_point now) noexcept;
  /// When a key's time is over; nothing: there is none.
  [[nodiscard]] std::optional<time_point> expires() const noexcept;

private:
  entropy* entropy_;
  std::optional<baking_key> current_;
  std::optional<baking_key> previous_;
};

} // namespace zmqrt::security
