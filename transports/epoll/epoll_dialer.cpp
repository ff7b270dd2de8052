// SPDX-License-Identifier: MPL-2.0
//
// Dialing on epoll. See epoll_dialer.hpp.

#include "transports/epoll/epoll_dialer.hpp"

#include <cassert>
#include <cerrno>
#include <utility>

#include <sys/socket.h>

#include "transports/epoll/epoll_stream.hpp"
#include "transports/posix/stream_socket.hpp"

namespace zmqrt::transports {

void epoll_dialer::start(dial_handler& handler) {
  assert(handler_ == nullptr);
  handler_ = &handler;
  failed_ = begin();
  if (!watched_)
    loop_.defer(*this); // it is decided already
}

void epoll_dialer::close() {
  if (settled_ || std::exchange(closing_, true))
    return;
  loop_.defer(*this);
}

/// Begins to connect; watched_ says that the outcome is still open.
std::error_code epoll_dialer::begin() {
  auto opened = open_dial_socket(remote_, options_);
  if (!opened)
    return opened.code();
  socket_ = std::move(*opened);
  if (::connect(socket_.get(), remote_.raw(), remote_.size()) == 0)
    return connect_outcome(socket_.get(), remote_);
  // EINTR: the connection is made in the background (connect(2)). A unix
  // socket says EAGAIN when the backlog is full: that attempt has failed.
  if (errno != EINPROGRESS && errno != EINTR)
    return errno_code(errno);
  if (auto refused = loop_.watch(socket_.get(), EPOLLOUT | EPOLLET, *this))
    return refused;
  watched_ = true;
  return {};
}

void epoll_dialer::on_events(std::uint32_t) {
  if (closing_ || settled_)
    return;
  settle(connect_outcome(socket_.get(), remote_));
}

void epoll_dialer::on_deferred() {
  if (!closing_) {
    settle(failed_);
    return;
  }
  unwatch();
  socket_.close();
  handler_->on_dial_closed(); // the last touch: may destroy this
}

void epoll_dialer::settle(std::error_code why) {
  settled_ = true;
  unwatch();
  if (why) {
    socket_.close();
    handler_->on_dial_failed(why); // the last touch
    return;
  }
  // The last touch.
  handler_->on_connected(std::make_unique<epoll_stream>(
    loop_, std::move(socket_), remote_, options_.stream));
}

void epoll_dialer::unwatch() noexcept {
  if (std::exchange(watched_, false))
    loop_.forget(socket_.get());
}

} // namespace zmqrt::transports
