// SPDX-License-Identifier: MPL-2.0
//
// zmq_ctx_new(3), zmq_ctx_term(3), zmq_ctx_set(3) and their kin, also by their
// old names. What is no context is EFAULT.

#include <zmq.h>

#include "actors/c_api/answer.hpp"
#include "actors/c_api/c_context.hpp"
#include "actors/c_api/new_handle.hpp"

using zmqrt::c_api::c_context;
using zmqrt::c_api::caught;
using zmqrt::c_api::context_handle;
using zmqrt::c_api::failed;
using zmqrt::c_api::guarded;
using zmqrt::c_api::new_handle;
using zmqrt::c_api::pinned;
using zmqrt::c_api::refused;

extern "C" {

void* zmq_ctx_new(void) {
  try {
    return new_handle<context_handle>(std::make_shared<c_context>());
  } catch (...) {
    return refused(caught());
  }
}

int zmq_ctx_term(void* context_) {
  pinned<context_handle> which{context_};
  if (!which)
    return failed(EFAULT);
  return guarded([&] {
    if (const auto why = which->context->term())
      return failed(why);
    (void)which.close();
    if (which->context->forked())
      which.abandon();
    return 0;
  });
}

int zmq_ctx_shutdown(void* context_) {
  const pinned<context_handle> which{context_};
  if (!which)
    return failed(EFAULT);
  which->context->shutdown();
  return 0;
}

int zmq_ctx_set(void* context_, int option_, int optval_) {
  const pinned<context_handle> which{context_};
  if (!which)
    return failed(EFAULT);
  return guarded([&] {
    which->context->set(option_, optval_);
    return 0;
  });
}

int zmq_ctx_get(void* context_, int option_) {
  const pinned<context_handle> which{context_};
  if (!which)
    return failed(EFAULT);
  return guarded([&] { return which->context->get(option_); });
}

void* zmq_init(int io_threads_) {
  if (io_threads_ < 0)
    return refused(EINVAL);
  void* const made = zmq_ctx_new();
  if (made != nullptr)
    (void)zmq_ctx_set(made, ZMQ_IO_THREADS, io_threads_);
  return made;
}

int zmq_term(void* context_) {
  return zmq_ctx_term(context_);
}

int zmq_ctx_destroy(void* context_) {
  return zmq_ctx_term(context_);
}

} // extern "C"
