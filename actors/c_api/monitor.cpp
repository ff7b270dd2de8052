// SPDX-License-Identifier: MPL-2.0
//
// zmq_socket_monitor(3).

#include <cerrno>
#include <memory>
#include <string_view>

#include <zmq.h>

#include "actors/c_api/answer.hpp"
#include "actors/c_api/c_socket.hpp"
#include "actors/c_api/monitor_feed.hpp"

namespace zmqrt::c_api {

namespace {

constexpr std::uint64_t events_of_version_1 = 0xffff;

/// 0, or what is wrong with it.
int flaw_of(std::string_view endpoint) noexcept {
  const auto colon = endpoint.find("://");
  if (colon == std::string_view::npos || colon + 3 == endpoint.size())
    return EINVAL;
  return endpoint.substr(0, colon) == "inproc" ? 0 : EPROTONOSUPPORT;
}

} // namespace

int watch_socket(void* socket, const char* endpoint, std::uint64_t events,
                 int version, int type) noexcept {
  const pinned<c_socket> of{socket};
  if (!of)
    return failed(ENOTSOCK);
  if (const auto why = of->door().failure())
    return failed(why);
  if (version != 1 && version != 2)
    return failed(EINVAL);
  if (version == 1 && events > events_of_version_1)
    return failed(EINVAL);
  return guarded([&] {
    if (endpoint != nullptr)
      if (const int why = flaw_of(endpoint))
        return failed(why);
    of->set_monitor(nullptr);
    if (endpoint == nullptr)
      return 0;
    if (type != ZMQ_PAIR && type != ZMQ_PUB && type != ZMQ_PUSH)
      return failed(EINVAL);
    of->set_monitor(std::make_unique<monitor_feed>(
      *of,
      monitor_wish{endpoint, events, version, static_cast<socket_type>(type)}));
    return 0;
  });
}

} // namespace zmqrt::c_api

extern "C" {

int zmq_socket_monitor(void* s_, const char* addr_, int events_) {
  // A negative number has bits beyond those of version 1.
  return zmqrt::c_api::watch_socket(
    s_, addr_, static_cast<std::uint64_t>(events_), 1, ZMQ_PAIR);
}

} // extern "C"
