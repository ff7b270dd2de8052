// SPDX-License-Identifier: MPL-2.0
//
// A reactor as CAF sees it: an execution unit that runs the actors pinned to
// it, and forwards every other resumable to the system's own scheduler. Any
// thread may hand it a pinned actor.

#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include <caf/actor_system.hpp>
#include <caf/execution_unit.hpp>
#include <caf/resumable.hpp>

#include "transports/reactor.hpp"

namespace zmqrt::actors {

class reactor_unit final : public caf::execution_unit {
public:
  reactor_unit(caf::actor_system& system,
               std::shared_ptr<transports::reactor> loop);
  ~reactor_unit() override;

  void exec_later(caf::resumable* what) override;

  [[nodiscard]] transports::reactor& loop() const noexcept {
    return *loop_;
  }
  [[nodiscard]] const std::shared_ptr<transports::reactor>&
  shared_loop() const noexcept {
    return loop_;
  }

  /// Runs what is due. Called by the reactor, and once by the context after
  /// the reactor has stopped.
  void run_due();

private:
  class run_task;

  std::shared_ptr<transports::reactor> loop_;
  std::shared_ptr<run_task> task_;
  std::mutex mutex_;
  std::vector<caf::resumable*> due_;
  std::vector<caf::resumable*> running_;
};

} // namespace zmqrt::actors
