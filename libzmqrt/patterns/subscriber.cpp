// SPDX-License-Identifier: MPL-2.0
//
// See subscriber.hpp.

#include "libzmqrt/patterns/subscriber.hpp"

#include <algorithm>

#include "libzmqrt/message/subscription.hpp"

namespace zmqrt::patterns {

subscriber::subscriber(socket_type type, const socket_options& options)
  : options_(&options), raw_(type == socket_type::xsub) {
}

pattern::looks subscriber::sees() const noexcept {
  return {true, !raw_, false};
}

// -- pipes --------------------------------------------------------------------

bool subscriber::attach(pipe_id pipe) {
  writable_.add(pipe);
  in_.attach(pipe);
  return true;
}

void subscriber::detach(pipe_id pipe) {
  in_.detach(pipe);
  leave(pipe);
}

void subscriber::retire(pipe_id pipe) {
  leave(pipe);
}

void subscriber::set_writable(pipe_id pipe, bool writable) {
  writable_.set(pipe, writable);
}

void subscriber::set_readable(pipe_id pipe, bool readable) {
  in_.set_readable(pipe, readable);
}

bool subscriber::plugged(pipe_id pipe, const peer&, pipe_id&) {
  if (std::find(peers_.begin(), peers_.end(), pipe) == peers_.end())
    peers_.push_back(pipe);
  return true;
}

void subscriber::unplugged(pipe_id pipe, bool, bool) {
  leave(pipe);
}

void subscriber::leave(pipe_id pipe) {
  std::erase(peers_, pipe);
}

// -- subscribing --------------------------------------------------------------

delivery subscriber::subscribe(std::string_view topic, bool on) {
  delivery how;
  how.what = on ? delivery::kind::subscribe : delivery::kind::cancel;
  how.topic = topic;
  bool changes = on;
  if (on) {
    const auto node = counts_.insert(topic);
    changes = ++counts_.value(node) == 1;
    if (changes)
      ++topics_;
  } else {
    const auto node = counts_.find(topic);
    if (node == topic_tree::no_node)
      return {delivery::kind::dropped};
    changes = --counts_.value(node) == 0;
    if (changes) {
      counts_.erase(node);
      --topics_;
    }
  }
  if (changes)
    how.pipes = peers_;
  else if (on || (raw_ && options_->xsub_verbose_unsubscribe))
    how.pipes = peers_with_room(); // for a peer's XPUB_VERBOSE
  else
    how.what = delivery::kind::dropped;
  return how;
}

std::size_t subscriber::topics() const noexcept {
  return topics_;
}

void subscriber::each_subscription(void (*tell)(std::string_view topic,
                                                void* to),
                                   void* to) const {
  counts_.each([&](std::string_view topic, std::uint32_t) { tell(topic, to); });
}

// -- sending (XSUB) -----------------------------------------------------------

bool subscriber::can_send() const noexcept {
  return raw_;
}

pipe_id subscriber::next_out() noexcept {
  return raw_ ? 0 : no_pipe; // nobody is waited for
}

delivery subscriber::route(const message& what) {
  if (what.size() == 1)
    if (const auto asked = parse_subscription(what[0].view()))
      return subscribe(asked->topic, asked->on);
  delivery how;
  how.pipes = peers_with_room();
  how.missed = peers_.size() - how.pipes.size();
  how.what =
    how.pipes.empty() ? delivery::kind::dropped : delivery::kind::to_all;
  return how;
}

std::span<const pipe_id> subscriber::peers_with_room() {
  out_.clear();
  for (const pipe_id pipe : peers_)
    if (writable_[pipe])
      out_.push_back(pipe);
  return out_;
}

// -- receiving ----------------------------------------------------------------

pipe_id subscriber::next_in() noexcept {
  return in_.next();
}

void subscriber::received(pipe_id pipe) noexcept {
  in_.received(pipe);
}

bool subscriber::arrived(pipe_id, message& what) {
  return wants(what[0].view()) != options_->invert_matching;
}

bool subscriber::wants(std::string_view first_frame) const {
  bool found = false;
  counts_.each_prefix(first_frame, [&](std::uint32_t) {
    found = true;
    return false;
  });
  return found;
}

} // namespace zmqrt::patterns
