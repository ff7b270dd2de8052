// SPDX-License-Identifier: MPL-2.0
//
// What the library tells about itself: connections that come and go, refused
// peers, retries. Silent until the application says where to. Nothing is
// logged per message, and never a secret.

#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

#include "zmqrt/export.hpp"

namespace zmqrt {

enum class log_level : std::uint8_t { debug, info, warning, error, off };

/// Where log lines go. `component` is "zmqrt.session" and the like; `text`
/// starts with a stable event name, then fields. Called on the runtime's
/// threads, one call at a time; must not block and must not throw.
using log_sink = std::function<void(log_level level, std::string_view component,
                                    std::string_view text)>;

/// Sends lines of `least` and above to `sink`, in the whole process, from now
/// on. An empty sink, or `off`: silence, the default.
ZMQRT_EXPORT void set_log_sink(log_level least, log_sink sink);

} // namespace zmqrt
