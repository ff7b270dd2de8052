// SPDX-License-Identifier: MPL-2.0
//
// zmq_stopwatch_start() and its kin, and zmq_sleep(): what zmq.h offers to
// programs that measure. Any thread.

#include <cerrno>
#include <chrono>

#include <unistd.h>

#include <zmq.h>

#include "actors/c_api/handle_table.hpp"
#include "actors/c_api/new_handle.hpp"

using zmqrt::c_api::handle_kind;
using zmqrt::c_api::new_handle;
using zmqrt::c_api::pinned;

namespace {

using steady_clock = std::chrono::steady_clock;

struct c_stopwatch {
  static constexpr handle_kind kind = handle_kind::stopwatch;

  steady_clock::time_point start = steady_clock::now();
};

using pinned_watch = pinned<c_stopwatch>;

unsigned long elapsed_us(const c_stopwatch& watch) noexcept {
  const auto elapsed = steady_clock::now() - watch.start;
  return static_cast<unsigned long>(
    std::chrono::floor<std::chrono::microseconds>(elapsed).count());
}

} // namespace

extern "C" {

void* zmq_stopwatch_start(void) {
  return new_handle<c_stopwatch>();
}

unsigned long zmq_stopwatch_intermediate(void* watch) {
  if (const pinned_watch found{watch})
    return elapsed_us(*found);
  errno = EFAULT;
  return 0;
}

unsigned long zmq_stopwatch_stop(void* watch) {
  pinned_watch found{watch};
  if (!found || !found.close()) {
    errno = EFAULT;
    return 0;
  }
  return elapsed_us(*found);
}

void zmq_sleep(int seconds) {
  // A signal that is handled ends it, as libzmq's.
  if (seconds > 0)
    ::sleep(static_cast<unsigned>(seconds));
}

} // extern "C"
