// SPDX-License-Identifier: MPL-2.0
//
// The threads of a context's reactors. See io_threads.hpp.

#include "actors/context/io_threads.hpp"

#include <cerrno>
#include <string>

#include "actors/context/context_check.hpp"
#include "actors/gate/gate.hpp"

namespace zmqrt::actors {

namespace {

// A blocking verb on a reactor's own thread would wait for itself.
class mark_thread final : public transports::task {
public:
  void run() noexcept override {
    forbid_waiting_on_this_thread();
  }
};

[[noreturn]] void refuse(std::error_code why, const char* option) {
  if (why.value() == EPERM)
    throw error{errc::access_denied, option, "the process may not have it"};
  throw error{why, option, "the kernel does not take it"};
}

void place(transports::reactor_thread& thread, const context_options& options) {
  if (!options.thread_affinity_cpus.empty())
    if (const auto why = thread.set_cpus(options.thread_affinity_cpus))
      refuse(why, "thread_affinity_cpus");
  if (options.thread_sched_policy != -1)
    if (const auto why =
          thread.set_policy(options.thread_sched_policy, priority_in(options)))
      refuse(why, "thread_sched_policy");
}

} // namespace

std::vector<std::unique_ptr<transports::reactor_thread>>
start_threads(const std::vector<std::shared_ptr<transports::reactor>>& loops,
              const context_options& options) {
  std::vector<std::unique_ptr<transports::reactor_thread>> threads;
  for (const auto& loop : loops) {
    loop->post(std::make_shared<mark_thread>());
    threads.push_back(std::make_unique<transports::reactor_thread>(
      loop,
      options.thread_name_prefix + "/io-" + std::to_string(threads.size())));
    place(*threads.back(), options);
  }
  return threads;
}

} // namespace zmqrt::actors
