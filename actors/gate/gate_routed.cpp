// SPDX-License-Identifier: MPL-2.0
//
// Sending where the pattern looks at each message: to the peer that it names,
// with an envelope, or to many at once. What goes to many is framed once; the
// pipes share the bytes. Any thread, under the gate's lock.

#include <new>
#include <utility>

#include "actors/gate/gate.hpp"
#include "actors/gate/gate_state.hpp"
#include "libzmqrt/message/subscription.hpp"

namespace zmqrt::actors {

using patterns::delivery;
using patterns::no_pipe;

namespace {

/// What goes to many is copied for a pipe that gets few of the messages, so
/// that its writes do not fall into pieces and it pins no slab; from this
/// size on it is shared.
constexpr std::size_t share_threshold = attach_threshold;

/// RFC 37, "SUBSCRIBE" and the like; RFC 48's are libzmq's.
std::string_view command_for(socket_type type, bool on) noexcept {
  if (type == socket_type::dish)
    return on ? "JOIN" : "LEAVE";
  return on ? "SUBSCRIBE" : "CANCEL";
}

delivery route(patterns::pattern& by, const message& what) {
  try {
    return by.route(what);
  } catch (const std::bad_alloc&) {
    return {delivery::kind::refused, errc::no_memory};
  }
}

bool frame_as(const delivery& how, const message& what, batch_writer& writer,
              batch& to) {
  return writer.append(to, how.envelope, what, how.skip);
}

} // namespace

std::error_code gate::state::send_routed(gate_guard& guard, const message& what,
                                         patience& left, std::int64_t& deadline,
                                         errands& todo) {
  for (;;) {
    if (failure)
      return failure;
    if (!policy->can_send())
      return make_error_code(errc::not_supported);
    if (type == socket_type::req)
      if (const auto why = fetch_stale(guard, todo))
        return why;
    const delivery how = route(*policy, what);
    bool framed = true;
    switch (how.what) {
    case delivery::kind::later:
      if (run_first(guard, todo))
        continue;
      if (const auto why = wait(guard, senders, left, deadline))
        return why;
      continue;
    case delivery::kind::refused:
      return make_error_code(how.why);
    case delivery::kind::dropped:
      break;
    case delivery::kind::to_one:
      framed = deliver_one(how.pipe, how, what, todo);
      break;
    case delivery::kind::hang_up:
      hang_up(how.pipe, todo);
      break;
    case delivery::kind::to_all:
      framed = deliver_all(how, what, todo);
      break;
    case delivery::kind::subscribe:
    case delivery::kind::cancel:
      framed = tell_all(how, todo);
      break;
    }
    if (!framed)
      return make_error_code(errc::no_memory);
    drop_stale(todo);
    dropped.full += how.missed;
    dropped.unroutable += how.unroutable ? 1 : 0;
    policy->sent(how.pipe);
    turned(todo);
    return {};
  }
}

bool gate::state::deliver_one(pipe_id id, const delivery& how,
                              const message& what, errands& todo) {
  pipe& to = *pipes[id];
  const bool was_empty = to.outbox.empty();
  if (!frame_as(how, what, to.writer, to.outbox))
    return false;
  appended(id, to, was_empty, todo);
  return true;
}

// -- to many ------------------------------------------------------------------

std::span<const segment>
gate::state::press(const delivery& how, const message& what, segment& tail) {
  const std::size_t before = pressed.bytes();
  if (!frame_as(how, what, press_writer, pressed))
    return {};
  const segment& last = pressed.segments().back();
  const std::size_t size = pressed.bytes() - before;
  if (size <= last.size) {
    tail = {last.owner, last.data + (last.size - size), size};
    return {&tail, 1};
  }
  // It lies in several pieces: framed again, it is all that is there.
  pressed.clear();
  if (!frame_as(how, what, press_writer, pressed))
    return {};
  return pressed.segments();
}

bool gate::state::deliver_all(const delivery& how, const message& what,
                              errands& todo) {
  if (how.pipes.size() == 1) // nothing to share
    return deliver_one(how.pipes.front(), how, what, todo);
  segment tail;
  const auto pieces = press(how, what, tail);
  if (pieces.empty())
    return false;
  for (const pipe_id id : how.pipes) {
    pipe& to = *pipes[id];
    const bool was_empty = to.outbox.empty();
    const std::span<const segment> there = to.outbox.segments();
    const bool follows =
      there.empty()
      || (there.back().data + there.back().size == pieces.front().data
          && there.back().owner == pieces.front().owner);
    const bool shared =
      follows || pieces.size() > 1 || pieces.front().size >= share_threshold;
    if (shared ? !to.outbox.append(pieces, 1)
               : !frame_as(how, what, to.writer, to.outbox)) {
      ++dropped.full; // short of memory: the others have it, or will
      continue;
    }
    appended(id, to, was_empty, todo);
  }
  if (pressed.segments().size() > 1)
    pressed.clear();
  return true;
}

// -- subscriptions ------------------------------------------------------------

bool gate::state::tell(pipe_id id, bool on, std::string_view topic,
                       errands& todo) {
  pipe& to = *pipes[id];
  const bool was_empty = to.outbox.empty();
  bool framed = false;
  if (to.by_command) {
    framed = to.writer.append_command(to.outbox, command_for(type, on), topic);
  } else {
    const std::string body = to_text({on, topic});
    framed = to.writer.append(to.outbox, message{std::string_view{body}});
  }
  if (framed)
    appended(id, to, was_empty, todo);
  return framed;
}

bool gate::state::tell_all(const delivery& how, errands& todo) {
  const bool on = how.what == delivery::kind::subscribe;
  for (const pipe_id id : how.pipes)
    if (!tell(id, on, how.topic, todo))
      return false;
  return true;
}

std::string gate::reserve_name() {
  const gate_guard guard(state_->lock);
  auto& name = state_->options.connect_routing_id;
  name = state_->policy ? state_->policy->reserve_name() : std::string{};
  return name;
}

std::error_code gate::subscribe(std::string_view topic, bool on) {
  state& self = *state_;
  errands todo;
  gate_guard guard(self.lock);
  std::error_code why = self.failure;
  if (!why && self.policy) {
    const delivery how = self.policy->subscribe(topic, on);
    if (how.what == delivery::kind::refused)
      why = make_error_code(how.why);
    else if (how.what != delivery::kind::dropped && !self.tell_all(how, todo))
      why = make_error_code(errc::no_memory);
  }
  self.finish(guard, todo);
  return why;
}

void gate::state::insert(pipe_id id, const message& what, errands& todo) {
  pipe& to = *pipes[id];
  const bool was_empty = to.outbox.empty();
  // Without memory the connection does without it.
  if (to.writer.append(to.outbox, what))
    appended(id, to, was_empty, todo);
}

} // namespace zmqrt::actors
