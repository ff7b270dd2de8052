// SPDX-License-Identifier: MPL-2.0
//
// Receiving: the pattern says whose turn it is, the message is copied out of
// that pipe's inbox. Any thread.

#include <utility>

#include "actors/gate/gate.hpp"
#include "actors/gate/gate_state.hpp"

namespace zmqrt::actors {

using patterns::no_pipe;

std::error_code gate::state::choose_in(gate_guard& guard, patience& left,
                                       std::int64_t& deadline, pipe_id& chosen,
                                       errands& todo) {
  for (;;) {
    if (failure) [[unlikely]]
      return failure;
    if (!policy) [[unlikely]]
      return make_error_code(errc::not_supported);
    chosen = policy->next_in();
    if (chosen == no_pipe) {
      if (!policy->can_receive())
        return make_error_code(errc::not_supported);
      if (const auto why = wait(guard, receivers, left, deadline))
        return why;
      continue;
    }
    const pipe& at = *pipes[chosen];
    if (!at.inbox.empty() && !(conflates_in && unfetched(at))) [[likely]]
      return {};
    pull(guard, chosen, todo);
  }
}

gate::state::reading gate::state::read_one(pipe_id id, pipe& at, message& out,
                                           errands& todo) {
  if (at.earlier.empty()) [[likely]] {
    if (!at.inbox.next(out, at.properties)) [[unlikely]]
      return reading::no_memory;
  } else {
    auto& [count, properties] = at.earlier.front();
    if (!at.inbox.next(out, properties))
      return reading::no_memory;
    if (--count == 0)
      at.earlier.erase(at.earlier.begin());
  }
  policy->received(id);
  auto how = reading::done;
  // Before the pipe may end with this message.
  if (sees.in && !policy->arrived(id, out))
    how = reading::dropped;
  if (sees.digests) {
    policy->digest(id, std::move(out));
    how = reading::dropped;
  }
  if (how == reading::dropped && !sees.digests) [[unlikely]]
    ++dropped.unwanted;
  if (at.link) {
    if (++at.read >= at.lump) [[unlikely]]
      return_credit(at, todo);
  } else if (at.paused) [[unlikely]] {
    resume_input(at, todo);
  }
  if (at.inbox.empty()) [[unlikely]]
    settle_input(id, at, todo);
  return how;
}

void gate::state::resume_input(pipe& at, errands& todo) {
  if (!at.paused
      || (at.input_limit != no_limit
          && at.inbox.messages() > at.input_limit / 2))
    return;
  at.paused = false;
  todo.ring_later(at.bell);
}

void gate::state::settle_input(pipe_id id, pipe& at, errands& todo) {
  if (!at.inbox.empty()) {
    if (at.retired && !at.link && !at.told_gone) {
      at.told_gone = true;
      policy->retire(id);
    }
    set_readable(id, at, true);
  } else if (at.link) {
    set_readable(id, at, !arm(at));
  } else if (at.retired) {
    policy->detach(id);
    bury(at);
    todo.rarely().dead = std::move(pipes[id]);
    free_ids.push_back(id);
  } else {
    set_readable(id, at, false);
  }
}

void gate::state::push_input(pipe& at, batch& from, errands& todo) {
  ++at.received.batches;
  at.received.messages += from.messages();
  at.received.bytes += from.bytes();
  if (conflates_in) {
    dropped.replaced += from.messages() - 1 + at.inbox.messages();
    todo.outlive(from.segments());
    todo.outlive(at.inbox.segments());
    at.read += from.messages() - 1;
    from.drop_front(from.messages() - 1);
    at.read += at.inbox.messages();
    at.inbox.clear();
    at.earlier.clear();
  }
  at.inbox.push(from);
}

std::error_code gate::recv(message& out, patience wait) {
  state& self = *state_;
  errands todo;
  std::int64_t deadline = no_deadline;
  pipe_id id = no_pipe;
  if (has_foreign(out)) [[unlikely]]
    out.clear(); // not under the lock: see errands::rare::kept
  gate_guard guard(self.lock);
  std::error_code why;
  if (self.sees.in) [[unlikely]] {
    why = self.recv_seen(guard, out, wait, deadline, todo);
    if (!why)
      self.chain_receivers(todo);
    self.finish(guard, todo);
    return why;
  }
  why = self.choose_in(guard, wait, deadline, id, todo);
  if (!why) [[likely]] {
    if (self.read_one(id, *self.pipes[id], out, todo)
        == state::reading::no_memory) [[unlikely]]
      why = make_error_code(errc::no_memory);
    self.chain_receivers(todo);
  }
  self.finish(guard, todo);
  return why;
}

std::error_code gate::recv_batch(std::vector<message>& out, std::size_t most,
                                 patience wait) {
  state& self = *state_;
  std::size_t count = 0;
  std::error_code why;
  while (!why && count < most) {
    errands todo;
    std::int64_t deadline = no_deadline;
    gate_guard guard(self.lock);
    // The lock is kept as long as there is nothing to tell anybody.
    while (count < most && !todo.any && !todo.others) {
      if (self.sees.in) {
        message found;
        why = self.recv_seen(guard, found, wait, deadline, todo);
        if (why)
          break;
        out.push_back(std::move(found));
        ++count;
        wait = patience::never();
        continue;
      }
      pipe_id id = no_pipe;
      why = self.choose_in(guard, wait, deadline, id, todo);
      if (why)
        break;
      message& next = out.emplace_back();
      if (self.read_one(id, *self.pipes[id], next, todo)
          == state::reading::no_memory) {
        out.pop_back();
        why = make_error_code(errc::no_memory);
        break;
      }
      ++count;
      wait = patience::never();
    }
    self.chain_receivers(todo);
    self.finish(guard, todo);
  }
  return count != 0 ? std::error_code{} : why;
}

} // namespace zmqrt::actors
