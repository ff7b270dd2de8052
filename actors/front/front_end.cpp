// SPDX-License-Identifier: MPL-2.0
//
// A front's events, and how it ends: closed, with its context, by what became
// of an actor, or because nobody refers to it.

#include <algorithm>
#include <utility>

#include "actors/front/errors.hpp"
#include "actors/front/front_actor.hpp"
#include "actors/handles/socket_body.hpp"

namespace zmqrt::actors {

// -- events -------------------------------------------------------------------

caf::result<void> front_actor::handle_monitor(const verb::monitor& how) {
  if (const auto why = refusal())
    return as_caf_error(why, "monitor", "the socket is over");
  if (!how.to)
    return caf_error(errc::invalid_argument, "monitor", "it takes an actor");
  if ((how.mask & congestion_events) != 0)
    door().tell_when_full();
  event_feed feed;
  feed.number = ++last_number_;
  feed.to = caf::actor_cast<event_receiver>(how.to);
  feed.queue = std::make_shared<event_queue>(
    how.mask | static_cast<std::uint32_t>(event_kind::monitor_stopped));
  socket_access::body(handle_)->core().events()->add_queue(feed.queue);
  watch(how.to.address());
  feeds_.push_back(std::move(feed));
  pump_events();
  return caf::unit;
}

void front_actor::on_events() {
  enter([this] {
    pump_events();
    settle();
  });
}

void front_actor::pump_events(bool regardless) {
  for (auto& each : feeds_)
    tell_events(each, regardless);
  for (const auto& each : feeds_)
    if (each.over)
      unwatch(each.to.address());
  std::erase_if(feeds_, [](const auto& each) { return each.over; });
}

void front_actor::tell_events(event_feed& to, bool regardless) {
  while (!to.over && (regardless || to.credit.left() != 0)) {
    if ((to.queue->poll(poll_in, event_bell_) & poll_in) == 0)
      return;
    auto next = to.queue->pop(time_point{});
    if (!next)
      return;
    to.over = next->kind == event_kind::monitor_stopped;
    const auto owed = to.credit.hand_over(1);
    if (owed == 0) {
      send(to.to, std::move(*next));
      continue;
    }
    const auto dealt_with = [this, number = to.number, owed] {
      for (auto& each : feeds_)
        if (each.number == number)
          each.credit.give_back(owed);
      pump_events();
    };
    request(to.to, caf::infinite, std::move(*next))
      .then(dealt_with, [dealt_with](const caf::error&) { dealt_with(); });
  }
}

// -- actors that come and go --------------------------------------------------

void front_actor::watch(const caf::actor_addr& who) {
  if (!watched_.add(who))
    return;
  if (const auto alive = caf::actor_cast<caf::actor>(who))
    monitor(alive);
}

void front_actor::unwatch(const caf::actor_addr& who) {
  if (watched_.drop(who))
    demonitor(who);
}

void front_actor::handle_stop(const caf::actor_addr& who) {
  if (receivers_.remove(who))
    unwatch(who);
  for (const auto& each : feeds_)
    if (same_actor(each.to.address(), who))
      unwatch(who);
  std::erase_if(feeds_, [&](const auto& each) {
    return same_actor(each.to.address(), who);
  });
  if (service_ && same_actor(service_->by.address(), who))
    stop_service();
  (void)pump_input();
  settle();
}

void front_actor::handle_down(const caf::down_msg& down) {
  if (owner_ && same_actor(down.source, owner_.address())) {
    owner_gone(down.reason);
    return;
  }
  watched_.forget(down.source);
  (void)receivers_.remove(down.source);
  std::erase_if(feeds_, [&](const auto& each) {
    return same_actor(each.to.address(), down.source);
  });
  single_.forget(down.source);
  if (service_ && same_actor(service_->by.address(), down.source))
    end_service();
  pump_output();
  (void)pump_input();
  settle();
}

// -- closing ------------------------------------------------------------------

caf::result<std::uint64_t> front_actor::handle_close(const verb::close& how) {
  auto reply = make_response_promise();
  closers_.push_back(reply);
  std::int64_t linger =
    how.linger ? how.linger->count() : door().options().linger.count();
  linger = std::max<std::int64_t>(linger, -1);
  const bool shorter =
    closing_ && linger >= 0 && (*closing_ < 0 || linger < *closing_);
  if (closing_ && !shorter)
    return reply;
  if (!closing_) {
    unsent_before_ = door().statistics().dropped.unsent;
    if (service_)
      end_service();
    single_.fail(make_error_code(errc::not_a_socket));
    parallel_.fail(make_error_code(errc::not_a_socket));
  }
  closing_ = linger;
  if (closed_) {
    caf::anon_send(owner_, close_socket{linger});
    return reply;
  }
  if (linger >= 0)
    close_by_ = loop().now() + std::chrono::milliseconds{linger};
  if (linger == 0)
    give_up_waiting();
  pump_output();
  settle();
  return reply;
}

void front_actor::give_up_waiting() {
  unsent_waiting_ += outgoing_.messages();
  outgoing_.fail(make_error_code(errc::not_a_socket));
}

void front_actor::close_now() {
  using std::chrono::milliseconds;
  closed_ = true;
  std::int64_t linger = -1;
  if (close_by_)
    linger = std::max(
      std::chrono::ceil<milliseconds>(*close_by_ - loop().now()).count(),
      milliseconds::rep{0});
  close_by_.reset();
  door().fail(make_error_code(errc::not_a_socket));
  caf::anon_send(owner_, close_socket{linger});
}

std::uint64_t front_actor::unsent() const {
  return door().statistics().dropped.unsent - unsent_before_ + unsent_waiting_;
}

void front_actor::answer_closers() {
  for (auto& reply : closers_)
    reply.deliver(unsent());
  closers_.clear();
}

void front_actor::owner_gone(const caf::error& reason) {
  how_ = leaving::is_over;
  const auto why = door().failure();
  pump_events(true);
  answer_closers();
  fail_all(why ? why : make_error_code(errc::terminated));
  if (reason)
    quit(reason);
  else
    quit(exit_error(why == errc::terminated ? why : std::error_code{}));
}

void front_actor::handle_exit(caf::exit_msg& asked) {
  if (!asked.reason)
    return; // an actor that it is linked to has ended as it should
  if (asked.reason == caf::exit_reason::user_shutdown)
    how_ = leaving::lingering;
  quit(std::move(asked.reason));
}

void front_actor::fail_all(std::error_code why) {
  outgoing_.fail(why);
  single_.fail(why);
  parallel_.fail(why);
}

void front_actor::on_exit() {
  const bool was_open = how_ != leaving::is_over;
  if (timer_.armed())
    loop().disarm(timer_);
  door().forget(*input_bell_);
  door().forget(*room_bell_);
  if (was_open && !is_unreachable()) {
    door().fail(make_error_code(errc::not_a_socket));
    caf::anon_send(owner_,
                   close_socket{how_ == leaving::lingering ? own_linger : 0});
    fail_all(make_error_code(errc::not_a_socket));
    pump_events(true);
    for (const auto& each : feeds_)
      send(each.to, event{event_kind::monitor_stopped, 0, {}, {}, 0});
    answer_closers();
  }
  for (const auto& each : feeds_)
    each.queue->forget(*event_bell_);
  feeds_.clear();
  watched_.for_each([this](const auto& who) { demonitor(who); });
  end_monitoring(owner_.address());
  owner_ = nullptr;
  receivers_ = {};
  service_.reset();
  handle_ = zmqrt::socket{};
  self_ = nullptr;
}

// -- after each step ----------------------------------------------------------

void front_actor::on_time() {
  const auto now = loop().now();
  single_.expire(now);
  parallel_.expire(now);
  outgoing_.expire(now);
  if (closing_ && close_by_ && *close_by_ <= now)
    give_up_waiting();
  pump_output();
  settle();
}

void front_actor::settle() {
  std::optional<time_point> first;
  for (const auto& each : {outgoing_.deadline(), parallel_.deadline(),
                           single_.deadline(), close_by_})
    if (each && (!first || *each < *first))
      first = each;
  if (!first && timer_.armed())
    loop().disarm(timer_);
  else if (first && !(timer_.armed() && timer_.when() == *first))
    loop().arm(timer_, *first);
  const auto blocker = single_.holds_up();
  if (!same_actor(blocker, blocker_)) {
    if (blocker_)
      unwatch(blocker_);
    blocker_ = blocker;
    if (blocker_)
      watch(blocker_);
  }
  const bool holds =
    !receivers_.empty() || service_ || closing_ || !outgoing_.empty();
  if (holds != (self_ != nullptr))
    self_ = holds ? caf::strong_actor_ptr{ctrl()} : nullptr;
}

} // namespace zmqrt::actors
