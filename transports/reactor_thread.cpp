// SPDX-License-Identifier: MPL-2.0
//
// The thread of a reactor. See reactor_thread.hpp.

#include "transports/reactor_thread.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

#include <pthread.h>
#include <sched.h>

#include "transports/posix/signals_blocked.hpp"

namespace zmqrt::transports {

reactor_thread::reactor_thread(std::shared_ptr<reactor> loop, std::string name)
  : loop_(std::move(loop)) {
  const signals_blocked from_now_on;
  name.resize(std::min<std::size_t>(name.size(), 15)); // the kernel's limit
  thread_ = std::thread{[this, name] {
    pthread_setname_np(pthread_self(), name.c_str());
    loop_->run();
  }};
}

reactor_thread::~reactor_thread() {
  assert(!loop_->is_current());
  loop_->stop();
  thread_.join();
}

std::error_code reactor_thread::set_policy(int policy, int priority) noexcept {
  sched_param parameters{};
  parameters.sched_priority = priority;
  return errno_code(
    pthread_setschedparam(thread_.native_handle(), policy, &parameters));
}

std::error_code reactor_thread::set_cpus(const std::set<int>& which) noexcept {
  cpu_set_t set;
  CPU_ZERO(&set);
  for (const int cpu : which)
    CPU_SET(static_cast<unsigned>(cpu), &set);
  return errno_code(
    pthread_setaffinity_np(thread_.native_handle(), sizeof set, &set));
}

} // namespace zmqrt::transports
