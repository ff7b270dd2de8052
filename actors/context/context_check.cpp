// SPDX-License-Identifier: MPL-2.0
//
// What a context's options may be. See context_check.hpp.

#include "actors/context/context_check.hpp"

#include <string>

#include <sched.h>
#include <unistd.h>

#include "zmqrt/error.hpp"

namespace zmqrt::actors {

namespace {

[[noreturn]] void refuse(const char* option, const std::string& rule) {
  throw error{errc::invalid_argument, option, rule};
}

void at_least(const char* option, int value, int least) {
  if (value < least)
    refuse(option, "must be at least " + std::to_string(least));
}

bool is_policy(int policy) noexcept {
  return policy == SCHED_OTHER || policy == SCHED_FIFO || policy == SCHED_RR
         || policy == SCHED_BATCH || policy == SCHED_IDLE;
}

bool has_priorities(int policy) noexcept {
  return policy == SCHED_FIFO || policy == SCHED_RR;
}

void check_scheduling(int policy, int priority) {
  if (policy != -1 && !is_policy(policy))
    refuse("thread_sched_policy",
           "must be -1, SCHED_OTHER, SCHED_FIFO, SCHED_RR, SCHED_BATCH or "
           "SCHED_IDLE");
  if (priority == -1)
    return;
  if (!has_priorities(policy))
    refuse("thread_priority",
           "needs SCHED_FIFO or SCHED_RR as the thread_sched_policy");
  const int least = sched_get_priority_min(policy);
  const int most = sched_get_priority_max(policy);
  if (priority < least || priority > most)
    refuse("thread_priority", "must be -1, or " + std::to_string(least) + " to "
                                + std::to_string(most));
}

void check_cpus(const std::set<int>& cpus) {
  if (cpus.empty())
    return;
  const auto there = sysconf(_SC_NPROCESSORS_CONF);
  if (*cpus.begin() < 0 || *cpus.rbegin() >= there
      || *cpus.rbegin() >= CPU_SETSIZE)
    refuse("thread_affinity_cpus",
           "must be CPUs that there are: 0 to " + std::to_string(there - 1));
}

} // namespace

void check(const context_options& options) {
  at_least("io_threads", options.io_threads, 1);
  at_least("max_sockets", options.max_sockets, 1);
  at_least("max_msgsz", options.max_msgsz, 0);
  constexpr std::chrono::milliseconds most{std::numeric_limits<int>::max()};
  if (options.linger < infinite || options.linger > most)
    refuse("linger", "must be -1 to 2147483647 milliseconds");
  check_scheduling(options.thread_sched_policy, options.thread_priority);
  check_cpus(options.thread_affinity_cpus);
}

int priority_in(const context_options& options) noexcept {
  const int policy = options.thread_sched_policy;
  if (!has_priorities(policy))
    return 0;
  return options.thread_priority == -1 ? sched_get_priority_min(policy)
                                       : options.thread_priority;
}

} // namespace zmqrt::actors
