// SPDX-License-Identifier: MPL-2.0
//
// See kernel_datagram.hpp.

#include "transports/posix/kernel_datagram.hpp"

#include <cassert>

namespace zmqrt::transports {

namespace {

/// Of datagram_scratch::count datagrams each: then it is the others' turn.
constexpr int reads_per_turn = 4;

} // namespace

void kernel_datagram::start(datagram_handler& handler) {
  assert(handler_ == nullptr);
  handler_ = &handler;
}

void kernel_datagram::receive(bool on) {
  receiving_ = on;
  if (!closing_)
    watch(receiving_, full_);
}

std::size_t kernel_datagram::send(std::span<const outgoing_datagram> what) {
  assert(!closing_);
  const auto done = socket_.write(what);
  if (done < what.size()) {
    full_ = true;
    watch(receiving_, full_);
  }
  return done;
}

void kernel_datagram::close() {
  if (std::exchange(closing_, true))
    return;
  unwatch();
}

void kernel_datagram::on_ready(bool readable, bool writable) {
  if (closing_)
    return;
  if (writable && std::exchange(full_, false))
    loop_.guard([&] { handler_->on_sendable(); });
  if (readable)
    read_some();
  if (!closing_)
    watch(receiving_, full_);
}

void kernel_datagram::read_some() {
  for (int i = 0; i < reads_per_turn && receiving_ && !closing_; ++i) {
    const auto got = socket_.read(scratch_);
    if (!got.datagrams.empty())
      loop_.guard([&] { handler_->on_datagrams(got.datagrams); });
    if (!got.more)
      return;
  }
}

void kernel_datagram::on_deferred() {
  socket_.close();
  handler_->on_datagram_closed(); // the last touch: may destroy this
}

} // namespace zmqrt::transports
