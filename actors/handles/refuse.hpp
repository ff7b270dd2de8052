// SPDX-License-Identifier: MPL-2.0
//
// What the verbs of traffic throw. Any thread.

#pragma once

#include <system_error>

namespace zmqrt::actors {

/// Throws zmqrt::error, with the rule that `verb` has broken.
[[noreturn, gnu::cold]] void refuse(std::error_code code, const char* verb);

} // namespace zmqrt::actors
