// SPDX-License-Identifier: MPL-2.0
//
// See single_request.hpp.

#include "actors/front/single_request.hpp"

#include <algorithm>
#include <utility>

#include "actors/caf_compat.hpp"
#include "actors/front/errors.hpp"
#include "zmqrt/actors/verbs.hpp"

namespace zmqrt::actors {

namespace {

std::optional<time_point> after(time_point now, patience limit) {
  if (limit.ns < 0)
    return std::nullopt;
  return now + std::chrono::nanoseconds{limit.ns};
}

caf::error given_up() {
  return caf_error(errc::fsm, "request", "its actor has asked again");
}

} // namespace

void single_request::ask(message what, const caf::actor_addr& asker,
                         caf::response_promise reply) {
  request fresh{std::move(what), asker, std::move(reply), {}, false};
  const auto same = [&](const request& each) {
    return asker && same_actor(each.asker, asker);
  };
  if (current_ && same(*current_)) {
    if (current_->sent && !may_give_up()) {
      fresh.reply.deliver(caf_error(errc::fsm, "request",
                                    "REQ_RELAXED and REQ_CORRELATE are off"));
      return;
    }
    current_->reply.deliver(given_up());
    current_ = std::move(fresh);
    return;
  }
  const auto earlier = std::find_if(waiting_.begin(), waiting_.end(), same);
  if (earlier != waiting_.end()) {
    earlier->reply.deliver(given_up());
    *earlier = std::move(fresh);
  } else if (waiting_.size() >= most_) {
    fresh.reply.deliver(
      caf_error(errc::again, "request", "too many requests wait"));
  } else {
    waiting_.push_back(std::move(fresh));
  }
}

bool single_request::may_give_up() const {
  const auto options = door_->options();
  return options.req_relaxed && options.req_correlate;
}

void single_request::advance(time_point now, const std::shared_ptr<watcher>& in,
                             const std::shared_ptr<watcher>& out) {
  for (bool goes_on = true; goes_on;) {
    if (!current_) {
      if (waiting_.empty())
        return;
      current_ = std::move(waiting_.front());
      waiting_.pop_front();
    }
    // First asked to be called, then tried: nothing is overlooked.
    if (!current_->sent) {
      door_->retry_with(poll_out, out);
      goes_on = send_current(now);
    } else {
      door_->retry_with(poll_in, in);
      goes_on = receive_current();
    }
  }
}

bool single_request::send_current(time_point now) {
  const auto why = door_->send(std::move(current_->what), patience::never());
  if (!why) {
    current_->sent = true;
    current_->deadline = after(now, door_->receive_patience());
    return true;
  }
  if (why == errc::again) {
    const patience limit = door_->send_patience();
    if (!current_->deadline)
      current_->deadline = after(now, limit);
    if (limit.ns != 0)
      return false;
  }
  current_->reply.deliver(send_error(why));
  current_.reset();
  return true;
}

bool single_request::receive_current() {
  message came;
  const auto why = door_->recv(came, patience::never());
  if (why == errc::again)
    return false;
  if (why)
    end_current(why);
  else if (auto over = std::exchange(current_, std::nullopt);
           over->reply.pending())
    over->reply.deliver(std::move(came));
  return true;
}

void single_request::end_current(std::error_code why) {
  if (auto over = std::exchange(current_, std::nullopt); over->reply.pending())
    over->reply.deliver(as_caf_error(why, "request"));
}

void single_request::abandon_current() {
  if (!current_->sent || may_give_up()) {
    current_.reset();
    return;
  }
  current_->reply = {};
  current_->asker = {};
  current_->deadline.reset();
}

void single_request::forget(const caf::actor_addr& ended) {
  if (current_ && same_actor(current_->asker, ended))
    abandon_current();
  std::erase_if(
    waiting_, [&](const auto& each) { return same_actor(each.asker, ended); });
}

void single_request::expire(time_point now) {
  if (!current_ || !current_->deadline || *current_->deadline > now)
    return;
  const auto why = current_->sent ? errc::timed_out : errc::again;
  if (current_->reply.pending())
    current_->reply.deliver(as_caf_error(make_error_code(why), "request"));
  abandon_current();
}

void single_request::fail(std::error_code why) {
  if (current_)
    end_current(why);
  for (auto gone = std::exchange(waiting_, {}); auto& each : gone)
    each.reply.deliver(as_caf_error(why, "request"));
}

} // namespace zmqrt::actors
