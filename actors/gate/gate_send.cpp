// SPDX-License-Identifier: MPL-2.0
//
// Sending: the pattern picks the pipe, the message is framed into its outbox
// under the lock, and the first one rings. Any thread.

#include <new>
#include <utility>

#include "actors/gate/gate.hpp"
#include "actors/gate/gate_state.hpp"

namespace zmqrt::actors {

using patterns::no_pipe;

namespace {

/// A message for the time of one call: a body that is going to be copied
/// anyway is only referred to.
message passing(std::span<const std::byte> what) {
  if (what.size() <= frame::inline_capacity || what.size() >= attach_threshold)
    return message{what};
  return message{
    frame::literal({reinterpret_cast<const char*>(what.data()), what.size()})};
}

/// Why a message may not be sent.
std::error_code flaw_of(const message& what, std::size_t most_bytes) noexcept {
  const bool too_long = what.size() > most_frames || what.bytes() > most_bytes;
  return make_error_code(too_long ? errc::message_too_long
                                  : errc::invalid_argument);
}

} // namespace

std::error_code gate::state::choose_out(gate_guard& guard, patience& left,
                                        std::int64_t& deadline,
                                        pipe_id& chosen) {
  for (;;) {
    if (failure) [[unlikely]]
      return failure;
    if (!policy) [[unlikely]]
      return make_error_code(errc::not_supported);
    chosen = policy->next_out();
    if (chosen != no_pipe) [[likely]] {
      if (!crowded(*pipes[chosen]) || left.ns == 0) [[likely]]
        return {};
      let_read(guard, chosen);
      chosen = policy->next_out();
      if (chosen != no_pipe && !failure)
        return {};
      continue;
    }
    if (!policy->can_send())
      return make_error_code(errc::not_supported);
    if (const auto why = wait(guard, senders, left, deadline))
      return why;
  }
}

void gate::state::appended(pipe_id id, pipe& at, bool was_empty,
                           errands& todo) {
  if (was_empty)
    todo.ring_later(at.bell);
  ++at.unsent;
  if (conflates_out && !was_empty) [[unlikely]] {
    const std::uint64_t replaced = at.outbox.messages() - 1;
    todo.outlive(at.outbox.segments());
    at.outbox.drop_front(replaced);
    at.unsent -= replaced;
    dropped.replaced += replaced;
  }
  if (!at.has_room()) [[unlikely]] {
    set_writable(id, at);
    if (tells_full)
      todo.ring_later(at.bell);
  }
}

std::error_code gate::send(const message& what, patience wait) {
  state& self = *state_;
  if (!self.may_send(what)) [[unlikely]]
    return flaw_of(what, self.most_bytes);
  errands todo;
  std::int64_t deadline = no_deadline;
  pipe_id id = no_pipe;
  gate_guard guard(self.lock);
  std::error_code why;
  if (self.sees.out) [[unlikely]] {
    why = self.send_routed(guard, what, wait, deadline, todo);
    self.finish(guard, todo);
    return why;
  }
  why = self.choose_out(guard, wait, deadline, id);
  if (!why) [[likely]] {
    pipe& to = *self.pipes[id];
    const bool was_empty = to.outbox.empty();
    if (to.writer.append(to.outbox, what)) [[likely]] {
      self.policy->sent(id);
      self.appended(id, to, was_empty, todo);
    } else {
      why = make_error_code(errc::no_memory);
    }
    self.chain_senders(todo);
  }
  self.finish(guard, todo);
  return why;
}

std::error_code gate::send(message&& what, patience wait) {
  const auto why = send(std::as_const(what), wait);
  if (!why)
    what.clear();
  return why;
}

std::error_code gate::send(std::span<const std::byte> what, patience wait) {
  try {
    const message whole = passing(what); // const: nothing to be cleared
    return send(whole, wait);
  } catch (const std::bad_alloc&) {
    return make_error_code(errc::no_memory);
  }
}

std::error_code gate::send_batch(std::span<message> what, patience wait,
                                 std::size_t& count) {
  count = 0;
  state& self = *state_;
  std::error_code why;
  while (!why && count < what.size()) {
    if (!self.may_send(what[count])) {
      why = flaw_of(what[count], self.most_bytes);
      break;
    }
    errands todo;
    std::int64_t deadline = no_deadline;
    const std::size_t first = count;
    gate_guard guard(self.lock);
    // The lock is kept as long as no doorbell has to be rung.
    while (count < what.size() && self.may_send(what[count]) && !todo.bell) {
      pipe_id id = no_pipe;
      if (self.sees.out) {
        why = self.send_routed(guard, what[count], wait, deadline, todo);
        if (why)
          break;
        ++count;
        wait = patience::never();
        continue;
      }
      why = self.choose_out(guard, wait, deadline, id);
      if (why)
        break;
      pipe& to = *self.pipes[id];
      const bool was_empty = to.outbox.empty();
      if (!to.writer.append(to.outbox, what[count])) {
        why = make_error_code(errc::no_memory);
        break;
      }
      self.policy->sent(id);
      self.appended(id, to, was_empty, todo);
      ++count;
      wait = patience::never();
    }
    if (!self.sees.out)
      self.chain_senders(todo);
    self.finish(guard, todo);
    for (message& sent : what.subspan(first, count - first))
      sent.clear();
  }
  return count != 0 ? std::error_code{} : why;
}

} // namespace zmqrt::actors
