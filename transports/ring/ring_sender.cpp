// SPDX-License-Identifier: MPL-2.0
//
// Sending on a ring. See ring_sender.hpp.

#include "transports/ring/ring_sender.hpp"

#include <cassert>
#include <cerrno>
#include <utility>

#include "transports/ring/ring_stream.hpp"

namespace zmqrt::transports {

void ring_sender::send(const batch& bytes) {
  assert(!in_flight() && unsent_.done());
  unsent_ = batch_cursor{bytes};
  parts_ = of_.loop().write_parts().take();
  write_next();
}

void ring_sender::write_next() {
  const auto next = unsent_.next(parts_->parts, most_bytes_);
  parts_->header.msg_iov = parts_->parts.data();
  parts_->header.msg_iovlen = next.parts;
  of_.loop().queue().start(*this, [&](io_uring_sqe* entry) {
    io_uring_prep_sendmsg(entry, of_.file(), &parts_->header, MSG_NOSIGNAL);
    entry->flags |= of_.file_flags();
  });
}

void ring_sender::on_completion(int outcome, std::uint32_t) {
  const auto sent = outcome > 0 ? static_cast<std::size_t>(outcome) : 0;
  unsent_.advance(sent);
  const bool again = outcome >= 0 || outcome == -EINTR || outcome == -EAGAIN;
  if (again && !unsent_.done() && !of_.closing())
    write_next();
  else
    of_.loop().write_parts().give(std::move(parts_));
  if (sent > 0)
    of_.loop().guard([&] { of_.handler().on_sent(sent); });
  if (!again && !of_.closing())
    fail(-outcome); // EPIPE, ECONNRESET, ETIMEDOUT, ENOBUFS, ENOMEM, ...
  if (of_.closing())
    of_.finish_close(); // the last touch
}

void ring_sender::fail(int error) {
  unsent_ = {};
  of_.loop().guard([&] { of_.handler().on_send_failed(errno_code(error)); });
}

} // namespace zmqrt::transports
