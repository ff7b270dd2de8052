// SPDX-License-Identifier: MPL-2.0
//
// See server.hpp.

#include "libzmqrt/patterns/server.hpp"

#include <cstring>

namespace zmqrt::patterns {

std::string name_of_route(std::uint32_t id) {
  std::string name(sizeof id, '\0');
  std::memcpy(name.data(), &id, sizeof id);
  return name;
}

std::uint32_t route_of_name(std::string_view name) noexcept {
  std::uint32_t id = 0;
  if (name.size() == sizeof id)
    std::memcpy(&id, name.data(), sizeof id);
  return id;
}

pattern::looks server::sees() const noexcept {
  return {true, true, false};
}

// -- pipes --------------------------------------------------------------------

bool server::attach(pipe_id pipe) {
  if (pipe >= ids_.size())
    ids_.resize(pipe + 1);
  writable_.add(pipe);
  enter(pipe, unused_id());
  in_.attach(pipe);
  return true;
}

void server::detach(pipe_id pipe) {
  in_.detach(pipe);
  retire(pipe);
  ids_[pipe] = 0;
}

void server::retire(pipe_id pipe) {
  // Its messages can still be read, with the id that nobody is reached by.
  const auto at = pipes_.find(ids_[pipe]);
  if (at != pipes_.end() && at->second == pipe)
    pipes_.erase(at);
}

void server::set_writable(pipe_id pipe, bool writable) {
  writable_.set(pipe, writable);
}

void server::set_readable(pipe_id pipe, bool readable) {
  in_.set_readable(pipe, readable);
}

bool server::plugged(pipe_id pipe, const peer& who, pipe_id&) {
  const auto id = who.named_here ? route_of_name(who.routing_id) : 0;
  if (id != 0 && id != ids_[pipe]) {
    if (pipes_.contains(id))
      return false;
    retire(pipe);
    enter(pipe, id);
  }
  return true;
}

frame server::name_of(pipe_id pipe) const {
  return frame{std::string_view{name_of_route(ids_[pipe])}};
}

std::optional<pipe_id> server::find(std::string_view routing_id) const {
  const auto at = pipes_.find(route_of_name(routing_id));
  return at == pipes_.end() ? no_pipe : at->second;
}

void server::enter(pipe_id pipe, std::uint32_t id) {
  pipes_.emplace(id, pipe);
  ids_[pipe] = id;
}

std::uint32_t server::unused_id() noexcept {
  do
    ++last_id_;
  while (last_id_ == 0 || pipes_.contains(last_id_));
  return last_id_;
}

std::string server::reserve_name() {
  return name_of_route(unused_id());
}

// -- sending ------------------------------------------------------------------

pipe_id server::next_out() noexcept {
  return 0; // whether it would wait depends on the message
}

delivery server::route(const message& what) {
  delivery how;
  const auto at = pipes_.find(what.routing_id());
  if (at == pipes_.end())
    return {delivery::kind::refused, errc::host_unreachable};
  if (!writable_[at->second])
    return how; // later
  how.what = delivery::kind::to_one;
  how.pipe = at->second;
  return how;
}

// -- receiving ----------------------------------------------------------------

pipe_id server::next_in() noexcept {
  return in_.next();
}

void server::received(pipe_id pipe) noexcept {
  in_.received(pipe);
}

bool server::arrived(pipe_id pipe, message& what) {
  what.set_routing_id(ids_[pipe]);
  return true;
}

} // namespace zmqrt::patterns
