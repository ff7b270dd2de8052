// SPDX-License-Identifier: MPL-2.0
//
// Which security mechanism a socket's options choose for its connections, and
// what it needs for it.

#pragma once

#include <memory>

#include "actors/session/cookie_jar.hpp"
#include "libzmqrt/options/socket_options.hpp"
#include "libzmqrt/wire/mechanism.hpp"

namespace zmqrt::actors {

/// Of one CURVE bind or connect: what all its connections share.
struct security_setup {
  curve_pair own_keys;
  std::shared_ptr<cookie_jar> cookies; ///< of a server
};

/// What is missing for the mechanism that is chosen, in words; null: nothing.
[[nodiscard]] const char*
missing_for_mechanism(const security_options& options) noexcept;

/// Null but for CURVE; `cookies` are the socket's. Nothing is missing.
[[nodiscard]] std::shared_ptr<const security_setup>
make_security_setup(const security_options& options,
                    const std::shared_ptr<cookie_jar>& cookies);

/// For one connection; null: NULL, where nobody is asked. `with` is null but
/// for CURVE.
[[nodiscard]] std::unique_ptr<wire::mechanism>
make_mechanism(socket_type type, bool accepted, const socket_options& options,
               const security_setup* with);

/// Whether a peer comes in where somebody should have been asked and nobody is
/// there, as in libzmq.
[[nodiscard]] bool welcome_unasked(const socket_options& options) noexcept;

} // namespace zmqrt::actors
