// SPDX-License-Identifier: MPL-2.0
//
// Frame by frame over a gate that sends and receives whole messages. A message
// of one frame passes straight through.

#include <iterator>
#include <utility>

#include "actors/c_api/c_socket.hpp"
#include "libzmqrt/message/batch.hpp"

namespace zmqrt::c_api {

namespace {

using actors::patience;

/// As a call of the C API waits: a signal ends it.
patience waiting(patience limit, bool wait) noexcept {
  if (!wait)
    return patience::never();
  limit.interruptible = true;
  return limit;
}

} // namespace

// -- sending ------------------------------------------------------------------

std::error_code c_socket::send(std::span<const std::byte> part, bool more,
                               bool wait) {
  if (more || amid_message()) [[unlikely]]
    return send_part(frame{part}, more, wait);
  const auto why = door_->send(part, waiting(door_->send_patience(), wait));
  if (!why) [[likely]]
    return why;
  return awaits(why, actors::poll_out) ? door_->send(part, patience::never())
                                       : why;
}

std::error_code c_socket::send(const frame& part, bool more, bool wait) {
  if (more || amid_message()) [[unlikely]]
    return send_part(part, more, wait);
  return send(message{part}, wait);
}

std::error_code c_socket::send(const message& what, bool wait) {
  const auto why = door_->send(what, waiting(door_->send_patience(), wait));
  return awaits(why, actors::poll_out) ? door_->send(what, patience::never())
                                       : why;
}

std::error_code c_socket::send_part(frame part, bool more, bool wait) {
  if (more && single_framed_)
    return make_error_code(errc::invalid_argument);
  const std::lock_guard guard(sending_);
  if (spoilt_) { // the rest of it must not pass for a message
    const auto why = spoilt_;
    if (!more) {
      spoilt_.clear();
      drafting_.store(false, std::memory_order_relaxed);
    }
    return why;
  }
  const auto limit = waiting(door_->send_patience(), wait);
  const bool first = !draft_.is_open();
  if (first) {
    if (const auto why = end_turn())
      return why;
    auto why = door_->open(draft_, part, limit);
    if (awaits(why, actors::poll_out))
      why = door_->open(draft_, part, patience::never());
    if (why)
      return why;
  }
  auto why = door_->append(draft_, std::move(part));
  if (!why && !more) {
    why = door_->commit(draft_, limit);
    if (awaits(why, actors::poll_out))
      why = door_->commit(draft_, patience::never());
    if (draft_.is_open()) // it may be tried again
      door_->retract(draft_);
  } else if (why && why != errc::no_memory) {
    door_->abandon(draft_);
    if (!first && more)
      spoilt_ = why;
  }
  if (draft_.is_open() && draft_.parts() == 0)
    door_->abandon(draft_);
  drafting_.store(draft_.is_open() || static_cast<bool>(spoilt_),
                  std::memory_order_relaxed);
  return why;
}

std::error_code c_socket::end_turn() {
  if (!awaits_rest())
    return {};
  if (door_->type() == socket_type::rep || !door_->options().req_relaxed)
    return make_error_code(errc::fsm);
  // A new question: nobody wants the rest of the former one's answer.
  const std::lock_guard guard(receiving_);
  taken_.clear();
  next_part_ = 0;
  parts_wait_.store(false, std::memory_order_relaxed);
  more_.store(false, std::memory_order_relaxed);
  return {};
}

// -- receiving ----------------------------------------------------------------

std::error_code c_socket::receive(message& into, bool& more, bool wait) {
  // Where threads receive side by side, the parts may be another's by now.
  while (!parts_wait_.load(std::memory_order_relaxed)
         || !next_part(into, more)) {
    const auto limit = waiting(door_->receive_patience(), wait);
    auto why = door_->recv(into, limit);
    if (why) [[unlikely]] {
      if (awaits(why, actors::poll_in))
        why = door_->recv(into, patience::never());
      if (why)
        return why;
    }
    more = into.size() > 1;
    if (!more) [[likely]] {
      if (more_.load(std::memory_order_relaxed))
        more_.store(false, std::memory_order_relaxed);
      return {};
    }
    const std::lock_guard guard(receiving_);
    taken_.push_back(std::exchange(into, message{}));
    parts_wait_.store(true, std::memory_order_relaxed);
  }
  return {};
}

bool c_socket::next_part(message& into, bool& more) {
  const std::lock_guard guard(receiving_);
  if (taken_.empty())
    return false;
  into.clear();
  message& from = taken_.front();
  into.push_back(std::move(from[next_part_++]));
  into.set_properties(from.properties());
  more = next_part_ < from.size();
  if (!more) {
    taken_.erase(taken_.begin());
    next_part_ = 0;
    captured_ -= captured_ == 0 ? 0 : 1;
  }
  parts_wait_.store(!taken_.empty(), std::memory_order_relaxed);
  more_.store(more, std::memory_order_relaxed);
  return true;
}

void c_socket::put_back(message&& part, bool more) {
  const std::lock_guard guard(receiving_);
  if (more && next_part_ != 0) {
    taken_.front()[--next_part_] = std::move(part[0]);
  } else {
    taken_.insert(taken_.begin(), std::move(part));
    next_part_ = 0;
  }
  parts_wait_.store(true, std::memory_order_relaxed);
}

actors::proxy_rest c_socket::take_rest() {
  const std::lock_guard guard(receiving_);
  if (next_part_ != 0) {
    message begun;
    for (; next_part_ < taken_.front().size(); ++next_part_)
      begun.push_back(std::move(taken_.front()[next_part_]));
    taken_.front() = std::move(begun);
    next_part_ = 0;
  }
  parts_wait_.store(false, std::memory_order_relaxed);
  more_.store(false, std::memory_order_relaxed);
  return {std::exchange(taken_, {}), std::exchange(captured_, 0)};
}

void c_socket::put_back(actors::proxy_rest&& rest) noexcept {
  if (rest.held.empty())
    return;
  const std::lock_guard guard(receiving_);
  if (captured_ == taken_.size())
    captured_ += rest.captured;
  // It is empty, unless another thread receives beside the proxy.
  if (taken_.empty())
    taken_.swap(rest.held);
  else
    taken_.insert(taken_.end(), std::make_move_iterator(rest.held.begin()),
                  std::make_move_iterator(rest.held.end()));
  parts_wait_.store(true, std::memory_order_relaxed);
}

} // namespace zmqrt::c_api
