// SPDX-License-Identifier: MPL-2.0
//
// The gate's common ground: options, waiting, readiness, and its end.

#include "actors/gate/gate.hpp"

#include <chrono>
#include <new>
#include <utility>

#include "actors/gate/endless_wait.hpp"
#include "actors/gate/gate_state.hpp"
#include "libzmqrt/message/slab_pool.hpp"

namespace zmqrt::actors {

namespace {

thread_local bool drives_reactor = false;

constexpr std::int64_t ns_per_ms = 1'000'000;

std::uint64_t as_limit(std::int64_t hwm) noexcept {
  return hwm <= 0 ? no_limit : static_cast<std::uint64_t>(hwm);
}

/// An inproc pipe, and what its peer is told after the lock is released.
struct link_news {
  std::shared_ptr<inproc_link> link;
  unsigned side = 0;
  std::uint64_t credit = 0;
};

} // namespace

void forbid_waiting_on_this_thread() noexcept {
  drives_reactor = true;
}

bool waiting_forbidden() noexcept {
  return drives_reactor;
}

// -- options ------------------------------------------------------------------

gate::gate(socket_type type, const socket_options& options)
  : state_(std::make_unique<state>(type, options)) {
}

gate::~gate() = default;

socket_type gate::type() const noexcept {
  return state_->type;
}

socket_options gate::options() const {
  const gate_guard guard(state_->lock);
  return state_->options;
}

void gate::change_options(void (*change)(socket_options&, void*),
                          void* argument) {
  state& self = *state_;
  std::vector<link_news> links;
  inproc_bounds bounds;
  errands todo;
  {
    gate_guard guard(self.lock);
    change(self.options, argument);
    self.remember_options();
    bounds = {self.options.sndhwm, self.options.rcvhwm};
    for (pipe_id id = 0; id < self.pipes.size(); ++id) {
      pipe* const at = self.find(id);
      if (at == nullptr)
        continue;
      self.set_limits(*at);
      self.set_writable(id, *at);
      self.resume_input(*at, todo);
      if (at->link)
        links.push_back({at->link, at->side, self.due_credit(*at)});
    }
    self.chain_senders(todo);
    self.finish(guard, todo);
  }
  for (const auto& [link, side, credit] : links) {
    link->set_peer_bounds(1 - side, bounds);
    if (credit != 0)
      link->give_credit(1 - side, credit);
  }
}

patience gate::send_patience() const noexcept {
  return {state_->send_patience_ns.load(std::memory_order_relaxed)};
}

patience gate::receive_patience() const noexcept {
  return {state_->receive_patience_ns.load(std::memory_order_relaxed)};
}

// -- readiness ----------------------------------------------------------------

std::size_t gate::topics() const {
  const gate_guard guard(state_->lock);
  return state_->policy ? state_->policy->topics() : 0;
}

// -- the end ------------------------------------------------------------------

void gate::fail(std::error_code why) {
  state& self = *state_;
  gate_guard guard(self.lock);
  if (!self.failure || why == errc::not_a_socket)
    self.failure = why;
  const bool senders = self.senders.want_all();
  const bool receivers = self.receivers.want_all();
  errands todo;
  todo.call(todo.wake_everyone, senders || receivers);
  self.finish(guard, todo);
}

std::uint64_t gate::discard() {
  fail(state_->failure_or(errc::not_a_socket));
  state& self = *state_;
  errands todo;
  std::uint64_t dropped = 0;
  const gate_guard guard(self.lock);
  self.discarded = true;
  for (pipe_id id = 0; id < self.pipes.size(); ++id) {
    pipe* const at = self.find(id);
    if (at == nullptr)
      continue;
    const std::uint64_t here = at->outbox.messages();
    dropped += here;
    at->unsent -= here;
    todo.outlive(at->outbox.segments());
    at->outbox.clear();
    at->writer.restart(0);
    todo.outlive(at->inbox.segments());
    at->inbox.clear();
    at->earlier.clear();
    self.set_readable(id, *at, false);
  }
  self.ahead_from = patterns::no_pipe;
  self.dropped.unsent += dropped;
  return dropped;
}

// -- state --------------------------------------------------------------------

gate::state::state(socket_type what, const socket_options& given)
  : type(what), options(given), policy(patterns::make_pattern(what, options)),
    takes_turns(what == socket_type::req || what == socket_type::rep),
    subscribes(what == socket_type::sub || what == socket_type::xsub
               || what == socket_type::dish),
    most_parts(single_framed(what) ? 1 : most_frames),
    most_bytes(given.most_message_bytes), copies_input(given.copies_received),
    buffers(shared_pool()), press_writer(shared_pool()) {
  if (policy)
    sees = policy->sees();
  remember_options();
}

void gate::state::remember_options() {
  const auto in_ns = [](std::chrono::milliseconds time) {
    return time.count() < 0 ? patience::forever_ns : time.count() * ns_per_ms;
  };
  // Not the subscriptions that go from SUB to PUB.
  conflates_out = options.conflate && !subscribes;
  conflates_in = options.conflate && !sees.digests;
  probes = options.probe_router;
  send_patience_ns.store(in_ns(options.sndtimeo), std::memory_order_relaxed);
  receive_patience_ns.store(in_ns(options.rcvtimeo), std::memory_order_relaxed);
}

std::error_code gate::failure() const {
  const gate_guard guard(state_->lock);
  return state_->failure;
}

std::error_code gate::state::failure_or(errc other) {
  const gate_guard guard(lock);
  return failure ? failure : make_error_code(other);
}

void gate::state::set_limits(pipe& at) {
  std::int64_t out = at.send_hwm < 0 ? options.sndhwm : at.send_hwm;
  const std::int64_t in = at.receive_hwm < 0 ? options.rcvhwm : at.receive_hwm;
  at.input_limit = as_limit(in);
  if (at.link) {
    // One bound for both ends, unless one of them has none (zmq_inproc(7)).
    const std::int64_t there = at.peer_bounds.send_hwm;
    at.lump = in == 0 || there == 0 ? no_limit : (as_limit(in + there) + 1) / 2;
    out = out == 0 || at.peer_bounds.receive_hwm == 0
            ? 0
            : out + at.peer_bounds.receive_hwm;
  }
  at.limit = options.conflate ? no_limit : as_limit(out);
}

void gate::state::set_writable(pipe_id id, pipe& at) {
  const bool now = at.has_room();
  if (now == at.writable)
    return;
  at.writable = now;
  policy->set_writable(id, now);
}

void gate::state::set_readable(pipe_id id, pipe& at, bool readable) {
  if (readable == at.readable)
    return;
  at.readable = readable;
  policy->set_readable(id, readable);
}

std::error_code gate::state::wait(gate_guard& guard, waiters& queue,
                                  patience& left, std::int64_t& deadline) {
  if (left.ns == 0)
    return make_error_code(left.interrupted ? errc::interrupted : errc::again);
  if (waiting_forbidden())
    return make_error_code(errc::would_deadlock);
  const std::uint32_t ticket = queue.enter();
  guard.unlock();
  if (left.ns > 0 && deadline == no_deadline)
    deadline = monotonic_ns() + left.ns;
  const bool endless = left.interruptible && deadline == no_deadline;
  const wait_end how =
    queue.sleep(ticket, endless ? endless_deadline() : deadline);
  guard.lock();
  queue.leave();
  left.interrupted = left.interruptible && how == wait_end::interrupted;
  if (how == wait_end::timed_out || left.interrupted)
    left.ns = 0; // one more look: whoever called counts on it
  return {};
}

void gate::state::finish(gate_guard& guard, errands& todo) {
  if (armed_watches != 0) [[unlikely]]
    notice(todo);
  guard.unlock();
  if (todo.any) [[unlikely]]
    run(todo);
}

void gate::state::run(errands& todo) {
  if (todo.wake_everyone) {
    senders.wake(waiters::all);
    receivers.wake(waiters::all);
  }
  if (todo.wake_senders)
    senders.wake(waiters::all);
  if (todo.wake_sender)
    senders.wake(1);
  if (todo.wake_receiver)
    receivers.wake(1);
  if (todo.bell)
    todo.bell->ring();
  if (todo.others) {
    for (const auto& bell : todo.others->more_bells)
      bell->ring();
    for (const auto& who : todo.others->watchers)
      who->call();
    for (const auto& each : todo.others->more_credit)
      each.to->give_credit(each.side, each.credit);
    for (const auto& each : todo.others->ended_links)
      each->end();
  }
  if (todo.credit.to)
    todo.credit.to->give_credit(todo.credit.side, todo.credit.credit);
}

bool gate::state::run_first(gate_guard& guard, errands& todo) {
  if (!todo.any && !todo.others)
    return false;
  finish(guard, todo);
  todo = errands{};
  guard.lock();
  return true;
}

void errands::give_later(credit_note what) {
  any = true;
  if (!credit.to)
    credit = std::move(what);
  else if (credit.to == what.to && credit.side == what.side)
    credit.credit += what.credit;
  else
    rarely().more_credit.push_back(std::move(what));
}

void errands::end_later(const std::shared_ptr<inproc_link>& which) {
  any = true;
  rarely().ended_links.push_back(which);
}

bool has_foreign(const message& what) noexcept {
  for (std::size_t i = 0; i < what.size(); ++i)
    if (const slab* const owner = what[i].owner();
        owner != nullptr && owner->foreign())
      return true;
  return false;
}

void errands::outlive(message& gone) noexcept {
  try {
    if (has_foreign(gone)) [[unlikely]]
      rarely().gone.push_back(std::move(gone));
  } catch (const std::bad_alloc&) {
    // Then it goes here.
  }
  gone = message{};
}

void errands::ring_later(const std::shared_ptr<doorbell>& which) {
  if (!which)
    return;
  any = true;
  if (!bell)
    bell = which;
  else if (bell != which)
    rarely().more_bells.push_back(which);
}

errands::rare& errands::rarely() {
  if (!others)
    others = std::make_unique<rare>();
  return *others;
}

void errands::outlive(std::span<const segment> gone) noexcept {
  try {
    for (const segment& part : gone) {
      if (!part.owner || !part.owner->foreign()) [[likely]]
        continue;
      rarely().kept.push_back(part.owner);
    }
  } catch (const std::bad_alloc&) {
    // Then they go where they are dropped.
  }
}

} // namespace zmqrt::actors
