// SPDX-License-Identifier: MPL-2.0
//
// The functions of zmq_msg_init(3), zmq_msg_data(3), zmq_msg_gets(3) and their
// kin. What is no message is EFAULT.

#include "actors/c_api/answer.hpp"
#include "actors/c_api/msg.hpp"

using zmqrt::c_api::failed;
using zmqrt::c_api::guarded;
using zmqrt::c_api::msg;
using zmqrt::c_api::refused;

extern "C" {

int zmq_msg_init(zmq_msg_t* msg_) {
  if (msg_ == nullptr)
    return failed(EFAULT);
  msg::init(msg_);
  return 0;
}

int zmq_msg_init_size(zmq_msg_t* msg_, size_t size_) {
  if (msg_ == nullptr)
    return failed(EFAULT);
  return msg::init(msg_).allocate(size_) ? 0 : failed(ENOMEM);
}

int zmq_msg_init_data(zmq_msg_t* msg_, void* data_, size_t size_,
                      zmq_free_fn* ffn_, void* hint_) {
  if (msg_ == nullptr || (data_ == nullptr && size_ != 0))
    return failed(EFAULT);
  return msg::init(msg_).adopt(data_, size_, ffn_, hint_) ? 0 : failed(ENOMEM);
}

int zmq_msg_close(zmq_msg_t* msg_) {
  msg* const closed = msg::of(msg_);
  if (closed == nullptr)
    return failed(EFAULT);
  closed->close();
  return 0;
}

int zmq_msg_move(zmq_msg_t* dest_, zmq_msg_t* src_) {
  msg* const to = msg::of(dest_);
  msg* const from = msg::of(src_);
  if (to == nullptr || from == nullptr)
    return failed(EFAULT);
  to->move(*from);
  return 0;
}

int zmq_msg_copy(zmq_msg_t* dest_, zmq_msg_t* src_) {
  msg* const to = msg::of(dest_);
  const msg* const from = msg::of(src_);
  if (to == nullptr || from == nullptr)
    return failed(EFAULT);
  return guarded([&] {
    to->copy(*from);
    return 0;
  });
}

void* zmq_msg_data(zmq_msg_t* msg_) {
  msg* const of = msg::of(msg_);
  return of != nullptr ? static_cast<void*>(of->data()) : refused(EFAULT);
}

size_t zmq_msg_size(const zmq_msg_t* msg_) {
  const msg* const of = msg::of(msg_);
  if (of != nullptr)
    return of->size();
  errno = EFAULT;
  return 0;
}

int zmq_msg_more(const zmq_msg_t* msg_) {
  const msg* const of = msg::of(msg_);
  if (of != nullptr)
    return of->more() ? 1 : 0;
  errno = EFAULT;
  return 0;
}

int zmq_msg_get(const zmq_msg_t* msg_, int property_) {
  const msg* const of = msg::of(msg_);
  if (of == nullptr)
    return failed(EFAULT);
  switch (property_) {
  case ZMQ_MORE:
    return of->more() ? 1 : 0;
  case ZMQ_SHARED:
    return of->shared() ? 1 : 0;
  default: // ZMQ_SRCFD, too: connections are no descriptors here
    return failed(EINVAL);
  }
}

int zmq_msg_set(zmq_msg_t* msg_, int /*property_*/, int /*optval_*/) {
  // There is none that could be set.
  return failed(msg::of(msg_) == nullptr ? EFAULT : EINVAL);
}

const char* zmq_msg_gets(const zmq_msg_t* msg_, const char* property_) {
  const msg* const of = msg::of(msg_);
  if (of == nullptr || property_ == nullptr)
    return refused(EFAULT);
  const char* const value = of->property(property_);
  return value != nullptr ? value : refused(EINVAL);
}

} // extern "C"
