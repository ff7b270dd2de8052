// SPDX-License-Identifier: MPL-2.0
//
// Accepting on a ring. See ring_acceptor.hpp.

#include "transports/ring/ring_acceptor.hpp"

#include <cassert>
#include <cerrno>
#include <utility>

#include <sys/socket.h>

#include "transports/posix/stream_socket.hpp"
#include "transports/ring/ring_stream.hpp"

namespace zmqrt::transports {

ring_acceptor::ring_acceptor(ring_reactor& loop, listening_socket socket,
                             const listen_options& options)
  : loop_(loop), socket_(std::move(socket)), options_(options.stream) {
  make_blocking(socket_.fd());
}

void ring_acceptor::start(accept_handler& handler) {
  assert(handler_ == nullptr);
  handler_ = &handler;
  accept_next();
}

void ring_acceptor::resume() {
  if (std::exchange(stopped_, false) && !in_flight() && !closing_)
    accept_next();
}

void ring_acceptor::close() {
  if (std::exchange(closing_, true))
    return;
  if (in_flight())
    loop_.queue().cancel(*this);
  else
    loop_.defer(*this);
}

void ring_acceptor::accept_next() {
  multishot_ = loop_.features().multishot_accept;
  loop_.queue().start(*this, [&](io_uring_sqe* entry) {
    if (multishot_)
      io_uring_prep_multishot_accept(entry, socket_.fd(), nullptr, nullptr,
                                     SOCK_CLOEXEC);
    else
      io_uring_prep_accept(entry, socket_.fd(), nullptr, nullptr, SOCK_CLOEXEC);
  });
}

void ring_acceptor::on_completion(int outcome, std::uint32_t) {
  if (outcome >= 0)
    accepted(descriptor{outcome});
  else if (!closing_)
    refused(-outcome);
  if (in_flight())
    return;
  if (closing_)
    finish_close(); // the last touch
  else if (!stopped_)
    accept_next();
}

void ring_acceptor::on_deferred() {
  finish_close();
}

void ring_acceptor::accepted(descriptor connection) {
  if (closing_)
    return; // closes it
  const auto remote = remote_address(connection.get());
  if (remote.size() == 0)
    return; // gone already
  tune_accepted(connection.get(), socket_.local(), remote, options_);
  loop_.guard([&] {
    handler_->on_accepted(std::make_unique<ring_stream>(
      loop_, std::move(connection), remote, options_));
  });
}

void ring_acceptor::refused(int error) {
  if (error == EINVAL && multishot_) {
    loop_.features().multishot_accept = false;
    return;
  }
  if (error == ECANCELED || is_transient_accept_error(error))
    return;
  // EMFILE, ENFILE, ENOBUFS, ENOMEM; and EAGAIN, where somebody else has the
  // socket, too (USE_FD), and made it non-blocking: to try at once would spin.
  stopped_ = true;
  loop_.guard([&] { handler_->on_accept_failed(errno_code(error)); });
}

void ring_acceptor::finish_close() {
  if (std::exchange(closed_, true))
    return;
  socket_.close();
  handler_->on_acceptor_closed(); // the last touch: may destroy this
}

} // namespace zmqrt::transports
