// SPDX-License-Identifier: MPL-2.0
//
// The reactor's side of a gate: pipes come and go, sessions take batches out
// and put batches in.

#include <algorithm>
#include <array>
#include <cassert>
#include <utility>

#include "actors/gate/gate.hpp"
#include "actors/gate/gate_state.hpp"

namespace zmqrt::actors {

namespace {

using patterns::no_pipe;

// Senders that wait are woken at the latest when so much has gone out.
constexpr std::size_t lump_bytes = std::size_t{256} * 1024;
// Receivers that wait are called at the latest when so much has come in.
constexpr std::size_t enough_bytes = std::size_t{1024} * 1024;
// A raw peer that comes and goes while the application does not read is
// announced until so much waits beyond RCVHWM.
constexpr std::uint64_t most_announced = 1000;

} // namespace

std::optional<pipe_id> gate::attach(pipe_setup setup) {
  state& self = *state_;
  auto made = std::make_unique<pipe>(self.buffers, self.copies_input);
  made->bell = std::move(setup.bell);
  made->properties = std::move(setup.properties);
  made->send_hwm = setup.send_hwm;
  made->receive_hwm = setup.receive_hwm;
  made->name = std::move(setup.name);
  errands todo;
  gate_guard guard(self.lock);
  if (self.failure || !self.policy)
    return std::nullopt;
  const bool fresh = self.free_ids.empty();
  const auto id =
    fresh ? static_cast<pipe_id>(self.pipes.size()) : self.free_ids.back();
  if (!self.policy->attach(id))
    return std::nullopt;
  const bool known = setup.peer.has_value();
  if ((known || !made->name.empty())
      && !self.meet(id, *made, known ? *setup.peer : peer_facts{}, todo)) {
    self.policy->detach(id);
    return std::nullopt;
  }
  made->serial = self.next_serial++;
  self.set_limits(*made);
  if (fresh) {
    self.pipes.push_back(std::move(made));
  } else {
    self.free_ids.pop_back();
    self.pipes[id] = std::move(made);
  }
  self.set_writable(id, *self.pipes[id]);
  if (known)
    self.greet(id, todo);
  self.chain_senders(todo);
  self.finish(guard, todo);
  return id;
}

pipe_setup gate::connect_setup() {
  state& self = *state_;
  const gate_guard guard(self.lock);
  pipe_setup made;
  made.name = std::exchange(self.options.connect_routing_id, {});
  if (made.name.empty() && self.options.raw_peers(self.type)) {
    made.name = self.policy->reserve_name();
    self.options.routing_id = made.name;
  }
  return made;
}

bool gate::introduce(pipe_id id, const peer_facts& who) {
  state& self = *state_;
  errands todo;
  gate_guard guard(self.lock);
  pipe* const at = self.find(id);
  const bool met =
    at != nullptr && self.policy && self.meet(id, *at, who, todo);
  self.finish(guard, todo);
  return met;
}

bool gate::plug(pipe_id id, std::shared_ptr<doorbell> bell,
                std::shared_ptr<const peer_properties> properties,
                const peer_facts& who) {
  state& self = *state_;
  errands todo;
  gate_guard guard(self.lock);
  pipe* const at = self.find(id);
  if (at == nullptr)
    return false;
  const bool stays = at->fate != pipe_fate::hung_up;
  if (!self.policy || (stays && !self.meet(id, *at, who, todo)))
    return false;
  if (at->fate == pipe_fate::evicted) { // it has its name again
    at->fate = pipe_fate::stays;
    self.set_writable(id, *at);
    self.chain_senders(todo);
  }
  at->bell = std::move(bell);
  ++at->plugs;
  if (!at->outbox.empty() || !stays)
    todo.ring_later(at->bell);
  std::uint64_t unread = at->inbox.messages();
  for (const auto& [count, known] : at->earlier)
    unread -= count;
  if (unread != 0)
    at->earlier.emplace_back(unread, std::move(at->properties));
  at->properties = std::move(properties);
  if (stays)
    self.greet(id, todo);
  self.finish(guard, todo);
  return true;
}

void gate::unplug(pipe_id id, batch& unaccepted) {
  state& self = *state_;
  errands todo;
  gate_guard guard(self.lock);
  pipe* const at = self.find(id);
  if (at == nullptr)
    return;
  at->bell.reset();
  unaccepted.splice(at->outbox);
  if (self.subscribes || at->raw) {
    // The next peer is told all of them; or it is sent no rest of what was for
    // another one.
    at->unsent -= unaccepted.messages();
    self.dropped.unsent += at->raw ? unaccepted.messages() : 0;
    todo.outlive(unaccepted.segments());
    unaccepted.clear();
    self.set_writable(id, *at);
    self.chain_senders(todo);
  }
  std::swap(unaccepted, at->outbox);
  self.part(id, *at, self.options.hiccup_msg, todo);
  if (self.policy)
    self.policy->unplugged(id, at->outbox.empty(), at->inbox.empty());
  self.turned(todo);
  at->writer.restart(at->outbox.bytes());
  if (self.conflates_out && at->outbox.messages() > 1) {
    at->unsent -= at->outbox.messages() - 1;
    self.dropped.replaced += at->outbox.messages() - 1;
    todo.outlive(at->outbox.segments());
    at->outbox.drop_front(at->outbox.messages() - 1);
  }
  self.chain_receivers(todo);
  self.finish(guard, todo);
}

std::uint64_t gate::detach(pipe_id id, batch& unaccepted) {
  state& self = *state_;
  errands todo;
  gate_guard guard(self.lock);
  pipe* const at = self.find(id);
  if (at == nullptr || at->retired)
    return 0;
  self.retire(id, *at, unaccepted);
  const std::uint64_t dropped = self.hand_over(unaccepted, todo);
  at->bell.reset();
  self.part(id, *at, self.options.disconnect_msg, todo);
  self.settle_input(id, *at, todo);
  self.turned(todo);
  self.reroute(todo);
  self.chain_receivers(todo);
  self.finish(guard, todo);
  return dropped;
}

void gate::stop_sending(pipe_id id) {
  state& self = *state_;
  const gate_guard guard(self.lock);
  if (pipe* const at = self.find(id)) {
    at->ending = true;
    self.set_writable(id, *at);
  }
}

void gate::stop_sending(pipe_id id, std::uint64_t serial) {
  state& self = *state_;
  const gate_guard guard(self.lock);
  if (pipe* const at = self.find(id); at != nullptr && at->serial == serial) {
    at->ending = true;
    self.set_writable(id, *at);
  }
}

std::uint64_t gate::serial_of(pipe_id id) const {
  const gate_guard guard(state_->lock);
  const pipe* const at = state_->find(id);
  return at != nullptr ? at->serial : 0;
}

void gate::take(pipe_id id, batch& out, std::size_t about) {
  assert(out.empty());
  state& self = *state_;
  const gate_guard guard(self.lock);
  pipe* const at = self.find(id);
  if (at == nullptr || at->outbox.empty())
    return;
  const std::uint64_t waiting = at->outbox.messages();
  std::uint64_t most = waiting;
  if (const int count = self.options.sndbatch_count; count != 0)
    most = std::min(most, static_cast<std::uint64_t>(count));
  // A part of a long queue, not a piece: taking moves all that stays.
  const std::size_t part = std::max(about, at->outbox.bytes() / 32);
  if (at->outbox.bytes() > part) {
    const std::size_t each = at->outbox.bytes() / waiting;
    most = std::min<std::uint64_t>(most, part / each + 1);
  }
  if (waiting > most) {
    at->outbox.move_front(most, out); // the rest is written on into
  } else {
    std::swap(at->outbox, out);
    at->writer.restart(out.bytes());
  }
  ++at->sent.batches;
}

void gate::accepted(pipe_id id, std::uint64_t messages, std::size_t bytes) {
  state& self = *state_;
  errands todo;
  gate_guard guard(self.lock);
  pipe* const at = self.find(id);
  if (at == nullptr)
    return;
  assert(messages <= at->unsent);
  at->sent.messages += messages;
  at->sent.bytes += bytes;
  at->unsent -= messages;
  at->owed += messages;
  at->owed_bytes += bytes;
  const bool lump = at->limit == no_limit || at->owed >= (at->limit + 1) / 2;
  if (lump || at->owed_bytes >= lump_bytes || at->unsent == 0) {
    at->owed = 0;
    at->owed_bytes = 0;
    self.set_writable(id, *at);
    self.chain_senders(todo);
  }
  self.finish(guard, todo);
}

bool gate::deliver(pipe_id id, batch& messages, bool call) {
  state& self = *state_;
  errands todo;
  gate_guard guard(self.lock);
  pipe* const at = self.find(id);
  // What a peer sends to a type that only sends would wait for ever.
  if (at == nullptr || at->retired || self.discarded
      || at->fate == pipe_fate::hung_up
      || (!self.policy->can_receive() && !self.sees.digests)) {
    messages.clear();
    return true;
  }
  if (self.sees.digests) {
    self.push_input(*at, messages, todo);
    self.digest(guard, id, todo);
    self.finish(guard, todo);
    return true;
  }
  if (!messages.empty()) {
    self.uncalled_bytes += messages.bytes();
    self.push_input(*at, messages, todo);
    self.set_readable(id, *at, true);
  }
  at->paused = at->inbox.messages() >= at->input_limit && !self.conflates_in;
  if (call || at->paused || self.uncalled_bytes >= enough_bytes) {
    self.uncalled_bytes = 0;
    self.chain_receivers(todo);
  }
  const bool go_on = !at->paused;
  self.finish(guard, todo);
  return go_on;
}

void gate::call_receiver() {
  state& self = *state_;
  errands todo;
  gate_guard guard(self.lock);
  if (self.policy) {
    self.uncalled_bytes = 0;
    self.chain_receivers(todo);
  }
  self.finish(guard, todo);
}

bool gate::wants_input(pipe_id id) const {
  const gate_guard guard(state_->lock);
  const pipe* const at = state_->find(id);
  return at != nullptr && !at->paused && !at->retired;
}

void gate::tell_when_full() noexcept {
  const gate_guard guard(state_->lock);
  state_->tells_full = true;
}

bool gate::is_full(pipe_id id, std::uint64_t& unsent) const {
  const gate_guard guard(state_->lock);
  const pipe* const at = state_->find(id);
  if (at == nullptr || at->retired || at->ending
      || at->fate != pipe_fate::stays)
    return false;
  unsent = at->unsent;
  return !at->has_room();
}

pipe_fate gate::fate(pipe_id id) const {
  const gate_guard guard(state_->lock);
  const pipe* const at = state_->find(id);
  return at != nullptr ? at->fate : pipe_fate::stays;
}

std::uint64_t gate::unsent() const {
  const gate_guard guard(state_->lock);
  std::uint64_t sum = 0;
  for (const auto& at : state_->pipes)
    sum += at ? at->unsent : 0;
  return sum;
}

std::uint64_t gate::unsent(pipe_id id) const {
  const gate_guard guard(state_->lock);
  const pipe* const at = state_->find(id);
  return at != nullptr ? at->unsent : 0;
}

// -- state --------------------------------------------------------------------

bool gate::state::meet(pipe_id id, pipe& at, const peer_facts& who,
                       errands& todo) {
  const bool named = !at.name.empty();
  pipe_id evicted = no_pipe;
  const patterns::peer peer{named ? at.name : who.routing_id, named,
                            who.wants_all};
  if (!policy->plugged(id, peer, evicted))
    return false;
  at.by_command = who.by_command;
  at.about = who.about;
  at.raw = who.raw;
  at.announced = who.announced;
  if (pipe* const old = find(evicted)) {
    old->fate = pipe_fate::evicted;
    set_writable(evicted, *old);
    if (old->link)
      todo.end_later(old->link); // no session to see to it
    else
      todo.ring_later(old->bell);
    reroute(todo);
  }
  return true;
}

void gate::state::greet(pipe_id id, errands& todo) {
  pipe& at = *pipes[id];
  const bool probe = probes && !at.raw; // an empty message is no bytes
  at.announced = at.announced
                 && (at.input_limit == no_limit
                     || at.inbox.messages() < at.input_limit + most_announced);
  if (at.announced)
    announce(id, at, todo);
  if (probe || !options.hello_msg.empty()) {
    batch queued; // goes behind
    queued.splice(at.outbox);
    at.writer.restart(0);
    if (probe)
      insert(id, message{std::string_view{}}, todo);
    if (!options.hello_msg.empty())
      insert(id, message{std::string_view{options.hello_msg}}, todo);
    at.outbox.splice(queued);
    at.writer.restart(at.outbox.bytes());
  }
  if (type == socket_type::xpub && !options.xpub_welcome_msg.empty())
    insert(id, message{std::string_view{options.xpub_welcome_msg}}, todo);
  if (!subscribes)
    return;
  struct listener {
    state* self;
    pipe_id id;
    errands* todo;
  } to{this, id, &todo};
  policy->each_subscription(
    [](std::string_view topic, void* context) {
      const auto& each = *static_cast<listener*>(context);
      (void)each.self->tell(each.id, true, topic, *each.todo);
    },
    &to);
}

void gate::state::part(pipe_id id, pipe& at, const std::string& word,
                       errands& todo) {
  if (discarded || !policy || !policy->can_receive())
    return;
  // Not of what the application has ended itself.
  if (std::exchange(at.announced, false) && !at.ending)
    announce(id, at, todo);
  if (word.empty())
    return;
  batch made;
  batch_writer writer(buffers);
  if (!writer.append(made, message{std::string_view{word}}))
    return;
  push_input(at, made, todo);
  set_readable(id, at, true);
  chain_receivers(todo);
}

void gate::state::announce(pipe_id id, pipe& at, errands& todo) {
  static constexpr std::array<std::byte, 2> empty_message{};
  batch made;
  made.append({}, empty_message.data(), empty_message.size());
  made.add_messages(1);
  push_input(at, made, todo);
  set_readable(id, at, true);
  chain_receivers(todo);
}

void gate::state::hang_up(pipe_id id, errands& todo) {
  pipe& at = *pipes[id];
  at.fate = pipe_fate::hung_up;
  at.ending = true;
  at.paused = false;
  dropped.unwanted += at.inbox.messages();
  at.inbox.clear();
  at.earlier.clear();
  set_writable(id, at);
  set_readable(id, at, false);
  todo.ring_later(at.bell);
  reroute(todo);
}

void gate::state::retire(pipe_id id, pipe& at, batch& left) {
  at.retired = true;
  set_writable(id, at);
  left.splice(at.outbox);
  at.writer.restart(0);
  at.unsent = at.owed = at.reserved = 0;
}

std::uint64_t gate::state::hand_over(batch& left, errands& todo) {
  if (left.empty())
    return 0;
  std::uint64_t lost = left.messages();
  todo.outlive(left.segments());
  if (!policy->hands_over() || discarded) {
    left.clear();
    dropped.unsent += lost;
    return lost;
  }
  batch_reader rest(buffers);
  rest.push(left);
  message next;
  for (pipe_id id = policy->next_out(); id != no_pipe;
       id = policy->next_out()) {
    pipe& to = *pipes[id];
    const bool was_empty = to.outbox.empty();
    if (!rest.next(next) || !to.writer.append(to.outbox, next))
      break;
    policy->sent(id);
    appended(id, to, was_empty, todo);
    --lost;
  }
  dropped.unsent += lost;
  return lost;
}

} // namespace zmqrt::actors
