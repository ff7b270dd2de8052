// SPDX-License-Identifier: MPL-2.0
//
// zmq_socket_monitor_versioned(3) and zmq_socket_monitor_pipes_stats(3)
// (drafts).

#include <zmq.h>

#include "actors/c_api/answer.hpp"
#include "actors/c_api/c_socket.hpp"
#include "actors/c_api/monitor_feed.hpp"

using zmqrt::c_api::c_socket;
using zmqrt::c_api::failed;
using zmqrt::c_api::guarded;
using zmqrt::c_api::pinned;

extern "C" {

int zmq_socket_monitor_versioned(void* s_, const char* addr_, uint64_t events_,
                                 int event_version_, int type_) {
  return zmqrt::c_api::watch_socket(s_, addr_, events_, event_version_, type_);
}

int zmq_socket_monitor_pipes_stats(void* s) {
  const pinned<c_socket> of{s};
  if (!of)
    return failed(ENOTSOCK);
  if (const auto why = of->door().failure())
    return failed(why);
  return guarded([&] {
    of->tell_queues();
    return 0;
  });
}

} // extern "C"
