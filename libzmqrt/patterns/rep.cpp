// SPDX-License-Identifier: MPL-2.0
//
// See rep.hpp.

#include "libzmqrt/patterns/rep.hpp"

namespace zmqrt::patterns {

pattern::looks rep::sees() const noexcept {
  return {true, true, false};
}

// -- pipes --------------------------------------------------------------------

bool rep::attach(pipe_id pipe) {
  writable_.add(pipe);
  in_.attach(pipe);
  return true;
}

void rep::detach(pipe_id pipe) {
  in_.detach(pipe);
  if (pipe == requester_)
    requester_ = no_pipe;
}

void rep::set_writable(pipe_id pipe, bool writable) {
  writable_.set(pipe, writable);
}

void rep::set_readable(pipe_id pipe, bool readable) {
  in_.set_readable(pipe, readable);
}

// -- sending ------------------------------------------------------------------

pipe_id rep::next_out() noexcept {
  return replying_ ? 0 : no_pipe; // a reply never waits
}

delivery rep::route(const message&) {
  delivery how;
  if (!replying_)
    return {delivery::kind::refused, errc::fsm};
  if (requester_ == no_pipe || !writable_[requester_]) {
    how.what = delivery::kind::dropped;
    how.unroutable = requester_ == no_pipe;
    how.missed = how.unroutable ? 0 : 1;
    return how;
  }
  how.what = delivery::kind::to_one;
  how.pipe = requester_;
  how.envelope = envelope_;
  return how;
}

delivery rep::outlook(const frame&) {
  return {replying_ ? delivery::kind::dropped : delivery::kind::refused,
          errc::fsm};
}

void rep::sent(pipe_id) noexcept {
  replying_ = false;
  requester_ = no_pipe;
}

// -- receiving ----------------------------------------------------------------

pipe_id rep::next_in() noexcept {
  return replying_ ? no_pipe : in_.next();
}

void rep::received(pipe_id pipe) noexcept {
  in_.received(pipe);
}

bool rep::arrived(pipe_id pipe, message& what) {
  std::size_t front = 0;
  while (front < what.size() && what[front].size() != 0)
    ++front;
  // No delimiter, or nothing behind it: no request.
  if (front + 1 >= what.size())
    return false;
  envelope_.clear();
  for (std::size_t i = 0; i <= front; ++i)
    envelope_.push_back(what.pop_front());
  requester_ = pipe;
  return true;
}

void rep::handed_out(pipe_id) noexcept {
  replying_ = true;
}

std::error_code rep::receive_flaw() {
  return replying_ ? make_error_code(errc::fsm) : std::error_code{};
}

} // namespace zmqrt::patterns
