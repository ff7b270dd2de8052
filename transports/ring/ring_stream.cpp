// SPDX-License-Identifier: MPL-2.0
//
// Streams on a ring. See ring_stream.hpp.

#include "transports/ring/ring_stream.hpp"

#include <cassert>
#include <utility>

#include <sys/socket.h>

#include "transports/posix/peer_credentials.hpp"
#include "transports/posix/stream_socket.hpp"

namespace zmqrt::transports {

ring_stream::ring_stream(ring_reactor& loop, descriptor socket,
                         const address& remote, const stream_options& options)
  : loop_(loop), socket_(std::move(socket)), remote_(remote),
    receiver_(*this, options), sender_(*this, options) {
}

void ring_stream::start(stream_handler& handler) {
  assert(handler_ == nullptr);
  handler_ = &handler;
  slot_ = loop_.files().add(socket_.get());
}

void ring_stream::receive(bool on) {
  if (!closing_)
    receiver_.receive(on);
}

void ring_stream::send(const batch& bytes) {
  assert(!closing_);
  sender_.send(bytes);
}

void ring_stream::shutdown_send() {
  assert(!sender_.in_flight());
  // A connection that is gone already has its end told by the reading side.
  ::shutdown(socket_.get(), SHUT_WR);
}

void ring_stream::close() {
  if (std::exchange(closing_, true))
    return;
  receiver_.cancel();
  if (sender_.in_flight())
    loop_.queue().cancel(sender_);
  defer();
}

const address& ring_stream::local() const noexcept {
  if (local_.size() == 0 && socket_)
    local_ = local_address(socket_.get());
  return local_;
}

std::optional<peer_credentials> ring_stream::credentials() const {
  return peer_credentials_of(socket_.get());
}

void ring_stream::finish_close() {
  if (closed_ || receiver_.in_flight() || sender_.in_flight())
    return;
  closed_ = true;
  // The peer is told when the last reference goes. If the ring keeps one:
  if (slot_ && !loop_.files().remove(*slot_))
    ::shutdown(socket_.get(), SHUT_RDWR);
  socket_.close();
  handler_->on_closed(); // the last touch: may destroy this
}

void ring_stream::on_deferred() {
  if (closing_)
    finish_close();
  else
    receiver_.go_on();
}

} // namespace zmqrt::transports
