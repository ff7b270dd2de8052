// SPDX-License-Identifier: MPL-2.0
//
// PUSH: a load balancer, and nothing to read.

#include "libzmqrt/patterns/push.hpp"

namespace zmqrt::patterns {

bool push::attach(pipe_id pipe) {
  out_.attach(pipe);
  return true;
}

void push::detach(pipe_id pipe) {
  out_.detach(pipe);
}

void push::retire(pipe_id pipe) {
  out_.detach(pipe);
}

void push::set_writable(pipe_id pipe, bool writable) {
  out_.set_writable(pipe, writable);
}

bool push::can_receive() const noexcept {
  return false;
}

pipe_id push::next_out() noexcept {
  return out_.next();
}

void push::sent(pipe_id pipe) noexcept {
  out_.sent(pipe);
}

bool push::hands_over() const noexcept {
  return true;
}

} // namespace zmqrt::patterns
