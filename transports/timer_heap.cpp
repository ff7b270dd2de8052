// SPDX-License-Identifier: MPL-2.0
//
// The timer heap. See timer_heap.hpp.

#include "transports/timer_heap.hpp"

#include <algorithm>
#include <cassert>

namespace zmqrt::transports {

namespace {

constexpr std::size_t arity = 4;

} // namespace

timer::~timer() {
  if (heap_ != nullptr)
    heap_->disarm(*this);
}

timer_heap::~timer_heap() {
  for (auto* each : heap_)
    each->heap_ = nullptr;
}

void timer_heap::arm(timer& which, time_point when) {
  if (which.heap_ != nullptr)
    which.heap_->disarm(which);
  heap_.push_back(&which); // first what may throw
  which.heap_ = this;
  // Behind everything that is due now: a callback that keeps asking for the
  // past must not keep the others from their turn.
  which.when_ = firing_ ? std::max(when, *firing_) : when;
  which.order_ = next_order_++;
  sift_up(which, heap_.size() - 1);
}

void timer_heap::disarm(timer& which) noexcept {
  if (which.heap_ == nullptr)
    return;
  assert(which.heap_ == this);
  const auto index = which.index_;
  auto& last = *heap_.back();
  heap_.pop_back();
  which.heap_ = nullptr;
  if (&last == &which)
    return;
  if (index > 0 && before(last, *heap_[(index - 1) / arity]))
    sift_up(last, index);
  else
    sift_down(last, index);
}

std::optional<time_point> timer_heap::next() const noexcept {
  if (heap_.empty())
    return std::nullopt;
  return heap_.front()->when_;
}

std::size_t timer_heap::fire(time_point now) {
  struct firing_scope {
    std::optional<time_point>& flag;
    ~firing_scope() {
      flag.reset();
    }
  } scope{firing_};
  firing_ = now;
  const auto limit = next_order_;
  std::size_t fired = 0;
  while (!heap_.empty()) {
    auto& due = *heap_.front();
    if (due.when_ > now || due.order_ >= limit)
      break;
    disarm(due);
    ++fired;
    due.fire_(due.owner_); // may destroy `due`
  }
  return fired;
}

bool timer_heap::before(const timer& a, const timer& b) noexcept {
  if (a.when_ != b.when_)
    return a.when_ < b.when_;
  return a.order_ < b.order_;
}

void timer_heap::place(timer& which, std::size_t index) noexcept {
  heap_[index] = &which;
  which.index_ = index;
}

void timer_heap::sift_up(timer& which, std::size_t index) noexcept {
  while (index > 0) {
    const auto parent = (index - 1) / arity;
    if (!before(which, *heap_[parent]))
      break;
    place(*heap_[parent], index);
    index = parent;
  }
  place(which, index);
}

void timer_heap::sift_down(timer& which, std::size_t index) noexcept {
  for (;;) {
    const auto first = index * arity + 1;
    if (first >= heap_.size())
      break;
    const auto last = std::min(first + arity, heap_.size());
    auto least = first;
    for (auto child = first + 1; child < last; ++child)
      if (before(*heap_[child], *heap_[least]))
        least = child;
    if (!before(*heap_[least], which))
      break;
    place(*heap_[least], index);
    index = least;
  }
  place(which, index);
}

} // namespace zmqrt::transports
