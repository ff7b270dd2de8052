// SPDX-License-Identifier: MPL-2.0
//
// Both ends of an inproc link, each under its own gate's lock.

#include "actors/gate/inproc_link.hpp"

#include <algorithm>
#include <utility>

#include "actors/gate/gate_state.hpp"
#include "libzmqrt/message/frees_later.hpp"

namespace zmqrt::actors {

namespace {

peer_facts facts_of(const gate& who, std::string_view name) {
  const std::string routing_id = who.options().routing_id;
  const auto properties = std::make_shared<peer_properties>();
  properties->set("Socket-Type", to_string(who.type()));
  if (!routing_id.empty())
    properties->set("Routing-Id", routing_id);
  const auto about = std::make_shared<peer_info>();
  about->endpoint = "inproc://" + std::string{name};
  about->protocol = "inproc";
  about->told = properties;
  return {routing_id, false, about};
}

inproc_bounds bounds_of(const gate& who) {
  const socket_options options = who.options();
  return {options.sndhwm, options.rcvhwm};
}

/// The writer's slab is let go after so many bytes.
constexpr std::size_t most_kept = std::size_t{32} * 1024;

} // namespace

// -- making and ending --------------------------------------------------------

inproc_link::inproc_link() {
  for (unsigned i = 0; i < 2; ++i) {
    sides_[i].out.link = this;
    sides_[i].out.from = i;
  }
}

std::shared_ptr<inproc_link>
inproc_link::make(const std::shared_ptr<gate>& connecting,
                  std::optional<pipe_id> wish,
                  const std::shared_ptr<gate>& holder, std::string_view name) {
  const auto theirs = holder->attach({});
  if (!theirs)
    return nullptr;
  const auto ours = wish ? wish : connecting->attach({});
  if (!ours) {
    batch none;
    holder->detach(*theirs, none);
    return nullptr;
  }
  if (!holder->introduce(*theirs, facts_of(*connecting, name))
      || !connecting->introduce(*ours, facts_of(*holder, name))) {
    batch none;
    holder->detach(*theirs, none);
    if (!wish)
      connecting->detach(*ours, none);
    return nullptr;
  }
  auto made = std::make_shared<inproc_link>();
  made->place(0, connecting, *ours);
  made->place(1, holder, *theirs);
  made->join(0, bounds_of(*holder));
  made->join(1, bounds_of(*connecting));
  made->greet(0);
  made->greet(1);
  // What was sent before both were joined was heard by nobody.
  for (const unsigned by : {0U, 1U}) {
    made->sides_[1 - by].input_state.store(waiting, std::memory_order_release);
    made->call_reader(by);
  }
  return made;
}

bool inproc_link::joins(const gate& who) const noexcept {
  return sides_[0].who == &who || sides_[1].who == &who;
}

void inproc_link::end() {
  batch sent[2];
  stop_output(0, sent[0]);
  stop_output(1, sent[1]);
  end_input(0, sent[1]);
  end_input(1, sent[0]);
}

void inproc_link::end_for(const gate& who) {
  const unsigned closing = sides_[0].who == &who ? 0 : 1;
  const unsigned staying = 1 - closing;
  batch sent[2];
  stop_output(closing, sent[closing]);
  stop_output(staying, sent[staying]);
  end_input(staying, sent[closing]);
  if (const auto peer = sides_[staying].owner.lock()) {
    gate::state& at = *peer->state_;
    errands todo;
    gate_guard guard(at.lock);
    at.hand_over(sent[staying], todo);
    at.finish(guard, todo);
  }
  batch none;
  end_input(closing, none);
}

void inproc_link::place(unsigned at, const std::shared_ptr<gate>& owner,
                        pipe_id id) {
  sides_[at].owner = owner;
  sides_[at].who = owner.get();
  sides_[at].pipe = id;
}

void inproc_link::join(unsigned at, inproc_bounds peer) {
  const auto owner = sides_[at].owner.lock();
  if (!owner)
    return;
  gate::state& state = *owner->state_;
  errands todo;
  gate_guard guard(state.lock);
  if (pipe* const mine = state.find(sides_[at].pipe)) {
    const auto self = shared_from_this();
    mine->link = self;
    mine->bell = {self, &sides_[at].out};
    mine->side = static_cast<std::uint8_t>(at);
    mine->peer_bounds = peer;
    state.set_limits(*mine);
    state.set_writable(sides_[at].pipe, *mine);
    state.chain_senders(todo);
  }
  state.finish(guard, todo);
}

void inproc_link::greet(unsigned at) {
  const auto owner = sides_[at].owner.lock();
  if (!owner)
    return;
  gate::state& state = *owner->state_;
  errands todo;
  gate_guard guard(state.lock);
  if (state.find(sides_[at].pipe, *this) != nullptr)
    state.greet(sides_[at].pipe, todo);
  state.finish(guard, todo);
}

void inproc_link::stop_output(unsigned at, batch& unsent) {
  const auto owner = sides_[at].owner.lock();
  if (!owner)
    return;
  gate::state& state = *owner->state_;
  const gate_guard guard(state.lock);
  if (pipe* const mine = state.find(sides_[at].pipe, *this))
    state.retire(sides_[at].pipe, *mine, unsent);
}

void inproc_link::end_input(unsigned at, batch& rest) {
  const auto owner = sides_[at].owner.lock();
  if (!owner)
    return;
  gate::state& state = *owner->state_;
  errands todo;
  gate_guard guard(state.lock);
  if (pipe* const mine = state.find(sides_[at].pipe, *this)) {
    mine->bell.reset();
    if (mine->pulling) {
      // What is being fetched comes first.
      sides_[at].last_sent.splice(rest);
    } else {
      if (!rest.empty())
        state.push_input(*mine, rest, todo);
      mine->link.reset();
      state.settle_input(sides_[at].pipe, *mine, todo);
      state.chain_receivers(todo);
      state.turned(todo);
      state.reroute(todo);
    }
  }
  state.finish(guard, todo);
}

// -- while it lasts -----------------------------------------------------------

void inproc_link::bell::ring() noexcept {
  link->something_sent(from);
}

void inproc_link::something_sent(unsigned by) {
  side& to = sides_[1 - by];
  if (to.input_state.exchange(waiting, std::memory_order_acq_rel) == armed)
    call_reader(by);
}

void inproc_link::call_reader(unsigned by) {
  side& to = sides_[1 - by];
  const auto owner = to.owner.lock();
  if (!owner)
    return;
  gate::state& state = *owner->state_;
  const frees_later frees; // of what the pattern reads itself
  errands todo;
  gate_guard guard(state.lock);
  if (pipe* const mine = state.find(to.pipe, *this);
      mine != nullptr && !mine->pulling) {
    state.set_readable(to.pipe, *mine, true);
    if (state.sees.digests)
      state.digest(guard, to.pipe, todo);
    else
      state.chain_receivers(todo);
  }
  state.finish(guard, todo);
}

void inproc_link::fetch(unsigned from, std::uint64_t credit, batch& out) {
  const auto owner = sides_[from].owner.lock();
  if (!owner)
    return;
  gate::state& state = *owner->state_;
  errands todo;
  gate_guard guard(state.lock);
  if (pipe* const mine = state.find(sides_[from].pipe, *this)) {
    std::swap(mine->outbox, out);
    if (!out.empty()) {
      ++mine->sent.batches;
      mine->sent.messages += out.messages();
      mine->sent.bytes += out.bytes();
    }
    mine->unheeded = false;
    // A slab whose next lines are already on this core is worth keeping, but
    // not for a link that is hardly used, and not a large one.
    side& here = sides_[from];
    here.kept_bytes += out.bytes();
    if (out.messages() < 2 || here.kept_bytes >= most_kept)
      mine->writer.restart(std::exchange(here.kept_bytes, 0));
    mine->unsent -= out.messages();
    mine->owed += out.messages();
    mine->owed -= std::min(credit, mine->owed);
    state.set_writable(sides_[from].pipe, *mine);
    state.chain_senders(todo);
  }
  state.finish(guard, todo);
}

void inproc_link::give_credit(unsigned to, std::uint64_t credit) {
  const auto owner = sides_[to].owner.lock();
  if (!owner)
    return;
  gate::state& state = *owner->state_;
  errands todo;
  gate_guard guard(state.lock);
  if (pipe* const mine = state.find(sides_[to].pipe, *this)) {
    mine->owed -= std::min(credit, mine->owed);
    state.set_writable(sides_[to].pipe, *mine);
    state.chain_senders(todo);
  }
  state.finish(guard, todo);
}

void inproc_link::set_peer_bounds(unsigned at, inproc_bounds peer) {
  const auto owner = sides_[at].owner.lock();
  if (!owner)
    return;
  gate::state& state = *owner->state_;
  errands todo;
  gate_guard guard(state.lock);
  if (pipe* const mine = state.find(sides_[at].pipe, *this)) {
    mine->peer_bounds = peer;
    state.set_limits(*mine);
    state.set_writable(sides_[at].pipe, *mine);
    state.chain_senders(todo);
    if (mine->read >= mine->lump)
      state.return_credit(*mine, todo);
  }
  state.finish(guard, todo);
}

} // namespace zmqrt::actors
