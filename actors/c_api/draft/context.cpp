// SPDX-License-Identifier: MPL-2.0
//
// zmq_ctx_set_ext(3) and zmq_ctx_get_ext(3) (drafts): a context's options as
// texts, too.

#include <cstring>

#include <zmq.h>

#include "actors/c_api/answer.hpp"
#include "actors/c_api/c_context.hpp"

using zmqrt::c_api::context_handle;
using zmqrt::c_api::failed;
using zmqrt::c_api::guarded;
using zmqrt::c_api::pinned;

extern "C" {

int zmq_ctx_set_ext(void* context_, int option_, const void* optval_,
                    size_t optvallen_) {
  const pinned<context_handle> which{context_};
  if (!which)
    return failed(EFAULT);
  if (optval_ == nullptr)
    return failed(EINVAL);
  return guarded([&] {
    int number = 0;
    if (option_ == ZMQ_THREAD_NAME_PREFIX && optvallen_ != sizeof number) {
      which->context->set(
        option_,
        std::string_view{static_cast<const char*>(optval_), optvallen_});
      return 0;
    }
    if (optvallen_ != sizeof number)
      return failed(EINVAL);
    std::memcpy(&number, optval_, sizeof number);
    which->context->set(option_, number);
    return 0;
  });
}

int zmq_ctx_get_ext(void* context_, int option_, void* optval_,
                    size_t* optvallen_) {
  const pinned<context_handle> which{context_};
  if (!which)
    return failed(EFAULT);
  if (optval_ == nullptr || optvallen_ == nullptr)
    return failed(EINVAL);
  return guarded([&] {
    if (option_ == ZMQ_THREAD_NAME_PREFIX && *optvallen_ != sizeof(int)) {
      const std::string text = which->context->thread_name_prefix();
      if (*optvallen_ < text.size())
        return failed(EINVAL);
      std::memcpy(optval_, text.data(), text.size());
      *optvallen_ = text.size();
      return 0;
    }
    if (*optvallen_ < sizeof(int))
      return failed(EINVAL);
    const int number = which->context->get(option_);
    std::memcpy(optval_, &number, sizeof number);
    *optvallen_ = sizeof number;
    return 0;
  });
}

} // extern "C"
