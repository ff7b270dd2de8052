// SPDX-License-Identifier: MPL-2.0
//
// PAIR: one peer, and those before it that are still being read.

#include "libzmqrt/patterns/pair.hpp"

#include <algorithm>

namespace zmqrt::patterns {

bool pair::attach(pipe_id pipe) {
  if (peer_ != no_pipe)
    return false;
  peer_ = pipe;
  writable_ = readable_ = false;
  return true;
}

void pair::detach(pipe_id pipe) {
  if (pipe == peer_)
    peer_ = no_pipe;
  else
    gone_.erase(std::remove(gone_.begin(), gone_.end(), pipe), gone_.end());
}

void pair::retire(pipe_id pipe) {
  if (pipe != peer_)
    return;
  gone_.push_back(pipe);
  peer_ = no_pipe;
}

void pair::set_writable(pipe_id pipe, bool writable) {
  if (pipe == peer_)
    writable_ = writable;
}

void pair::set_readable(pipe_id pipe, bool readable) {
  // A retired pipe is readable until the gate detaches it.
  if (pipe == peer_)
    readable_ = readable;
}

pipe_id pair::next_out() noexcept {
  return peer_ != no_pipe && writable_ ? peer_ : no_pipe;
}

pipe_id pair::next_in() noexcept {
  if (!gone_.empty())
    return gone_.front();
  return peer_ != no_pipe && readable_ ? peer_ : no_pipe;
}

} // namespace zmqrt::patterns
