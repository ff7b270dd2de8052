// SPDX-License-Identifier: MPL-2.0
//
// One spdlog logger per component, outside spdlog's global registry, all on
// one sink. Any thread; a line that is not wanted costs one atomic load.

#pragma once

#include <spdlog/logger.h>

namespace zmqrt::actors::logging {

[[nodiscard]] spdlog::logger& session();
[[nodiscard]] spdlog::logger& listener();
[[nodiscard]] spdlog::logger& connector();
[[nodiscard]] spdlog::logger& context();

} // namespace zmqrt::actors::logging
