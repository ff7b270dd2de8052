// SPDX-License-Identifier: MPL-2.0
//
// See epoll_datagram.hpp.

#include "transports/epoll/epoll_datagram.hpp"

namespace zmqrt::transports {

result<std::unique_ptr<datagram>>
epoll_datagram::open(epoll_reactor& loop, datagram_scratch& scratch,
                     datagram_socket socket) {
  std::unique_ptr<epoll_datagram> made{
    new epoll_datagram{loop, scratch, std::move(socket)}};
  if (auto why = loop.watch(made->fd(), 0, *made))
    return why;
  made->known_ = true;
  return std::unique_ptr<datagram>{std::move(made)};
}

epoll_datagram::~epoll_datagram() {
  forget();
}

void epoll_datagram::watch(bool readable, bool writable) {
  const std::uint32_t wanted =
    (readable ? EPOLLIN : 0U) | (writable ? EPOLLOUT : 0U);
  if (wanted == watched_)
    return;
  watched_ = wanted;
  loop_.change(fd(), watched_, *this);
}

void epoll_datagram::unwatch() {
  forget();
  unwatched();
}

void epoll_datagram::on_events(std::uint32_t events) {
  // An error is told by the next read or write, whichever is wanted.
  const bool failed = (events & EPOLLERR) != 0;
  on_ready(failed || (events & EPOLLIN) != 0,
           failed || (events & EPOLLOUT) != 0);
}

void epoll_datagram::forget() noexcept {
  if (std::exchange(known_, false))
    loop_.forget(fd());
}

} // namespace zmqrt::transports
