// SPDX-License-Identifier: MPL-2.0
//
// A thread that drives one reactor from start to stop, with all signals
// blocked. Made and destroyed by the context.

#pragma once

#include <memory>
#include <set>
#include <string>
#include <system_error>
#include <thread>

#include "transports/reactor.hpp"

namespace zmqrt::transports {

class reactor_thread {
public:
  /// Starts the thread; throws std::system_error when there is none to have.
  reactor_thread(std::shared_ptr<reactor> loop, std::string name);
  /// Stops the reactor and joins. Must not run on the reactor's own thread.
  ~reactor_thread();
  reactor_thread(const reactor_thread&) = delete;
  reactor_thread& operator=(const reactor_thread&) = delete;

  /// sched(7). Empty: done; else what the kernel says.
  [[nodiscard]] std::error_code set_policy(int policy, int priority) noexcept;
  /// The CPUs that it may run on, below CPU_SETSIZE.
  [[nodiscard]] std::error_code set_cpus(const std::set<int>& which) noexcept;

  [[nodiscard]] reactor& loop() noexcept {
    return *loop_;
  }

private:
  std::shared_ptr<reactor> loop_;
  std::thread thread_;
};

} // namespace zmqrt::transports
