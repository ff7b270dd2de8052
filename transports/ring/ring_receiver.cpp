// SPDX-License-Identifier: MPL-2.0
//
// Receiving on a ring. See ring_receiver.hpp.

#include "transports/ring/ring_receiver.hpp"

#include <algorithm>
#include <cerrno>

#include <poll.h>

#include "transports/posix/receive_slab.hpp"
#include "transports/ring/ring_stream.hpp"

namespace zmqrt::transports {

namespace {

/// So many small reads in a row make a stream a chatty one.
constexpr std::uint8_t chatty_reads = 8;

} // namespace

ring_receiver::ring_receiver(ring_stream& of,
                             const stream_options& options) noexcept
  : of_(of), big_bytes_(std::max<std::size_t>(options.recv_batch_bytes, 1)),
    // Its reads fill whole buffers.
    multishot_allowed_(options.multishot_recv && big_bytes_ >= tail_bytes) {
}

void ring_receiver::receive(bool on) {
  on_ = on;
  if (on && !in_flight())
    of_.defer();
  if (!on && in_flight() && kind_ == kind::multishot)
    cancel();
}

void ring_receiver::cancel() noexcept {
  if (!in_flight() || cancelled_)
    return;
  cancelled_ = true;
  of_.loop().queue().cancel(*this);
}

void ring_receiver::go_on() {
  if (ended_)
    tell_end();
  else
    read_next();
}

void ring_receiver::on_completion(int outcome, std::uint32_t flags) {
  if (outcome > 0)
    on_data(static_cast<std::size_t>(outcome), flags);
  else if ((flags & IORING_CQE_F_BUFFER) != 0)
    picked_from_->put_back(
      static_cast<std::uint16_t>(flags >> IORING_CQE_BUFFER_SHIFT));
  if (outcome <= 0 && !of_.closing())
    on_nothing(outcome);
  if ((flags & IORING_CQE_F_MORE) != 0)
    return;
  cancelled_ = false;
  if (of_.closing()) {
    slab_ = {};
    of_.finish_close(); // the last touch
    return;
  }
  if (outcome == -ENOBUFS)
    of_.defer(); // others of this turn give buffers back first
  else
    go_on();
}

void ring_receiver::on_data(std::size_t count, std::uint32_t flags) {
  maybe_more_ = (flags & IORING_CQE_F_SOCK_NONEMPTY) != 0;
  switch (kind_) {
  case kind::multishot:
  case kind::picked:
    deliver_picked(
      count, static_cast<std::uint16_t>(flags >> IORING_CQE_BUFFER_SHIFT));
    break;
  case kind::vectored:
    deliver_vectored(count);
    break;
  case kind::readable: // the outcome is a set of poll events
    maybe_more_ = true;
  }
}

/// What an outcome means that brought no bytes.
void ring_receiver::on_nothing(int outcome) {
  switch (-outcome) {
  case 0:
    end({});
    break;
  case EINTR:
  case ENOBUFS:   // every buffer is in use
  case ECANCELED: // ours: for a pause, a target, a bigger buffer
    maybe_more_ = true;
    break;
  case EAGAIN:
    maybe_more_ = false;
    break;
  case EINVAL:
    if (kind_ == kind::multishot) {
      of_.loop().features().multishot_receive = false;
      break;
    }
    [[fallthrough]];
  default: // ECONNRESET, ETIMEDOUT, EHOSTUNREACH, ENOMEM, ...
    end(errno_code(-outcome));
  }
}

void ring_receiver::read_next() {
  if (!on_ || ended_ || in_flight() || of_.closing())
    return;
  auto& loop = of_.loop();
  const auto target = loop.ask(std::span<std::byte>{},
                               [&] { return of_.handler().direct_target(); });
  if (!target.empty()) {
    big_ = false;
    small_reads_ = 0;
    start_vectored(target, tail_bytes, 0);
  } else if (loop.features().buffer_rings) {
    start_picked();
  } else if (maybe_more_) {
    start_vectored({}, big_ ? big_bytes_ : std::min(big_bytes_, tail_bytes),
                   MSG_DONTWAIT);
  } else {
    start_readable();
  }
}

void ring_receiver::start_picked() {
  auto& loop = of_.loop();
  picked_from_ = big_ ? &loop.big_buffers() : &loop.small_buffers();
  if (!picked_from_->refill()) {
    end(errc::no_memory);
    tell_end();
    return;
  }
  const auto& features = loop.features();
  const bool chatty = !big_ && small_reads_ >= chatty_reads;
  kind_ = chatty && multishot_allowed_ && features.multishot_receive
            ? kind::multishot
            : kind::picked;
  const auto limit = std::min(picked_from_->size(), big_bytes_);
  loop.queue().start(*this, [&](io_uring_sqe* entry) {
    if (kind_ == kind::multishot)
      io_uring_prep_recv_multishot(entry, of_.file(), nullptr, 0, 0);
    else
      io_uring_prep_recv(entry, of_.file(), nullptr, limit, 0);
    if (!maybe_more_ && features.poll_first)
      entry->ioprio |= IORING_RECVSEND_POLL_FIRST;
    entry->flags |= of_.file_flags();
    entry->flags |= IOSQE_BUFFER_SELECT;
    entry->buf_group = picked_from_->group();
  });
}

void ring_receiver::start_vectored(std::span<std::byte> target,
                                   std::size_t size, int flags) {
  auto& loop = of_.loop();
  slab_ = loop.buffers().take(size);
  if (!slab_) {
    end(errc::no_memory);
    tell_end();
    return;
  }
  kind_ = kind::vectored;
  target_bytes_ = target.size();
  parts_ = {iovec{target.data(), target.size()}, iovec{slab_->data(), size}};
  header_.msg_iov = target.empty() ? &parts_[1] : parts_.data();
  header_.msg_iovlen = target.empty() ? 1 : 2;
  loop.queue().start(*this, [&](io_uring_sqe* entry) {
    io_uring_prep_recvmsg(entry, of_.file(), &header_,
                          static_cast<unsigned>(flags));
    entry->flags |= of_.file_flags();
  });
}

void ring_receiver::start_readable() {
  kind_ = kind::readable;
  of_.loop().queue().start(*this, [&](io_uring_sqe* entry) {
    io_uring_prep_poll_add(entry, of_.file(), POLLIN | POLLRDHUP);
    entry->flags |= of_.file_flags();
  });
}

void ring_receiver::deliver_picked(std::size_t count, std::uint16_t id) {
  if (of_.closing()) {
    picked_from_->put_back(id);
    return;
  }
  const auto owner = picked_from_->take(id, count);
  adapt(count);
  of_.loop().guard([&] {
    of_.handler().on_received(owner, {owner->data(), count});
  });
  if (kind_ != kind::multishot || !in_flight() || of_.closing())
    return;
  // It goes on by itself: end it where the next bytes belong elsewhere.
  const bool elsewhere =
    big_ || !on_
    || !of_.loop()
          .ask(std::span<std::byte>{},
               [&] { return of_.handler().direct_target(); })
          .empty();
  if (elsewhere)
    cancel();
}

void ring_receiver::deliver_vectored(std::size_t count) {
  if (of_.closing())
    return;
  const auto direct = std::min(count, target_bytes_);
  const auto plain = count - direct;
  auto slab = std::move(slab_);
  if (direct > 0)
    of_.loop().guard([&] { of_.handler().on_received_direct(direct); });
  else
    adapt(count);
  if (plain == 0 || of_.closing())
    return;
  const auto owner = hand_up(of_.loop().buffers(), slab, plain);
  of_.loop().guard([&] {
    of_.handler().on_received(owner, {owner->data(), plain});
  });
}

/// Learns from a read of `count` bytes what the next one should be like.
void ring_receiver::adapt(std::size_t count) noexcept {
  if (!big_ && count >= tail_bytes) {
    big_ = true;
    small_reads_ = 0;
  } else if (count >= tail_bytes) {
    small_reads_ = 0;
  } else if (small_reads_ < chatty_reads && ++small_reads_ == chatty_reads) {
    big_ = false;
  }
}

void ring_receiver::end(std::error_code why) {
  ended_ = true;
  end_code_ = why;
}

void ring_receiver::tell_end() {
  if (!on_ || told_)
    return;
  told_ = true;
  of_.loop().guard([&] { of_.handler().on_receive_end(end_code_); });
}

} // namespace zmqrt::transports
