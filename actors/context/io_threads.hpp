// SPDX-License-Identifier: MPL-2.0
//
// The threads of a context's reactors, as its options want them.

#pragma once

#include <memory>
#include <vector>

#include "transports/reactor_thread.hpp"
#include "zmqrt/context_options.hpp"

namespace zmqrt::actors {

/// One for each reactor. Throws std::system_error where there is no thread to
/// have, and error where one may not run as the options say.
[[nodiscard]] std::vector<std::unique_ptr<transports::reactor_thread>>
start_threads(const std::vector<std::shared_ptr<transports::reactor>>& loops,
              const context_options& options);

} // namespace zmqrt::actors
