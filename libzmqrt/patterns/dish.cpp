// SPDX-License-Identifier: MPL-2.0
//
// See dish.hpp.

#include "libzmqrt/patterns/dish.hpp"

#include <algorithm>

namespace zmqrt::patterns {

pattern::looks dish::sees() const noexcept {
  return {false, true, false};
}

// -- pipes --------------------------------------------------------------------

bool dish::attach(pipe_id pipe) {
  in_.attach(pipe);
  return true;
}

void dish::detach(pipe_id pipe) {
  in_.detach(pipe);
  std::erase(peers_, pipe);
}

void dish::retire(pipe_id pipe) {
  std::erase(peers_, pipe);
}

void dish::set_readable(pipe_id pipe, bool readable) {
  in_.set_readable(pipe, readable);
}

bool dish::plugged(pipe_id pipe, const peer&, pipe_id&) {
  if (std::find(peers_.begin(), peers_.end(), pipe) == peers_.end())
    peers_.push_back(pipe);
  return true;
}

void dish::unplugged(pipe_id pipe, bool, bool) {
  std::erase(peers_, pipe);
}

// -- groups -------------------------------------------------------------------

delivery dish::subscribe(std::string_view group, bool on) {
  const auto at = groups_.find(group);
  if ((at != groups_.end()) == on || !message::is_group(group))
    return {delivery::kind::refused, errc::invalid_argument};
  if (on)
    groups_.emplace(group);
  else
    groups_.erase(at);
  delivery how;
  how.what = on ? delivery::kind::subscribe : delivery::kind::cancel;
  how.pipes = peers_;
  how.topic = group;
  return how;
}

std::size_t dish::topics() const noexcept {
  return groups_.size();
}

void dish::each_subscription(void (*tell)(std::string_view topic, void* to),
                             void* to) const {
  for (const std::string& group : groups_)
    tell(group, to);
}

// -- receiving ----------------------------------------------------------------

bool dish::can_send() const noexcept {
  return false;
}

pipe_id dish::next_in() noexcept {
  return in_.next();
}

void dish::received(pipe_id pipe) noexcept {
  in_.received(pipe);
}

bool dish::arrived(pipe_id, message& what) {
  // A group, and one frame to it.
  if (what.size() != 2 || groups_.find(what[0].view()) == groups_.end())
    return false;
  const frame group = what.pop_front();
  what.set_group(group.view());
  return true;
}

} // namespace zmqrt::patterns
