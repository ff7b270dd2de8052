// SPDX-License-Identifier: MPL-2.0
//
// What differs between CAF versions beside pinned actors and interfaces:
// errors as exit reasons, and the configuration of a system of our own.

#pragma once

#include <system_error>

#include <caf/actor_system_config.hpp>
#include <caf/error.hpp>
#include <caf/exit_reason.hpp>
#include <caf/make_message.hpp>

namespace zmqrt::actors {

/// A code as an exit reason; none is a normal exit.
[[nodiscard]] inline caf::error exit_error(std::error_code code) {
  if (!code)
    return caf::make_error(caf::exit_reason::normal);
  // CAF 0.17 has one octet for codes; ours rides in the context.
  return {1, caf::atom("zmqrt"), caf::make_message(code.value())};
}

/// One worker that waits instead of polling: an idle process uses no CPU.
inline void make_quiet(caf::actor_system_config& config) {
  config.set("scheduler.policy", caf::atom("sharing"));
  config.set("scheduler.max-threads", std::size_t{1});
}

} // namespace zmqrt::actors
