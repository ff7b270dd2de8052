// SPDX-License-Identifier: MPL-2.0
//
// A front's events, and how it ends: closed, with its context, by what became
// of an actor, or because nobody refers to it.

#include <algorithm>
#include <utility>

#include "actors/front/errors.hpp"
#include "actors/front/front_actor.hpp"
#include "actors/handles/limit.hpp"
#include "actors/handles/socket_body.hpp"

namespace zmqrt::actors {

// -- events -------------------------------------------------------------------

caf::result<void> front_actor::handle_monitor(const verb::monitor& how) {
  if (const auto why = refusal())
    return as_caf_error(why, "monitor", "the socket is over");
  if (!how.to)
    return caf_error(errc::invalid_argument, "monitor", "it takes an actor");
  event_feed feed;
  feed.number = ++last_number_;
  feed.to = caf::actor_cast<event_receiver>(how.to);
  feed.queue = socket_access::body(handle_)->monitor(how.mask);
  // One that has had events already has those that come from now on.
  for (auto& each : feeds_)
    if (same_actor(each.to.address(), how.to.address())) {
      tell_events(each, true);
      each.queue->forget(*event_bell_);
      each.queue = std::move(feed.queue);
      pump_events();
      return caf::unit;
    }
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

void front_actor::pump_events() {
  for (auto& each : feeds_)
    tell_events(each, false);
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
      .then(dealt_with, [dealt_with](const caf::error& why) {
        if (why != caf::sec::request_receiver_down) // its down says the rest
          dealt_with();
      });
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
  askers_.erase(down.source.get());
  single_.forget(down.source);
  parallel_.forget(down.source);
  handler_gone(down.source);
  pump_output();
  (void)pump_input();
  settle();
}

// -- closing ------------------------------------------------------------------

caf::result<std::uint64_t> front_actor::handle_close(const verb::close& how) {
  auto reply = make_response_promise();
  closers_.push_back(reply);
  const auto limit = bounded(how.linger.value_or(door().options().linger));
  const std::int64_t linger = limit ? limit->count() : -1;
  const bool shorter =
    closing_ && linger >= 0 && (*closing_ < 0 || linger < *closing_);
  if (closing_ && !shorter)
    return reply;
  if (!closing_) {
    unsent_before_ = door().statistics().dropped.unsent;
    give_up_services();
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

void front_actor::answer_closers(std::uint64_t also_unsent) {
  for (auto& reply : closers_)
    reply.deliver(unsent() + also_unsent);
  closers_.clear();
}

void front_actor::owner_gone(const caf::error& reason) {
  how_ = leaving::is_over;
  const auto why = door().failure();
  answer_closers(outgoing_.messages());
  fail_all(why ? why : make_error_code(errc::terminated));
  if (reason)
    quit(reason);
  else
    quit(exit_error(why == errc::terminated ? why : std::error_code{}));
}

void front_actor::handle_exit(caf::exit_msg& asked) {
  if (!asked.reason)
    return; // an actor that it is linked to has ended as it should
  if (asked.reason == caf::exit_reason::user_shutdown) {
    how_ = leaving::lingering;
    give_up_services();
  }
  quit(std::move(asked.reason));
}

void front_actor::fail_all(std::error_code why) {
  outgoing_.fail(why);
  single_.fail(why);
  parallel_.fail(why);
  for (auto all = std::exchange(asked_, {}); auto& [number, reply] : all)
    reply.deliver(as_caf_error(why, "socket", "it is over"));
}

void front_actor::give_up_services() {
  if (service_)
    give_up_service(*std::exchange(service_, std::nullopt));
  for (const auto all = std::exchange(stopped_, {}); const auto& each : all)
    give_up_service(each);
}

/// By nobody: on any thread.
void front_actor::end_feeds() {
  for (auto& each : feeds_) {
    each.queue->forget(*event_bell_);
    while (auto next = each.queue->pop(time_point{})) {
      each.over = next->kind == event_kind::monitor_stopped;
      caf::anon_send(each.to, std::move(*next));
    }
    if (!each.over)
      caf::anon_send(each.to, event{event_kind::monitor_stopped, 0, {}, {}, 0});
  }
  feeds_.clear();
}

void front_actor::on_exit() {
  const bool was_open = how_ != leaving::is_over;
  if (timer_.armed())
    loop().disarm(timer_);
  door().forget(*input_bell_);
  door().forget(*room_bell_);
  if (was_open && !is_unreachable()) {
    const bool lingers = how_ == leaving::lingering;
    door().fail(make_error_code(errc::not_a_socket));
    // Who waits for the end of a lingering that goes on behind will not know.
    if (!lingers)
      answer_closers(door().unsent() + outgoing_.messages());
    for (auto& reply : closers_)
      reply.deliver(
        caf_error(errc::not_a_socket, "close", "shut down amid lingering"));
    closers_.clear();
    fail_all(make_error_code(errc::not_a_socket));
    caf::anon_send(owner_, close_socket{lingers ? own_linger : 0});
  }
  end_feeds();
  watched_.for_each([this](const auto& who) { demonitor(who); });
  end_monitoring(owner_.address());
  owner_ = nullptr;
  receivers_ = {};
  service_.reset();
  stopped_.clear();
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
  const bool holds = !receivers_.empty() || service_ || !stopped_.empty()
                     || closing_ || !outgoing_.empty();
  if (holds != (self_ != nullptr))
    self_ = holds ? caf::strong_actor_ptr{ctrl()} : nullptr;
}

} // namespace zmqrt::actors
