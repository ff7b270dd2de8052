// SPDX-License-Identifier: MPL-2.0
//
// PULL: a fair queue, and nowhere to send.

#include "libzmqrt/patterns/pull.hpp"

namespace zmqrt::patterns {

bool pull::attach(pipe_id pipe) {
  in_.attach(pipe);
  return true;
}

void pull::detach(pipe_id pipe) {
  in_.detach(pipe);
}

void pull::set_readable(pipe_id pipe, bool readable) {
  in_.set_readable(pipe, readable);
}

bool pull::can_send() const noexcept {
  return false;
}

pipe_id pull::next_in() noexcept {
  return in_.next();
}

void pull::received(pipe_id pipe) noexcept {
  in_.received(pipe);
}

} // namespace zmqrt::patterns
