// SPDX-License-Identifier: MPL-2.0
//
// See router.hpp.

#include "libzmqrt/patterns/router.hpp"

namespace zmqrt::patterns {

namespace {

/// Of peers that come and go while the application does not read, so many
/// notices are kept; the oldest go.
constexpr std::size_t most_notices = 10'000;

} // namespace

router::router(socket_type type, const socket_options& options) noexcept
  : type_(type), options_(&options) {
}

pattern::looks router::sees() const noexcept {
  return {true, true, false};
}

// -- pipes --------------------------------------------------------------------

bool router::attach(pipe_id pipe) {
  writable_.add(pipe);
  in_.attach(pipe);
  return true;
}

void router::detach(pipe_id pipe) {
  in_.detach(pipe);
  table_.withdraw(pipe);
  // Not where another has the name by now.
  if (table_.knows(pipe) && table_.find(table_.id_of(pipe).view()) == no_pipe)
    notify(pipe, of_disconnect);
  table_.forget(pipe);
}

void router::retire(pipe_id pipe) {
  table_.withdraw(pipe);
}

void router::set_writable(pipe_id pipe, bool writable) {
  writable_.set(pipe, writable);
}

void router::set_readable(pipe_id pipe, bool readable) {
  in_.set_readable(pipe, readable);
}

bool router::plugged(pipe_id pipe, const peer& who, pipe_id& evicted) {
  std::string id = who.routing_id;
  if (id.empty() && table_.knows(pipe)) // a peer without a name, again
    id = table_.id_of(pipe).view();
  if (id.empty())
    id = table_.make_id();
  const pipe_id holder = table_.find(id);
  if (holder != pipe && holder != no_pipe) {
    if (!options_->router_handover || who.named_here)
      return false;
    table_.withdraw(holder);
    evicted = holder;
  }
  if (holder != pipe) {
    table_.withdraw(pipe);
    table_.enter(id, pipe);
  }
  notify(pipe, of_connect);
  return true;
}

void router::unplugged(pipe_id pipe, bool, bool) {
  notify(pipe, of_disconnect);
}

frame router::name_of(pipe_id pipe) const {
  return table_.knows(pipe) ? table_.id_of(pipe) : frame{};
}

std::optional<pipe_id> router::find(std::string_view routing_id) const {
  return table_.find(routing_id);
}

void router::notify(pipe_id pipe, int which) {
  if ((options_->router_notify & which) == 0 || !table_.knows(pipe))
    return;
  if (notices_.size() == most_notices)
    notices_.pop_front();
  notices_.push_back(table_.id_of(pipe));
}

// -- sending ------------------------------------------------------------------

pipe_id router::next_out() noexcept {
  return 0; // what has nowhere to go is dropped
}

delivery router::route(const message& what) {
  const bool raw = options_->raw_peers(type_);
  if (raw && what.size() != 2)
    return {delivery::kind::refused, errc::invalid_argument};
  const bool mandatory =
    type_ == socket_type::stream || options_->router_mandatory;
  delivery how;
  how.what = delivery::kind::dropped;
  const pipe_id to = table_.find(what[0].view());
  if (to == no_pipe) {
    if (mandatory)
      how = {delivery::kind::refused, errc::host_unreachable};
    else
      how.unroutable = true;
  } else if (raw && what[1].size() == 0) {
    table_.withdraw(to);
    how.what = delivery::kind::hang_up;
    how.pipe = to;
  } else if (!writable_[to]) {
    if (mandatory)
      how.what = delivery::kind::later;
    else
      how.missed = 1;
  } else if (what.size() > 1) {
    how.what = delivery::kind::to_one;
    how.pipe = to;
    how.skip = 1;
  }
  return how;
}

delivery router::outlook(const frame& first) {
  if (type_ != socket_type::stream && !options_->router_mandatory)
    return {delivery::kind::dropped};
  const pipe_id to = table_.find(first.view());
  if (to == no_pipe)
    return {delivery::kind::refused, errc::host_unreachable};
  return {writable_[to] ? delivery::kind::to_one : delivery::kind::later};
}

// -- receiving ----------------------------------------------------------------

pipe_id router::next_in() noexcept {
  return notices_.empty() ? in_.next() : from_pattern;
}

void router::received(pipe_id pipe) noexcept {
  in_.received(pipe);
}

bool router::arrived(pipe_id pipe, message& what) {
  what.push_front(table_.id_of(pipe));
  return true;
}

void router::take(message& out) {
  out = message{notices_.front()};
  out.push_back(std::string_view{});
  notices_.pop_front();
}

std::string router::reserve_name() {
  return table_.make_id();
}

} // namespace zmqrt::patterns
