// SPDX-License-Identifier: MPL-2.0
//
// Streams on epoll. See epoll_stream.hpp.

#include "transports/epoll/epoll_stream.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <cerrno>
#include <utility>

#include <sys/socket.h>

#include "transports/posix/peer_credentials.hpp"
#include "transports/posix/receive_slab.hpp"
#include "transports/posix/stream_socket.hpp"

namespace zmqrt::transports {

namespace {

constexpr std::size_t reads_per_turn = 4;
constexpr std::size_t writes_per_turn = 4;
constexpr std::size_t write_parts = 64;

constexpr std::uint32_t reading = EPOLLIN | EPOLLRDHUP | EPOLLET;

} // namespace

epoll_stream::epoll_stream(epoll_reactor& loop, descriptor socket,
                           const address& remote, const stream_options& options)
  : loop_(loop), socket_(std::move(socket)), remote_(remote),
    read_bytes_(std::max<std::size_t>(options.recv_batch_bytes, 1)),
    write_bytes_(std::max<std::size_t>(options.send_batch_bytes, 1)) {
}

void epoll_stream::start(stream_handler& handler) {
  assert(handler_ == nullptr);
  handler_ = &handler;
  start_failed_ = loop_.watch(socket_.get(), reading, *this);
}

void epoll_stream::receive(bool on) {
  receiving_ = on;
  if (on && (readable_ || start_failed_))
    loop_.defer(*this);
}

void epoll_stream::send(const batch& bytes) {
  assert(!sending_ && !closing_);
  sending_ = true;
  unsent_ = batch_cursor{bytes};
  write_some();
}

void epoll_stream::shutdown_send() {
  assert(!sending_);
  // A connection that is gone already has its end told by the reading side.
  ::shutdown(socket_.get(), SHUT_WR);
}

void epoll_stream::close() {
  if (std::exchange(closing_, true))
    return;
  loop_.defer(*this);
}

const address& epoll_stream::local() const noexcept {
  if (local_.size() == 0 && socket_)
    local_ = local_address(socket_.get());
  return local_;
}

std::optional<peer_credentials> epoll_stream::credentials() const {
  return peer_credentials_of(socket_.get());
}

void epoll_stream::on_events(std::uint32_t events) {
  if (closing_)
    return;
  if ((events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0)
    readable_ = true;
  if ((events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0)
    hung_up_ = true;
  if (!writable_ && (events & (EPOLLOUT | EPOLLHUP | EPOLLERR)) != 0) {
    set_writable(true);
    if (sending_ && !send_failed_)
      write_some();
    tell_sent();
  }
  read_some();
}

void epoll_stream::on_deferred() {
  if (closing_) {
    if (!start_failed_)
      loop_.forget(socket_.get());
    socket_.close();
    const auto told = std::exchange(untold_, 0);
    if (told > 0)
      loop_.guard([&] { handler_->on_sent(told); });
    handler_->on_closed(); // the last touch: may destroy this
    return;
  }
  if (start_failed_ && receiving_) {
    end_receive(start_failed_);
    return;
  }
  // What was asked for before goes on where the turn's bound had cut it off.
  if (sending_ && writable_ && !unsent_.done() && !send_failed_)
    write_some();
  tell_sent();
  read_some();
}

void epoll_stream::read_some() {
  for (std::size_t i = 0; i < reads_per_turn; ++i)
    if (!read_once())
      return;
  loop_.defer(*this);
}

/// Reads once; answers whether there may be more to read.
bool epoll_stream::read_once() {
  if (!receiving_ || !readable_ || received_all_ || closing_)
    return false;
  const auto target = loop_.ask(std::span<std::byte>{},
                                [&] { return handler_->direct_target(); });
  auto& slab = loop_.receive_slab;
  const auto size = target.empty() && !after_direct_
                      ? read_bytes_
                      : std::min(read_bytes_, tail_bytes);
  if (slab && slab->capacity() < size)
    slab = {};
  if (!slab)
    slab = loop_.buffers().take(size);
  if (!slab) {
    end_receive(errc::no_memory);
    return false;
  }
  std::array<iovec, 2> parts{iovec{target.data(), target.size()},
                             iovec{slab->data(), size}};
  ssize_t got = 0;
  do {
    got = ::readv(socket_.get(), parts.data(), 2);
  } while (got < 0 && errno == EINTR);
  if (got < 0) {
    readable_ = false;
    if (!would_block(errno))
      end_receive(errno_code(errno));
    return false;
  }
  if (got == 0) {
    end_receive({});
    return false;
  }
  const auto count = static_cast<std::size_t>(got);
  if (count < target.size() + size && !hung_up_)
    readable_ = false; // drained: what comes later is another edge
  const auto direct = std::min(count, target.size());
  deliver(direct, count - direct);
  return readable_;
}

void epoll_stream::deliver(std::size_t direct, std::size_t plain) {
  after_direct_ = direct > 0;
  if (direct > 0)
    loop_.guard([&] { handler_->on_received_direct(direct); });
  if (plain == 0 || closing_)
    return;
  const auto owner = hand_up(loop_.buffers(), loop_.receive_slab, plain);
  loop_.guard([&] { handler_->on_received(owner, {owner->data(), plain}); });
}

void epoll_stream::end_receive(std::error_code why) {
  received_all_ = true;
  readable_ = false;
  loop_.guard([&] { handler_->on_receive_end(why); });
}

void epoll_stream::write_some() {
  std::array<iovec, write_parts> parts;
  for (std::size_t i = 0; i < writes_per_turn && !unsent_.done(); ++i) {
    if (!writable_)
      break;
    const auto next = unsent_.next(parts, write_bytes_);
    msghdr header{};
    header.msg_iov = parts.data();
    header.msg_iovlen = next.parts;
    const auto put = ::sendmsg(socket_.get(), &header, MSG_NOSIGNAL);
    if (put < 0) {
      if (errno == EINTR)
        continue;
      if (would_block(errno))
        set_writable(false);
      else
        send_failed_ = errno_code(errno);
      break;
    }
    const auto count = static_cast<std::size_t>(put);
    unsent_.advance(count);
    untold_ += count;
    if (count < next.bytes)
      set_writable(false);
  }
  if (untold_ > 0 || writable_ || send_failed_)
    loop_.defer(*this);
}

/// Only a full socket is watched for room: on a unix socket each read of the
/// peer would be an edge.
void epoll_stream::set_writable(bool on) {
  writable_ = on;
  if (!start_failed_)
    loop_.change(socket_.get(), on ? reading : reading | EPOLLOUT, *this);
}

void epoll_stream::tell_sent() {
  const auto told = std::exchange(untold_, 0);
  if (sending_ && unsent_.done())
    sending_ = false; // the handler may send again from within
  if (told > 0)
    loop_.guard([&] { handler_->on_sent(told); });
  if (send_failed_ && sending_ && !closing_) {
    sending_ = false;
    loop_.guard([&] { handler_->on_send_failed(send_failed_); });
  }
}

} // namespace zmqrt::transports
