// SPDX-License-Identifier: MPL-2.0
//
// The simulated world's clock and pump. See sim_world.hpp.

#include "transports/sim/sim_world.hpp"

#include <algorithm>
#include <cassert>
#include <exception>
#include <utility>

#include "transports/sim/sim_reactor.hpp"

namespace zmqrt::transports {

namespace {

// Not zero: whoever takes time_point{} for "none" should notice.
constexpr time_point first_moment{std::chrono::hours{1}};

// More steps than this without any time passing are a loop that never ends.
constexpr std::uint64_t most_steps_at_once = 1'000'000;

} // namespace

sim_world::sim_world(std::uint64_t seed, sim_conditions conditions)
  : seed_(seed), conditions_(conditions), lots_(seed), now_(first_moment),
    names_(*this), network_(*this) {
}

sim_world::~sim_world() {
  assert(std::all_of(reactors_.begin(), reactors_.end(),
                     [](const sim_reactor* each) { return each == nullptr; }));
}

// -- pumping -----------------------------------------------------------------

bool sim_world::step() {
  return step_by(time_point::max());
}

bool sim_world::run_until(const std::function<bool()>& done,
                          time_point deadline) {
  while (!done()) {
    if (!step_by(deadline)) {
      if (deadline != time_point::max())
        advance(std::max(now_, deadline));
      return done();
    }
  }
  return true;
}

void sim_world::run_for(duration span) {
  const time_point end = now_ + span;
  while (step_by(end)) {
    // Whatever happens until then.
  }
  advance(std::max(now_, end));
}

bool sim_world::run_to_idle(std::uint64_t limit) {
  for (; limit > 0; --limit)
    if (!step())
      return true;
  return false;
}

bool sim_world::step_by(time_point limit) {
  if (steps_at_now_ > most_steps_at_once) {
    if (steps_at_now_++ == most_steps_at_once + 1)
      breach("time stands still: a million steps at one instant");
    return false;
  }
  admit_posts();
  time_point due = time_point::max();
  sim_reactor* timer_owner = next_timer_owner(due);
  if (!events_.empty() && (timer_owner == nullptr || events_.next() < due)) {
    timer_owner = nullptr;
    due = events_.next();
  } else if (timer_owner == nullptr) {
    return false;
  }
  if (due > limit)
    return false;
  ++steps_;
  advance(std::max(now_, due));
  ++steps_at_now_;
  if (timer_owner != nullptr)
    fire_timers(*timer_owner);
  else
    run_event(events_.pop());
  return true;
}

void sim_world::advance(time_point to) {
  if (to != now_)
    steps_at_now_ = 0;
  now_ = to;
}

void sim_world::run_event(sim_event event) {
  if (event.on == no_reactor) {
    event.subject->on_event(event.what);
    return;
  }
  sim_reactor* on = reactors_[event.on];
  if (on == nullptr)
    return;
  if (on->frozen_) {
    on->parked_.push_back(std::move(event));
    return;
  }
  in_turn(*on, [&] {
    if (event.subject == nullptr)
      on->run_posted();
    else
      event.subject->on_event(event.what);
  });
}

void sim_world::fire_timers(sim_reactor& of) {
  in_turn(of, [&] {
    const std::size_t fired = of.timers_.fire(now_);
    note("timers", of.number_, fired);
  });
}

template <class Callbacks>
void sim_world::in_turn(sim_reactor& on, Callbacks callbacks) {
  const sim_reactor::turn_scope scope{on};
  try {
    callbacks();
  } catch (...) {
    if (!on.tell(std::current_exception()))
      breach("an exception out of a callback, and nobody to tell");
  }
}

sim_reactor* sim_world::next_timer_owner(time_point& when) const {
  sim_reactor* owner = nullptr;
  for (sim_reactor* each : reactors_) {
    if (each == nullptr || each->frozen_)
      continue;
    const auto due = each->timers_.next();
    if (due && (owner == nullptr || *due < when)) {
      owner = each;
      when = *due;
    }
  }
  return owner;
}

// -- reactors ----------------------------------------------------------------

sim_reactor_number sim_world::enter(sim_reactor& newcomer) {
  reactors_.push_back(&newcomer);
  return static_cast<sim_reactor_number>(reactors_.size() - 1);
}

void sim_world::leave(sim_reactor_number which) {
  reactors_[which] = nullptr;
}

void sim_world::admit_posts() {
  for (sim_reactor* each : reactors_) {
    if (each == nullptr || !each->take_wake_up())
      continue;
    schedule(lots_.between(conditions_.turn), nullptr, 0, each->number_);
  }
}

void sim_world::freeze(const sim_reactor& which, bool frozen) {
  sim_reactor& target = *reactors_[which.number_];
  target.frozen_ = frozen;
  note(frozen ? "freeze" : "thaw", target.number_, target.parked_.size());
  if (frozen)
    return;
  for (sim_event& each : std::exchange(target.parked_, {})) {
    each.when = now_;
    events_.push(std::move(each));
  }
}

// -- for the parts of the simulation -----------------------------------------

void sim_world::schedule(duration after, std::shared_ptr<sim_subject> subject,
                         int what, sim_reactor_number on) {
  sim_event event;
  event.when = now_ + after;
  event.lot = lots_.next();
  event.subject = std::move(subject);
  event.what = what;
  event.on = on;
  events_.push(std::move(event));
}

duration sim_world::operation_time() {
  duration time = lots_.between(conditions_.completion);
  if (lots_.chance(conditions_.stall_permille))
    time += lots_.between(conditions_.stall);
  return time;
}

void sim_world::tamper(std::vector<std::byte>& delivery) {
  if (tamper_ == nullptr || !tamper_(delivery))
    return;
  note("planted", 0, delivery.size());
  tamper_ = nullptr;
}

} // namespace zmqrt::transports
