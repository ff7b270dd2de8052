// SPDX-License-Identifier: MPL-2.0
//
// See radio.hpp.

#include "libzmqrt/patterns/radio.hpp"

#include <algorithm>

#include "libzmqrt/endpoint/datagram_peer.hpp"
#include "libzmqrt/message/subscription.hpp"

namespace zmqrt::patterns {

radio::radio(const socket_options& options) noexcept : options_(&options) {
}

pattern::looks radio::sees() const noexcept {
  return {true, false, true};
}

// -- pipes --------------------------------------------------------------------

bool radio::attach(pipe_id pipe) {
  writable_.add(pipe);
  return true;
}

void radio::detach(pipe_id pipe) {
  leave_all(pipe);
}

void radio::retire(pipe_id pipe) {
  leave_all(pipe);
}

bool radio::plugged(pipe_id pipe, const peer& who, pipe_id&) {
  if (who.wants_all)
    datagrams_.push_back(pipe);
  return true;
}

void radio::unplugged(pipe_id pipe, bool, bool) {
  // The next peer says what it has joined.
  leave_all(pipe);
}

void radio::leave_all(pipe_id pipe) {
  std::erase(datagrams_, pipe);
  for (auto at = groups_.begin(); at != groups_.end();) {
    std::erase(at->second, pipe);
    at = at->second.empty() ? groups_.erase(at) : std::next(at);
  }
}

void radio::set_writable(pipe_id pipe, bool writable) {
  writable_.set(pipe, writable);
}

// -- sending ------------------------------------------------------------------

pipe_id radio::next_out() noexcept {
  return 0; // nobody is waited for
}

void radio::offer(const members& those, delivery& how) {
  for (const pipe_id pipe : those) {
    if (writable_[pipe])
      out_.push_back(pipe);
    else
      ++how.missed;
  }
}

delivery radio::route(const message& what) {
  delivery how;
  how.what = delivery::kind::dropped;
  out_.clear();
  const auto group = groups_.find(what.group());
  if (group != groups_.end())
    offer(group->second, how);
  if (1 + what.group().size() + what.bytes() <= longest_datagram)
    offer(datagrams_, how);
  else if (group == groups_.end() && !datagrams_.empty())
    return {delivery::kind::refused, errc::message_too_long};
  if (how.missed != 0 && options_->xpub_nodrop) {
    how.what = delivery::kind::later; // as a whole
    return how;
  }
  if (out_.empty())
    return how;
  envelope_[0] = frame{what.group()};
  how.what = delivery::kind::to_all;
  how.pipes = out_;
  how.envelope = envelope_;
  return how;
}

// -- what dishes say ----------------------------------------------------------

bool radio::can_receive() const noexcept {
  return false;
}

void radio::digest(pipe_id from, message&& what) {
  const auto said =
    what.size() == 1 ? parse_subscription(what[0].view()) : std::nullopt;
  if (!said || !message::is_group(said->topic))
    return;
  auto group = groups_.find(said->topic);
  if (said->on) {
    if (group == groups_.end())
      group = groups_.emplace(said->topic, members{}).first;
    members& those = group->second;
    if (std::find(those.begin(), those.end(), from) == those.end())
      those.push_back(from);
  } else if (group != groups_.end()) {
    std::erase(group->second, from);
    if (group->second.empty())
      groups_.erase(group);
  }
}

} // namespace zmqrt::patterns
