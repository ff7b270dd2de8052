// SPDX-License-Identifier: MPL-2.0
//
// One direction of a simulated connection. See sim_flow.hpp.

#include "transports/sim/sim_flow.hpp"

#include <algorithm>
#include <cassert>
#include <cstring>

namespace zmqrt::transports {

void sim_flow::write(const std::byte* data, std::size_t size) {
  assert(size > 0 && size <= room());
  if (ring_.empty())
    ring_.resize(capacity_);
  const std::size_t tail = (front_ + held_) % capacity_;
  const std::size_t straight = std::min(size, capacity_ - tail);
  std::memcpy(ring_.data() + tail, data, straight);
  std::memcpy(ring_.data(), data + straight, size - straight);
  held_ += size;
}

void sim_flow::end() {
  end_sent_ = true;
  segments_.push_back(end_mark);
}

void sim_flow::arrive() {
  if (segments_.empty())
    return; // it was cut off on the way
  const std::size_t size = segments_.front();
  segments_.pop_front();
  if (size == end_mark)
    end_arrived_ = true;
  arrived_ += size;
}

void sim_flow::cut() {
  segments_.clear();
  held_ = arrived_;
}

void sim_flow::discard() {
  segments_.clear();
  held_ = 0;
  arrived_ = 0;
}

void sim_flow::read(std::byte* to, std::size_t size) {
  assert(size <= arrived_);
  const std::size_t straight = std::min(size, capacity_ - front_);
  std::memcpy(to, ring_.data() + front_, straight);
  std::memcpy(to + straight, ring_.data(), size - straight);
  front_ = (front_ + size) % capacity_;
  held_ -= size;
  arrived_ -= size;
}

} // namespace zmqrt::transports
