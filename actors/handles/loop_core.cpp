// SPDX-License-Identifier: MPL-2.0
//
// See loop_core.hpp.

#include "actors/handles/loop_core.hpp"

#include <array>
#include <utility>

#include "actors/gate/futex.hpp"
#include "actors/gate/gate.hpp"
#include "zmqrt/error.hpp"

namespace zmqrt::actors {

namespace {

/// So many things that are ready one turn goes through.
constexpr int things_per_turn = 64;

thread_local loop_core* running_here = nullptr;

/// While a thread is in run().
class presence {
public:
  presence(loop_core& which, std::atomic_flag& running) : running_(running) {
    if (waiting_forbidden())
      throw error{errc::would_deadlock, "coroutine_loop",
                  "it was run on a thread of the runtime"};
    if (running_here != nullptr)
      throw error{errc::fsm, "coroutine_loop",
                  "this thread is in a loop's run() already"};
    if (running_.test_and_set(std::memory_order_acquire))
      throw error{errc::fsm, "coroutine_loop", "another thread runs it"};
    running_here = &which;
  }
  ~presence() {
    running_here = nullptr;
    running_.clear(std::memory_order_release);
  }
  presence(const presence&) = delete;
  presence& operator=(const presence&) = delete;

private:
  std::atomic_flag& running_;
};

} // namespace

loop_core::loop_core(loop_clock* clock)
  : clock_(clock), mailbox_(std::make_shared<loop_mailbox>()) {
}

loop_core::~loop_core() {
  // In this order: their steps are in the queues.
  while (!spawned_.empty())
    spawned_.pop_front();
  // What is left belongs to nobody here.
  for (const auto& [deadline, which] : deadlines_)
    which->loop_ = nullptr;
  mailbox_->close();
}

loop_core* loop_core::current() noexcept {
  return running_here;
}

loop_core& loop_core::required(const char* what) {
  if (running_here == nullptr)
    throw error{errc::invalid_argument, what,
                "awaited where no coroutine_loop runs"};
  return *running_here;
}

// -- running ------------------------------------------------------------------

void loop_core::drive(detail::scheduled& first, std::coroutine_handle<> until) {
  const presence here{*this, running_};
  throw_failure();
  queue(first);
  while (!until.done()) {
    step();
    throw_failure();
  }
}

void loop_core::step() {
  if (auto* const what = next_.pop()) {
    what->run();
  } else if (auto* const turn = batch_.pop()) {
    left_of_turn_ = things_per_turn;
    turn->run();
  } else {
    collect();
    if (ready_.empty())
      idle();
    batch_.take(ready_);
  }
}

void loop_core::collect() noexcept {
  // Watchers first: what can be had in time is had.
  mailbox_->collect(ready_);
  if (deadlines_.empty())
    return;
  const auto time = now();
  while (!deadlines_.empty() && deadlines_.begin()->first <= time) {
    auto& due = *deadlines_.begin()->second;
    remove(due);
    queue(due);
  }
}

void loop_core::idle() noexcept {
  if (deadlines_.empty()) {
    mailbox_->sleep(no_deadline);
    return;
  }
  const auto first = deadlines_.begin()->first;
  if (clock_ != nullptr && clock_->skip_to(first))
    return;
  const std::chrono::nanoseconds left{first - now()};
  if (left.count() > 0)
    mailbox_->sleep(monotonic_ns() + left.count());
}

void loop_core::throw_failure() {
  if (failures_.empty()) [[likely]]
    return;
  const auto first = std::move(failures_.front());
  failures_.erase(failures_.begin());
  std::rethrow_exception(first);
}

// -- spawned tasks ------------------------------------------------------------

loop_core::spawned::spawned(loop_core& home, detail::task_frame<void> frame)
  : home_(&home), frame_(std::move(frame)) {
  frame_.promise().set_ended(*this);
  home_->queue(frame_.promise());
}

void loop_core::spawned::run() {
  auto& home = *home_;
  auto failure = frame_.promise().failure();
  home.spawned_.erase(self); // which is this
  if (failure)
    home.failures_.push_back(std::move(failure));
}

void loop_core::spawn(task<void> what) {
  spawned_.emplace_back(*this, std::move(what).release());
  spawned_.back().self = std::prev(spawned_.end());
}

// -- for what is awaited ------------------------------------------------------

bool loop_core::may_go_on() noexcept {
  return left_of_turn_ > 0 && left_of_turn_-- > 0;
}

void loop_core::start(std::span<detail::scheduled* const> which) noexcept {
  if (may_go_on()) {
    for (auto each = which.rbegin(); each != which.rend(); ++each)
      next_.push_front(**each);
  } else {
    for (auto* const each : which)
      queue(*each);
  }
}

void loop_core::go_on(detail::scheduled& who) noexcept {
  next_.push_front(who);
}

void loop_core::queue(detail::scheduled& what) noexcept {
  ready_.push_back(what);
}

loop_time loop_core::now() noexcept {
  return clock_ != nullptr ? clock_->now() : loop_time::clock::now();
}

void loop_core::add(sleep_operation& which, loop_time deadline) {
  which.place_ = deadlines_.emplace(deadline, &which);
  which.loop_ = this;
}

void loop_core::remove(sleep_operation& which) noexcept {
  deadlines_.erase(which.place_);
  which.loop_ = nullptr;
}

} // namespace zmqrt::actors

namespace zmqrt::detail {

void need_loop(const char* what) {
  (void)actors::loop_core::required(what);
}

void start(std::span<scheduled* const> which) noexcept {
  actors::loop_core::current()->start(which);
}

void go_on(scheduled& who) noexcept {
  // Without a loop: who resumed it did so from outside.
  if (auto* const loop = actors::loop_core::current())
    loop->go_on(who);
  else
    who.run();
}

} // namespace zmqrt::detail
