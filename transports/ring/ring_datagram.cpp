// SPDX-License-Identifier: MPL-2.0
//
// See ring_datagram.hpp.

#include "transports/ring/ring_datagram.hpp"

namespace zmqrt::transports {

void ring_datagram::watch(bool readable, bool writable) {
  if (readable)
    in_.arm();
  if (writable)
    out_.arm();
}

void ring_datagram::unwatch() {
  in_.cancel();
  out_.cancel();
  if (!in_.in_flight() && !out_.in_flight())
    unwatched();
}

void ring_datagram::on_look(unsigned what) {
  if (!closing())
    on_ready(what == POLLIN, what == POLLOUT);
  else if (!in_.in_flight() && !out_.in_flight())
    unwatched();
}

void ring_datagram::look::arm() {
  if (in_flight())
    return; // what is not wanted any more ends by itself, and changes nothing
  of_.ring_.queue().start(*this, [this](io_uring_sqe* entry) {
    io_uring_prep_poll_add(entry, of_.fd(), what_);
  });
}

void ring_datagram::look::cancel() {
  if (in_flight())
    of_.ring_.queue().cancel(*this);
}

void ring_datagram::look::on_completion(int, std::uint32_t) {
  of_.on_look(what_);
}

} // namespace zmqrt::transports
