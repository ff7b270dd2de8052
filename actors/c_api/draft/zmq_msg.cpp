// SPDX-License-Identifier: MPL-2.0
//
// What messages of SERVER, CLIENT, PEER, RADIO and DISH have beside their one
// frame (drafts: zmq_msg_set_routing_id(3), zmq_msg_set_group(3)).

#include <cstring>

#include "actors/c_api/answer.hpp"
#include "actors/c_api/msg.hpp"

using zmqrt::c_api::failed;
using zmqrt::c_api::guarded;
using zmqrt::c_api::msg;
using zmqrt::c_api::refused;

extern "C" {

int zmq_msg_set_routing_id(zmq_msg_t* msg_, uint32_t routing_id_) {
  msg* const of = msg::of(msg_);
  if (of == nullptr)
    return failed(EFAULT);
  if (routing_id_ == 0)
    return failed(EINVAL);
  of->set_routing_id(routing_id_);
  return 0;
}

uint32_t zmq_msg_routing_id(zmq_msg_t* msg_) {
  const msg* const of = msg::of(msg_);
  if (of != nullptr)
    return of->routing_id();
  errno = EFAULT;
  return 0;
}

int zmq_msg_set_group(zmq_msg_t* msg_, const char* group_) {
  msg* const of = msg::of(msg_);
  if (of == nullptr || group_ == nullptr)
    return failed(EFAULT);
  const std::size_t length = ::strnlen(group_, ZMQ_GROUP_MAX_LENGTH + 1);
  if (length > ZMQ_GROUP_MAX_LENGTH)
    return failed(EINVAL);
  return guarded([&] {
    of->set_group({group_, length});
    return 0;
  });
}

const char* zmq_msg_group(zmq_msg_t* msg_) {
  const msg* const of = msg::of(msg_);
  return of != nullptr ? of->group() : refused(EFAULT);
}

int zmq_msg_init_buffer(zmq_msg_t* msg_, const void* buf_, size_t size_) {
  if (msg_ == nullptr || (buf_ == nullptr && size_ != 0))
    return failed(EFAULT);
  msg& fresh = msg::init(msg_);
  if (!fresh.allocate(size_))
    return failed(ENOMEM);
  if (size_ != 0)
    std::memcpy(fresh.data(), buf_, size_);
  return 0;
}

} // extern "C"
