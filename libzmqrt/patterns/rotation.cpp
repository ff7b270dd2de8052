// SPDX-License-Identifier: MPL-2.0
//
// Turn-taking by swapping members between the active front and the rest.

#include "libzmqrt/patterns/rotation.hpp"

#include <cassert>
#include <utility>

namespace zmqrt::patterns {

void rotation::add(pipe_id pipe) {
  assert(!contains(pipe));
  if (pipe >= place_.size())
    place_.resize(pipe + 1, nowhere);
  order_.push_back(pipe);
  place_[pipe] = static_cast<std::uint32_t>(order_.size() - 1);
}

void rotation::remove(pipe_id pipe) noexcept {
  if (!contains(pipe))
    return;
  set_active(pipe, false);
  swap(place_[pipe], static_cast<std::uint32_t>(order_.size() - 1));
  order_.pop_back();
  place_[pipe] = nowhere;
}

void rotation::set_active(pipe_id pipe, bool active) noexcept {
  if (!contains(pipe) || (place_[pipe] < active_) == active)
    return;
  if (active) {
    swap(place_[pipe], active_++);
    return;
  }
  const std::uint32_t freed = place_[pipe];
  swap(freed, --active_);
  // The last active one has moved there, and takes its turn with it.
  if (current_ == active_)
    current_ = freed == active_ ? 0 : freed;
}

void rotation::swap(std::uint32_t a, std::uint32_t b) noexcept {
  std::swap(order_[a], order_[b]);
  place_[order_[a]] = a;
  place_[order_[b]] = b;
}

} // namespace zmqrt::patterns
