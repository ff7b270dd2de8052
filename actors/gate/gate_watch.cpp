// SPDX-License-Identifier: MPL-2.0
//
// Readiness: whether a verb would succeed now, and who is called when it
// would. A gate that nobody watches pays one comparison per call.

#include <algorithm>

#include "actors/gate/gate.hpp"
#include "actors/gate/gate_state.hpp"

namespace zmqrt::actors {

using patterns::no_pipe;

bool gate::state::look_readable(gate_guard& guard, errands& todo) {
  if (failure || !policy)
    return false;
  if (sees.in)
    return read_ahead(guard, todo) && !failure;
  while (!failure) {
    const pipe_id id = policy->next_in();
    if (id == no_pipe)
      return false;
    if (!pipes[id]->inbox.empty())
      return true;
    // An inproc peer left word; whether it is still true is seen there.
    pull(guard, id, todo);
  }
  return false;
}

unsigned gate::poll(unsigned wanted, const std::shared_ptr<watcher>& who) {
  state& self = *state_;
  errands todo;
  gate_guard guard(self.lock);
  unsigned held = 0;
  if ((wanted & poll_in) != 0 && self.look_readable(guard, todo))
    held |= poll_in;
  if (self.failure || !self.policy)
    held |= poll_error;
  else if ((wanted & poll_out) != 0 && self.policy->next_out() != no_pipe)
    held |= poll_out;
  if (held == 0 && who)
    self.watch_for(who).wanted = wanted;
  // Whoever was called while we had a pipe found nothing, and sleeps on.
  if (self.policy)
    self.chain_receivers(todo);
  self.finish(guard, todo);
  return held;
}

void gate::follow(unsigned wanted, const std::shared_ptr<watcher>& who) {
  state& self = *state_;
  errands todo;
  gate_guard guard(self.lock);
  state::watch& at = self.watch_for(who);
  at.wanted = wanted;
  at.follows = true;
  at.held = self.hopes(wanted) != 0;
  self.finish(guard, todo);
  who->call();
}

void gate::retry_with(unsigned wanted, const std::shared_ptr<watcher>& who) {
  state& self = *state_;
  const gate_guard guard(self.lock);
  state::watch& at = self.watch_for(who);
  at.wanted = wanted;
  at.retries = true;
  // What has happened so far the verb will see.
  ((wanted & poll_out) != 0 ? self.stirred_out : self.stirred_in) = false;
}

void gate::forget(const watcher& who) {
  state& self = *state_;
  const gate_guard guard(self.lock);
  std::erase_if(self.watches, [&](const auto& known) {
    const bool same = known.who.get() == &who;
    self.armed_watches -= same && known.armed ? 1 : 0;
    return same;
  });
}

gate::state::watch&
gate::state::watch_for(const std::shared_ptr<watcher>& who) {
  auto at = std::find_if(watches.begin(), watches.end(),
                         [&](const auto& known) { return known.who == who; });
  if (at == watches.end())
    at = watches.insert(at, {who, 0, false, false, false, false});
  armed_watches += at->armed ? 0 : 1;
  at->armed = true;
  return *at;
}

unsigned gate::state::hopes(unsigned wanted) const {
  if (failure || !policy)
    return poll_error;
  unsigned found = 0;
  if ((wanted & poll_in) != 0
      && (ahead_from != no_pipe || policy->next_in() != no_pipe))
    found |= poll_in;
  if ((wanted & poll_out) != 0 && policy->next_out() != no_pipe)
    found |= poll_out;
  return found;
}

bool gate::state::may_differ(unsigned wanted) const {
  if (failure || !policy)
    return true;
  if ((wanted & poll_in) != 0 && (stirred_in || hopes(poll_in) != 0))
    return true;
  // Where messages say where they go, poll_out holds all the time.
  return (wanted & poll_out) != 0
         && (sees.out ? stirred_out : hopes(poll_out) != 0);
}

void gate::state::notice(errands& todo) {
  for (watch& each : watches) {
    if (!each.armed)
      continue;
    if (each.retries ? !may_differ(each.wanted)
                     : (hopes(each.wanted) != 0) == each.held)
      continue;
    if (each.follows) {
      each.held = !each.held;
    } else {
      each.armed = false;
      --armed_watches;
    }
    todo.any = true;
    todo.rarely().watchers.push_back(each.who);
  }
  stirred_in = stirred_out = false;
}

} // namespace zmqrt::actors
