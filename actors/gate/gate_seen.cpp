// SPDX-License-Identifier: MPL-2.0
//
// Receiving where the pattern looks at each message: it may change it, drop
// it, keep it for itself (PUB's subscriptions), or have one of its own. Any
// thread, under the gate's lock.

#include <new>
#include <utility>

#include "actors/gate/gate.hpp"
#include "actors/gate/gate_state.hpp"

namespace zmqrt::actors {

using patterns::from_pattern;
using patterns::no_pipe;

std::error_code gate::state::recv_seen(gate_guard& guard, message& out,
                                       patience& left, std::int64_t& deadline,
                                       errands& todo) {
  for (;;) {
    if (failure)
      return failure;
    pipe_id from = std::exchange(ahead_from, no_pipe);
    if (from != no_pipe) {
      out = std::move(ahead);
      ahead.clear();
    } else {
      from = read_wanted(guard, out, todo);
    }
    if (from != no_pipe) [[likely]] {
      policy->handed_out(from);
      turned(todo);
      return {};
    }
    if (failure || ahead_from != no_pipe)
      continue; // the lock was released meanwhile
    if (!policy->can_receive())
      return make_error_code(errc::not_supported);
    if (const auto why = policy->receive_flaw()) {
      if (why != errc::fsm) // then it may ask again
        turned(todo);
      return why;
    }
    // What was dropped may have made room that somebody has to hear of.
    if (run_first(guard, todo))
      continue;
    if (const auto why = wait(guard, receivers, left, deadline))
      return why;
  }
}

pipe_id gate::state::read_wanted(gate_guard& guard, message& into,
                                 errands& todo) {
  while (ahead_from == no_pipe && !failure) {
    const pipe_id id = policy->next_in();
    if (id == no_pipe)
      break;
    if (id == from_pattern) {
      policy->take(into);
      return id;
    }
    pipe& at = *pipes[id];
    if (at.inbox.empty() || (conflates_in && unfetched(at))) {
      pull(guard, id, todo);
      continue;
    }
    const auto how = read_one(id, at, into, todo);
    if (how == reading::done) [[likely]]
      return id;
    if (how == reading::no_memory)
      break;
    todo.outlive(into);
  }
  return no_pipe;
}

bool gate::state::read_ahead(gate_guard& guard, errands& todo) {
  if (ahead_from == no_pipe)
    if (const pipe_id from = read_wanted(guard, ahead, todo); from != no_pipe)
      ahead_from = from;
  return ahead_from != no_pipe;
}

std::error_code gate::state::fetch_stale(gate_guard& guard, errands& todo) {
  if (policy->next_stale() == no_pipe || policy->next_out() == no_pipe)
    return {};
  for (pipe_id id = 0; id < pipes.size() && !failure; ++id) {
    const pipe* const at = find(id);
    if (at != nullptr && at->readable && at->inbox.empty())
      pull(guard, id, todo);
  }
  // Whoever was called while we had a pipe found nothing, and sleeps on.
  chain_receivers(todo);
  try { // what drop_stale() will need
    errands::rare& aside = todo.rarely();
    aside.more_credit.reserve(pipes.size());
    aside.more_bells.reserve(pipes.size());
  } catch (const std::bad_alloc&) {
    return make_error_code(errc::no_memory);
  }
  return failure;
}

void gate::state::drop_stale(errands& todo) {
  if (type != socket_type::req)
    return;
  if (std::exchange(ahead_from, no_pipe) != no_pipe) {
    ++dropped.unwanted; // a reply to the former request (REQ_RELAXED)
    todo.outlive(ahead);
  }
  if (policy->next_stale() == no_pipe)
    return;
  for (pipe_id id = 0; id < pipes.size(); ++id)
    if (pipe* const at = find(id); at != nullptr && !at->inbox.empty())
      drop_input(id, *at, todo);
}

void gate::state::drop_input(pipe_id id, pipe& at, errands& todo) {
  const std::uint64_t count = at.inbox.messages();
  dropped.unwanted += count;
  todo.outlive(at.inbox.segments());
  at.inbox.clear();
  at.earlier.clear();
  at.read += at.link ? count : 0;
  if (at.link && at.read >= at.lump)
    return_credit(at, todo);
  resume_input(at, todo);
  settle_input(id, at, todo);
}

void gate::state::digest(gate_guard& guard, pipe_id id, errands& todo) {
  message next;
  for (pipe* at = find(id); at != nullptr; at = find(id)) {
    if (at->inbox.empty()) {
      if (!at->link || !at->readable || at->pulling)
        break;
      pull(guard, id, todo);
    } else if (read_one(id, *at, next, todo) == reading::no_memory) {
      break;
    }
  }
  chain_receivers(todo);
}

} // namespace zmqrt::actors
