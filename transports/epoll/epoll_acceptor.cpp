// SPDX-License-Identifier: MPL-2.0
//
// Accepting on epoll. See epoll_acceptor.hpp.

#include "transports/epoll/epoll_acceptor.hpp"

#include <cassert>
#include <cerrno>
#include <utility>

#include <sys/socket.h>

#include "transports/epoll/epoll_stream.hpp"
#include "transports/posix/stream_socket.hpp"

namespace zmqrt::transports {

namespace {

/// Level-triggered, so that what is left comes again with the next turn.
constexpr int accepts_per_turn = 64;

} // namespace

epoll_acceptor::epoll_acceptor(epoll_reactor& loop, listening_socket socket,
                               const listen_options& options)
  : loop_(loop), socket_(std::move(socket)), options_(options.stream) {
}

void epoll_acceptor::start(accept_handler& handler) {
  assert(handler_ == nullptr);
  handler_ = &handler;
  resume();
}

void epoll_acceptor::resume() {
  if (closing_)
    return;
  if (watched_) {
    loop_.change(socket_.fd(), EPOLLIN, *this);
    return;
  }
  watch_failed_ = loop_.watch(socket_.fd(), EPOLLIN, *this);
  watched_ = !watch_failed_;
  if (watch_failed_)
    loop_.defer(*this);
}

void epoll_acceptor::close() {
  if (std::exchange(closing_, true))
    return;
  if (watched_)
    loop_.forget(socket_.fd());
  socket_.close();
  loop_.defer(*this);
}

void epoll_acceptor::on_events(std::uint32_t) {
  for (int i = 0; i < accepts_per_turn; ++i)
    if (closing_ || !accept_once())
      return;
}

void epoll_acceptor::on_deferred() {
  if (closing_) {
    handler_->on_acceptor_closed(); // the last touch: may destroy this
    return;
  }
  if (watch_failed_)
    handler_->on_accept_failed(std::exchange(watch_failed_, {}));
}

/// Accepts one connection; answers whether there may be more.
bool epoll_acceptor::accept_once() {
  sockaddr_storage raw{};
  socklen_t size = sizeof(raw);
  auto* as_plain = reinterpret_cast<sockaddr*>(&raw);
  descriptor accepted{
    ::accept4(socket_.fd(), as_plain, &size, SOCK_CLOEXEC | SOCK_NONBLOCK)};
  if (!accepted) {
    if (would_block(errno))
      return false;
    if (is_transient_accept_error(errno))
      return true;
    fail(errno_code(errno)); // EMFILE, ENFILE, ENOBUFS, ENOMEM
    return false;
  }
  const address remote{as_plain, size};
  tune_accepted(accepted.get(), socket_.local(), remote, options_);
  loop_.guard([&] {
    handler_->on_accepted(std::make_unique<epoll_stream>(
      loop_, std::move(accepted), remote, options_));
  });
  return true;
}

void epoll_acceptor::fail(std::error_code why) {
  loop_.change(socket_.fd(), 0, *this); // quiet until resume()
  loop_.guard([&] { handler_->on_accept_failed(why); });
}

} // namespace zmqrt::transports
