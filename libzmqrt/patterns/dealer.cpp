// SPDX-License-Identifier: MPL-2.0
//
// DEALER: a load balancer one way, a fair queue the other.

#include "libzmqrt/patterns/dealer.hpp"

namespace zmqrt::patterns {

bool dealer::attach(pipe_id pipe) {
  out_.attach(pipe);
  in_.attach(pipe);
  return true;
}

void dealer::detach(pipe_id pipe) {
  out_.detach(pipe);
  in_.detach(pipe);
}

void dealer::retire(pipe_id pipe) {
  out_.detach(pipe);
}

void dealer::set_writable(pipe_id pipe, bool writable) {
  out_.set_writable(pipe, writable);
}

void dealer::set_readable(pipe_id pipe, bool readable) {
  in_.set_readable(pipe, readable);
}

pipe_id dealer::next_out() noexcept {
  return out_.next();
}

void dealer::sent(pipe_id pipe) noexcept {
  out_.sent(pipe);
}

pipe_id dealer::next_in() noexcept {
  return in_.next();
}

void dealer::received(pipe_id pipe) noexcept {
  in_.received(pipe);
}

bool dealer::hands_over() const noexcept {
  return true;
}

} // namespace zmqrt::patterns
