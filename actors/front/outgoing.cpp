// SPDX-License-Identifier: MPL-2.0
//
// See outgoing.hpp.

#include "actors/front/outgoing.hpp"

#include <algorithm>
#include <utility>

#include "actors/front/errors.hpp"
#include "zmqrt/actors/verbs.hpp"

namespace zmqrt::actors {

std::error_code outgoing::try_send(message& what) {
  if (!waiting_.empty())
    return make_error_code(errc::again);
  return door_->send(std::move(what), patience::never());
}

std::error_code outgoing::try_send(std::span<message> what,
                                   std::size_t& count) {
  count = 0;
  if (!waiting_.empty())
    return make_error_code(errc::again);
  return door_->send_batch(what, patience::never(), count);
}

std::error_code outgoing::wait(message what, time_point now, told tell,
                               wanted still) {
  waiting last;
  last.what.push_back(std::move(what));
  last.tell = std::move(tell);
  last.still = std::move(still);
  return push(std::move(last), now);
}

std::error_code outgoing::wait(std::vector<message> what, std::size_t done,
                               time_point now, caf::response_promise reply) {
  waiting last;
  last.what = std::move(what);
  last.done = done;
  last.reply = std::move(reply);
  return push(std::move(last), now);
}

std::error_code outgoing::push(waiting&& last, time_point now) {
  const patience limit = door_->send_patience();
  if (waiting_.size() >= most_)
    drop_unwanted();
  if (limit.ns == 0 || waiting_.size() >= most_)
    return make_error_code(errc::again);
  last.number = ++last_;
  if (limit.ns > 0) {
    last.deadline = now + std::chrono::nanoseconds{limit.ns};
    due_.emplace(*last.deadline, last.number);
  }
  waiting_.push_back(std::move(last));
  return {};
}

void outgoing::drop_unwanted() {
  std::erase_if(waiting_, [this](const waiting& each) {
    const bool gone = each.still && !each.still();
    if (gone && each.deadline)
      due_.erase({*each.deadline, each.number});
    return gone;
  });
}

outgoing::waiting outgoing::pop() {
  waiting first = std::move(waiting_.front());
  waiting_.pop_front();
  if (first.deadline)
    due_.erase({*first.deadline, first.number});
  return first;
}

void outgoing::pump(const std::shared_ptr<watcher>& bell) {
  while (!waiting_.empty()) {
    if (const auto& still = waiting_.front().still; still && !still()) {
      (void)pop();
      continue;
    }
    // First asked to be called, then tried: no room is overlooked.
    door_->retry_with(poll_out, bell);
    const auto why = advance(waiting_.front());
    if (why == errc::again)
      return;
    auto over = pop();
    tell(over, why);
  }
}

std::error_code outgoing::advance(waiting& first) {
  while (first.done < first.what.size()) {
    std::size_t count = 0;
    const auto why = door_->send_batch(
      std::span{first.what}.subspan(first.done), patience::never(), count);
    first.done += count;
    if (why)
      return why;
  }
  return {};
}

void outgoing::tell(waiting& which, std::error_code why) {
  if (which.tell)
    which.tell(why);
  else if (why)
    which.reply.deliver(batch_error(why, which.done, which.what.size()));
  else
    which.reply.deliver(which.done);
}

void outgoing::expire(time_point now) {
  while (!due_.empty() && due_.begin()->first <= now) {
    const auto number = due_.begin()->second;
    due_.erase(due_.begin());
    const auto at =
      std::lower_bound(waiting_.begin(), waiting_.end(), number,
                       [](const waiting& each, std::uint64_t sought) {
                         return each.number < sought;
                       });
    waiting late = std::move(*at);
    waiting_.erase(at);
    tell(late, make_error_code(errc::again));
  }
}

std::uint64_t outgoing::messages() const noexcept {
  std::uint64_t sum = 0;
  for (const auto& each : waiting_)
    sum += each.what.size() - each.done;
  return sum;
}

void outgoing::fail(std::error_code why) {
  due_.clear();
  for (auto gone = std::exchange(waiting_, {}); auto& each : gone)
    tell(each, why);
}

} // namespace zmqrt::actors
