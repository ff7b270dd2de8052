// SPDX-License-Identifier: MPL-2.0
//
// zmq_poll(3).

#include <zmq.h>

#include "actors/c_api/answer.hpp"
#include "actors/c_api/poll_set.hpp"

using zmqrt::c_api::borrowed_set;
using zmqrt::c_api::failed;
using zmqrt::c_api::guarded;

extern "C" {

int zmq_poll(zmq_pollitem_t* items_, int nitems_, long timeout_) {
  if (nitems_ < 0)
    return failed(EINVAL);
  if (items_ == nullptr && nitems_ != 0)
    return failed(EFAULT);
  return guarded([&] {
    const borrowed_set all;
    for (int i = 0; i < nitems_; ++i) {
      zmq_pollitem_t& each = items_[i];
      each.revents = 0;
      if (each.socket == nullptr)
        all->add_fd(each.fd, each.events);
      else if (!all->add_socket(each.socket, each.events))
        return failed(ENOTSOCK);
    }
    const int count = all->wait(timeout_);
    for (int i = 0; i < nitems_ && count != 0; ++i)
      items_[i].revents = all->events(static_cast<std::size_t>(i));
    return count;
  });
}

} // extern "C"
