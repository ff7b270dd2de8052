// SPDX-License-Identifier: MPL-2.0
//
// Dialing on a ring. See ring_dialer.hpp.

#include "transports/ring/ring_dialer.hpp"

#include <cassert>
#include <cerrno>
#include <utility>

#include <sys/socket.h>

#include "transports/posix/stream_socket.hpp"
#include "transports/ring/ring_stream.hpp"

namespace zmqrt::transports {

void ring_dialer::start(dial_handler& handler) {
  assert(handler_ == nullptr);
  handler_ = &handler;
  failed_ = begin();
  if (!in_flight())
    loop_.defer(*this); // it is decided already
}

void ring_dialer::close() {
  if (settled_ || std::exchange(closing_, true))
    return;
  if (in_flight())
    loop_.queue().cancel(*this);
  else
    loop_.defer(*this);
}

/// Begins to connect; an operation in flight says that the outcome is open.
std::error_code ring_dialer::begin() {
  auto opened = open_dial_socket(remote_, options_);
  if (!opened)
    return opened.code();
  socket_ = std::move(*opened);
  if (remote_.family() == AF_UNIX) {
    // Decided at once; on a ring, a full backlog would park a worker thread.
    if (::connect(socket_.get(), remote_.raw(), remote_.size()) != 0)
      return errno_code(errno);
    make_blocking(socket_.get());
    return {};
  }
  make_blocking(socket_.get());
  loop_.queue().start(*this, [&](io_uring_sqe* entry) {
    io_uring_prep_connect(entry, socket_.get(), remote_.raw(), remote_.size());
  });
  return {};
}

void ring_dialer::on_completion(int outcome, std::uint32_t) {
  if (closing_)
    finish_close(); // the last touch
  else if (outcome < 0)
    settle(errno_code(-outcome)); // the last touch
  else
    settle(connect_outcome(socket_.get(), remote_)); // the last touch
}

void ring_dialer::on_deferred() {
  if (closing_)
    finish_close(); // the last touch
  else
    settle(failed_); // the last touch
}

void ring_dialer::settle(std::error_code why) {
  settled_ = true;
  if (why) {
    socket_.close();
    handler_->on_dial_failed(why); // the last touch
    return;
  }
  // The last touch.
  handler_->on_connected(std::make_unique<ring_stream>(
    loop_, std::move(socket_), remote_, options_.stream));
}

void ring_dialer::finish_close() {
  socket_.close();
  handler_->on_dial_closed(); // the last touch: may destroy this
}

} // namespace zmqrt::transports
