// SPDX-License-Identifier: MPL-2.0
//
// Heartbeats. See the header.

#include "libzmqrt/wire/heartbeat.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "libzmqrt/wire/commands.hpp"

namespace zmqrt::wire {

namespace {

constexpr duration decisecond = std::chrono::milliseconds{100};

// How often a peer that PINGs hears from us while we do not read: thrice in the
// time between its PINGs, which is its patience by default (HEARTBEAT_TIMEOUT),
// within these bounds; the default where it had time for one only.
constexpr duration unasked_default = std::chrono::milliseconds{250};
constexpr duration unasked_least = std::chrono::milliseconds{10};
constexpr duration unasked_most = std::chrono::seconds{10};

std::uint16_t to_deciseconds(duration ttl) noexcept {
  const auto count = ttl / decisecond;
  return static_cast<std::uint16_t>(
    std::clamp<decltype(count)>(count, 0, 0xffff));
}

} // namespace

heartbeat::heartbeat(const heartbeat_options& options, timers& table) noexcept
  : options_(options), timers_(&table) {
}

void heartbeat::start(time_point now) noexcept {
  latest_ = now;
  if (options_.interval > duration::zero())
    timers_->set(timer::ping, now + options_.interval);
}

void heartbeat::heard(time_point now) noexcept {
  latest_ = now;
  late_ = false;
  peer_ttl_ = {};
  timers_->clear(timer::silence);
  timers_->clear(timer::ttl);
}

void heartbeat::on_ping(std::uint16_t ttl_deciseconds,
                        time_point now) noexcept {
  const bool first = pinged_at_ == time_point{};
  const duration spacing = now - std::exchange(pinged_at_, now);
  if (!first && !paused_once_
      && (ping_spacing_ == duration::zero() || spacing < ping_spacing_))
    ping_spacing_ = spacing;
  peer_ttl_ = ttl_deciseconds * decisecond;
  arm(timer::ttl, peer_ttl_, now);
}

void heartbeat::set_reading(bool reading, time_point now) noexcept {
  latest_ = now;
  if (reading_ == reading)
    return;
  reading_ = reading;
  if (reading_) {
    timers_->clear(timer::pong);
    // Whatever was running starts again: what came meanwhile is unread.
    arm(timer::ttl, peer_ttl_, now);
    if (late_)
      arm(timer::silence, options_.timeout, now);
    late_ = false;
    return;
  }
  late_ = late_ || timers_->armed(timer::silence);
  timers_->clear(timer::silence);
  timers_->clear(timer::ttl);
  paused_once_ = true;
  // Only to whom it matters: octets that reach a peer after it has closed
  // make its kernel drop what we have not received yet.
  if (pinged_at_ != time_point{})
    timers_->set(timer::pong, now + unasked_spacing());
}

duration heartbeat::unasked_spacing() const noexcept {
  return ping_spacing_ == duration::zero()
           ? unasked_default
           : std::clamp(ping_spacing_ / 3, unasked_least, unasked_most);
}

verdict heartbeat::tick(time_point now, std::string& out) {
  latest_ = now;
  if (timers_->due(timer::silence, now) || timers_->due(timer::ttl, now))
    return refused(errc::timed_out, protocol_detail::none);
  if (late_ && reading_) {
    late_ = false;
    arm(timer::silence, options_.timeout, now);
  }
  if (timers_->due(timer::pong, now)) {
    timers_->set(timer::pong, now + unasked_spacing());
    if (out.empty()) // else what waits will do
      append_pong(out, {});
  }
  if (timers_->due(timer::ping, now)) {
    timers_->set(timer::ping, now + options_.interval);
    if (!waiting_) {
      append_ping(out, to_deciseconds(options_.ttl));
      waiting_ = true;
      queued_at_ = now;
    }
  }
  return {};
}

void heartbeat::written() noexcept {
  if (!waiting_)
    return;
  waiting_ = false;
  if (timers_->armed(timer::silence))
    return;
  // The next tick, one interval away at most, knows the time better.
  late_ = !reading_ || queued_at_ != latest_;
  if (!late_)
    arm(timer::silence, options_.timeout, latest_);
}

void heartbeat::arm(timer which, duration limit, time_point now) noexcept {
  if (limit > duration::zero() && reading_)
    timers_->set(which, now + limit);
}

} // namespace zmqrt::wire
