// SPDX-License-Identifier: MPL-2.0
//
// zmq_timers(3): a timer_list and the monotonic clock. One thread at a time,
// as the manual has it; handlers may call anything here, zmq_timers_destroy()
// too. What a handler throws goes to who called zmq_timers_execute().

#include <algorithm>
#include <chrono>
#include <limits>

#include <zmq.h>

#include "actors/c_api/answer.hpp"
#include "actors/c_api/handle_table.hpp"
#include "actors/c_api/new_handle.hpp"
#include "actors/c_api/timer_list.hpp"

using zmqrt::c_api::failed;
using zmqrt::c_api::guarded;
using zmqrt::c_api::handle_kind;
using zmqrt::c_api::new_handle;
using zmqrt::c_api::pinned;
using zmqrt::c_api::timer_list;

namespace {

struct c_timers {
  static constexpr handle_kind kind = handle_kind::timers;

  timer_list list;
};

using pinned_timers = pinned<c_timers>;

zmqrt::time_point now() noexcept {
  return std::chrono::steady_clock::now();
}

} // namespace

extern "C" {

void* zmq_timers_new(void) {
  return new_handle<c_timers>();
}

int zmq_timers_destroy(void** timers) {
  if (timers == nullptr)
    return failed(EFAULT);
  pinned_timers found{*timers};
  if (!found || !found.close())
    return failed(EFAULT);
  *timers = nullptr;
  return 0;
}

int zmq_timers_add(void* timers, size_t interval, zmq_timer_fn handler,
                   void* argument) {
  const pinned_timers found{timers};
  if (!found || handler == nullptr)
    return failed(EFAULT);
  return guarded(
    [&] { return found->list.add(interval, handler, argument, now()); });
}

int zmq_timers_cancel(void* timers, int id) {
  const pinned_timers found{timers};
  if (!found)
    return failed(EFAULT);
  return found->list.cancel(id) ? 0 : failed(EINVAL);
}

int zmq_timers_set_interval(void* timers, int id, size_t interval) {
  const pinned_timers found{timers};
  if (!found)
    return failed(EFAULT);
  return found->list.set_interval(id, interval, now()) ? 0 : failed(EINVAL);
}

int zmq_timers_reset(void* timers, int id) {
  const pinned_timers found{timers};
  if (!found)
    return failed(EFAULT);
  return found->list.reset(id, now()) ? 0 : failed(EINVAL);
}

long zmq_timers_timeout(void* timers) {
  const pinned_timers found{timers};
  if (!found)
    return failed(EFAULT);
  const auto wait = found->list.wait(now());
  if (!wait)
    return -1;
  constexpr std::int64_t most = std::numeric_limits<long>::max();
  return static_cast<long>(std::min<std::int64_t>(wait->count(), most));
}

int zmq_timers_execute(void* timers) {
  const pinned_timers found{timers};
  if (!found)
    return failed(EFAULT);
  timer_list::round round{found->list, now()};
  while (found.is_open()) {
    const auto due = round.next();
    if (!due)
      break;
    due->call(due->id, due->argument);
  }
  return 0;
}

} // extern "C"
