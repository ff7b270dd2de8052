// SPDX-License-Identifier: MPL-2.0
//
// zmq_join(3), zmq_leave(3), zmq_connect_peer(3) and
// zmq_socket_get_peer_state(3) (drafts).

#include <optional>
#include <string_view>

#include <zmq.h>

#include "actors/c_api/answer.hpp"
#include "actors/c_api/c_socket.hpp"

using zmqrt::c_api::c_socket;
using zmqrt::c_api::caught;
using zmqrt::c_api::failed;
using zmqrt::c_api::guarded;
using zmqrt::c_api::pinned;

namespace {

using group_verb = void (zmqrt::socket::*)(std::string_view group);

int with_group(void* handle, const char* group, group_verb verb) {
  const pinned<c_socket> of{handle};
  if (!of)
    return failed(ENOTSOCK);
  if (const auto why = of->door().failure())
    return failed(why);
  if (group == nullptr)
    return failed(EINVAL);
  return guarded([&] {
    (of->handle().*verb)(group);
    return 0;
  });
}

} // namespace

extern "C" {

int zmq_join(void* s, const char* group) {
  return with_group(s, group, &zmqrt::socket::join);
}

int zmq_leave(void* s, const char* group) {
  return with_group(s, group, &zmqrt::socket::leave);
}

uint32_t zmq_connect_peer(void* s_, const char* addr_) {
  const pinned<c_socket> of{s_};
  if (!of) {
    errno = ENOTSOCK;
    return 0;
  }
  if (addr_ == nullptr) {
    errno = EINVAL;
    return 0;
  }
  try {
    return of->handle().connect_peer(addr_);
  } catch (...) {
    errno = caught();
    return 0;
  }
}

int zmq_socket_get_peer_state(void* socket, const void* routing_id,
                              size_t routing_id_size) {
  const pinned<c_socket> of{socket};
  if (!of)
    return failed(ENOTSOCK);
  if (of->door().type() != zmqrt::socket_type::router)
    return failed(ENOTSUP);
  if (routing_id == nullptr)
    return failed(EINVAL);
  return guarded([&] {
    const auto found = of->door().find_peer(
      std::string_view{static_cast<const char*>(routing_id), routing_id_size});
    if (!found)
      return failed(EHOSTUNREACH);
    return found->writable ? ZMQ_POLLOUT : 0;
  });
}

} // extern "C"
