// SPDX-License-Identifier: MPL-2.0
//
// See timer_list.hpp. A timer's place in the queue follows from when it is due:
// it is taken out before that changes. Only add() allocates.

#include "actors/c_api/timer_list.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace zmqrt::c_api {

namespace {

time_point after(time_point now, std::uint64_t interval_ms) noexcept {
  const auto room =
    std::chrono::floor<std::chrono::milliseconds>(time_point::max() - now);
  const auto most = static_cast<std::uint64_t>(room.count());
  if (interval_ms >= most)
    return time_point::max();
  return now
         + std::chrono::milliseconds{static_cast<std::int64_t>(interval_ms)};
}

} // namespace

int timer_list::add(std::uint64_t interval_ms, handler call, void* argument,
                    time_point now) {
  int id = last_id_;
  do
    id = id == std::numeric_limits<int>::max() ? 1 : id + 1;
  while (timers_.contains(id));
  const auto where = timers_
                       .emplace(id, timer{id, interval_ms, call, argument,
                                          after(now, interval_ms), armed_})
                       .first;
  try {
    queue_.insert(&where->second);
  } catch (...) {
    timers_.erase(where);
    throw;
  }
  ++armed_;
  last_id_ = id;
  return id;
}

bool timer_list::cancel(int id) noexcept {
  timer* const found = find(id);
  if (found == nullptr)
    return false;
  if (queue_.erase(found) == 0)
    found->cancelled = true; // its handler is being called
  else
    timers_.erase(id);
  return true;
}

bool timer_list::set_interval(int id, std::uint64_t interval_ms,
                              time_point now) noexcept {
  timer* const found = find(id);
  if (found == nullptr)
    return false;
  found->interval_ms = interval_ms;
  restart(*found, now);
  return true;
}

bool timer_list::reset(int id, time_point now) noexcept {
  timer* const found = find(id);
  if (found == nullptr)
    return false;
  restart(*found, now);
  return true;
}

std::optional<std::chrono::milliseconds>
timer_list::wait(time_point now) const noexcept {
  if (queue_.empty())
    return std::nullopt;
  const time_point first = (*queue_.begin())->when;
  return std::chrono::ceil<std::chrono::milliseconds>(
    std::max(first - now, duration::zero()));
}

timer_list::timer* timer_list::find(int id) noexcept {
  const auto where = timers_.find(id);
  if (where == timers_.end() || where->second.cancelled)
    return nullptr;
  return &where->second;
}

void timer_list::start(timer& which, time_point now) noexcept {
  which.when = after(now, which.interval_ms);
  which.armed = armed_++;
}

void timer_list::restart(timer& which, time_point now) noexcept {
  auto place = queue_.extract(&which);
  start(which, now);
  if (place.empty())
    which.restarted = true; // its handler is being called
  else
    queue_.insert(std::move(place));
}

std::optional<timer_list::due> timer_list::round::next() noexcept {
  finish();
  auto& queue = list_->queue_;
  const auto first = queue.begin();
  // Who was armed in this round is not due before now: where one of those
  // comes first, all others have had their turn.
  if (first == queue.end() || (*first)->when > now_
      || (*first)->armed >= limit_)
    return std::nullopt;
  timer& its = **first;
  its.restarted = false;
  turn_ = queue.extract(first);
  return due{its.id, its.call, its.argument};
}

void timer_list::round::finish() noexcept {
  if (turn_.empty())
    return;
  timer* const last = turn_.value();
  if (last->cancelled) {
    turn_ = queue::node_type{};
    list_->timers_.erase(last->id);
    return;
  }
  if (!last->restarted)
    list_->start(*last, now_);
  list_->queue_.insert(std::move(turn_));
}

} // namespace zmqrt::c_api
