// SPDX-License-Identifier: MPL-2.0
//
// What a context's options may be. Any thread.

#pragma once

#include "zmqrt/context_options.hpp"

namespace zmqrt::actors {

/// Throws error (invalid_argument) that names option and rule.
void check(const context_options& options);

/// The priority that goes with the policy, which is not -1.
[[nodiscard]] int priority_in(const context_options& options) noexcept;

} // namespace zmqrt::actors
