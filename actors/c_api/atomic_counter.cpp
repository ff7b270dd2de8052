// SPDX-License-Identifier: MPL-2.0
//
// zmq_atomic_counter_new(3) and its kin. Counters wrap around as libzmq's do.
// What is no counter answers -1, which leaves alone whoever waits for zero.
// Any thread.

#include <atomic>

#include <zmq.h>

#include "actors/c_api/answer.hpp"
#include "actors/c_api/handle_table.hpp"
#include "actors/c_api/new_handle.hpp"

using zmqrt::c_api::failed;
using zmqrt::c_api::handle_kind;
using zmqrt::c_api::new_handle;
using zmqrt::c_api::pinned;

namespace {

struct c_counter {
  static constexpr handle_kind kind = handle_kind::counter;

  std::atomic<int> value{0};
};

using pinned_counter = pinned<c_counter>;

} // namespace

extern "C" {

void* zmq_atomic_counter_new(void) {
  return new_handle<c_counter>();
}

void zmq_atomic_counter_set(void* counter, int value) {
  if (const pinned_counter found{counter})
    found->value = value;
  else
    errno = EFAULT;
}

int zmq_atomic_counter_inc(void* counter) {
  const pinned_counter found{counter};
  return found ? found->value.fetch_add(1) : failed(EFAULT);
}

int zmq_atomic_counter_dec(void* counter) {
  const pinned_counter found{counter};
  if (!found)
    return failed(EFAULT);
  return found->value.fetch_sub(1) == 1 ? 0 : 1;
}

int zmq_atomic_counter_value(void* counter) {
  const pinned_counter found{counter};
  return found ? found->value.load() : failed(EFAULT);
}

void zmq_atomic_counter_destroy(void** counter) {
  if (counter == nullptr) {
    errno = EFAULT;
    return;
  }
  if (pinned_counter found{*counter}; found && found.close())
    *counter = nullptr;
  else
    errno = EFAULT;
}

} // extern "C"
