// SPDX-License-Identifier: MPL-2.0
//
// zmq_threadstart() and zmq_threadclose(): threads that no signal reaches and
// that are named as libzmq's. What runs in them may call pthread_exit(3), or
// throw at its own risk: nothing here is noexcept on its way. Any thread.

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <zmq.h>

#include "actors/c_api/answer.hpp"
#include "actors/c_api/handle_table.hpp"
#include "actors/c_api/new_handle.hpp"
#include "transports/posix/signals_blocked.hpp"

using zmqrt::c_api::handle_kind;
using zmqrt::c_api::new_handle;
using zmqrt::c_api::pinned;
using zmqrt::c_api::refused;

namespace {

struct c_thread {
  static constexpr handle_kind kind = handle_kind::thread;

  zmq_thread_fn* run;
  void* argument;
  pid_t maker; // a forked child has nothing to wait for
  pthread_t id{};
};

void* body(void* raw) {
  const auto& self = *static_cast<const c_thread*>(raw);
  ::pthread_setname_np(::pthread_self(), "ZMQapp");
  self.run(self.argument); // may close the handle: then it is gone
  return nullptr;
}

/// An errno, or 0.
int start(c_thread& which) noexcept {
  const zmqrt::transports::signals_blocked while_it_is_made;
  return ::pthread_create(&which.id, nullptr, body, &which);
}

} // namespace

extern "C" {

void* zmq_threadstart(zmq_thread_fn* run, void* argument) {
  if (run == nullptr)
    return refused(EFAULT);
  void* const handle = new_handle<c_thread>(run, argument, ::getpid());
  if (handle == nullptr)
    return nullptr;
  pinned<c_thread> opened{handle};
  if (const int problem = start(*opened)) {
    static_cast<void>(opened.close());
    return refused(problem);
  }
  return handle;
}

void zmq_threadclose(void* thread) {
  pinned<c_thread> found{thread};
  if (!found || !found.close()) {
    errno = EFAULT;
    return;
  }
  if (found->maker != ::getpid())
    return;
  // Nobody can wait for its own end: libzmq aborts here.
  if (::pthread_equal(found->id, ::pthread_self()) != 0)
    ::pthread_detach(found->id);
  else
    ::pthread_join(found->id, nullptr);
}

} // extern "C"
