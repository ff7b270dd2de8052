// SPDX-License-Identifier: MPL-2.0
//
// Running pinned actors: messages a turn are bounded, so that completions and
// actors share the reactor fairly.

#include "actors/reactor_unit.hpp"

#include <caf/scheduler/abstract_coordinator.hpp>

namespace zmqrt::actors {

namespace {

constexpr std::size_t messages_a_turn = 64;

} // namespace

class reactor_unit::run_task final : public transports::task {
public:
  explicit run_task(reactor_unit& unit) noexcept : unit_(&unit) {
  }
  void run() noexcept override {
    if (unit_ != nullptr)
      unit_->run_due();
  }
  void forget() noexcept {
    unit_ = nullptr;
  }

private:
  reactor_unit* unit_;
};

reactor_unit::reactor_unit(caf::actor_system& system,
                           std::shared_ptr<transports::reactor> loop)
  : caf::execution_unit(&system), loop_(std::move(loop)),
    task_(std::make_shared<run_task>(*this)) {
}

reactor_unit::~reactor_unit() {
  task_->forget();
}

void reactor_unit::exec_later(caf::resumable* what) {
  if (what->subtype() != caf::resumable::io_actor) {
    system().scheduler().enqueue(what);
    return;
  }
  bool first = false;
  {
    std::lock_guard guard{mutex_};
    first = due_.empty();
    due_.push_back(what);
  }
  if (first)
    loop_->post(task_);
}

void reactor_unit::run_due() {
  {
    std::lock_guard guard{mutex_};
    running_.swap(due_);
  }
  for (auto* job : running_) {
    switch (job->resume(this, messages_a_turn)) {
    case caf::resumable::resume_later:
      exec_later(job);
      break;
    case caf::resumable::done:
    case caf::resumable::awaiting_message:
    case caf::resumable::shutdown_execution_unit:
      caf::intrusive_ptr_release(job);
      break;
    }
  }
  running_.clear();
}

} // namespace zmqrt::actors
