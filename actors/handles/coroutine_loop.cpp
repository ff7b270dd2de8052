// SPDX-License-Identifier: MPL-2.0
//
// zmqrt::coroutine_loop: the handle's members, and its clocks.

#include "zmqrt/coroutine_loop.hpp"

#include <utility>

#include "actors/handles/loop_core.hpp"

namespace zmqrt {

coroutine_loop::coroutine_loop() : coroutine_loop(loop_options{}) {
}

coroutine_loop::coroutine_loop(const loop_options& options)
  : core_(std::make_unique<actors::loop_core>(options.clock)) {
}

coroutine_loop::~coroutine_loop() = default;

void coroutine_loop::spawn(task<void> what) {
  core_->spawn(std::move(what));
}

void coroutine_loop::drive(detail::scheduled& first,
                           std::coroutine_handle<> until) {
  core_->drive(first, until);
}

loop_clock::~loop_clock() = default;

loop_time virtual_clock::now() noexcept {
  return now_;
}

bool virtual_clock::skip_to(loop_time deadline) noexcept {
  now_ = deadline;
  return true;
}

} // namespace zmqrt
