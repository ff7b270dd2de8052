// SPDX-License-Identifier: MPL-2.0
//
// Host names become addresses off the reactor's thread: a bounded number of
// detached threads call the system's resolver and post the answer. Nobody
// joins or waits for them, so a resolver that hangs delays nothing: not the
// reactor, not the end of a context, not the end of the process.

#pragma once

#include <cstddef>
#include <functional>
#include <memory>

#include "transports/reactor.hpp"
#include "transports/task_queue.hpp"

namespace zmqrt::transports {

/// Lookups at work at once in the process, and those that wait for their turn;
/// beyond them a resolution answers `again`.
inline constexpr std::size_t lookup_threads = 16;
inline constexpr std::size_t lookup_queue = 256;
/// Of those at work, so many may ask for one name: a name that hangs does not
/// keep others waiting.
inline constexpr std::size_t lookups_per_name = 4;

/// Answers a query that is not numeric; may block. Runs on a helper thread.
using lookup_function =
  std::function<result<std::vector<address>>(const resolve_query&)>;

/// Puts `lookup` (empty: the system's) in the place of the resolver that
/// later queries use: for tests of resolvers that hang, fail or invent.
void replace_lookup(lookup_function lookup);

/// What reactor::resolve() does; `then` runs as a task of `tasks`.
[[nodiscard]] std::unique_ptr<resolution>
start_resolution(const std::shared_ptr<task_queue>& tasks,
                 const resolve_query& query, resolve_callback then);

} // namespace zmqrt::transports
