// SPDX-License-Identifier: MPL-2.0
//
// The receiving gate's part of inproc: fetching what the peer has, and when.
// Any thread that receives.

#include <algorithm>
#include <utility>

#include "actors/gate/futex.hpp"
#include "actors/gate/gate_state.hpp"

namespace zmqrt::actors {

namespace {

// In a stream whose reader keeps up, batches would change hands by the
// handful, and each time costs both cores about 4 us of cache lines on their
// way (measured). So the reader lets the next batch grow: by some pauses more
// each time until it is a few hundred messages, 5 us at most. Whoever reads
// single messages, or had to wait, does not pause.
constexpr std::uint64_t good_batch = 256;
constexpr unsigned first_pauses = 16;
constexpr unsigned most_pauses = 256;

unsigned pauses_after(std::uint64_t messages, unsigned before) noexcept {
  if (messages < 2 || messages >= 2 * good_batch)
    return before / 2;
  if (messages >= good_batch)
    return before;
  return std::min(most_pauses, 2 * before + first_pauses);
}

// A stream of large messages whose queue is longer than the cache is as slow
// as memory, at both ends, and so the queue stays long. So the writer lets a
// reader that reads catch up, a moment at most. Nobody waits for one that
// does not: the marks alone say how much is queued.
constexpr std::size_t large_message = std::size_t{8} * 1024;
constexpr std::size_t crowd_bytes = std::size_t{1024} * 1024;
constexpr std::int64_t moment_ns = 200'000;

} // namespace

bool gate::state::crowded(const pipe& at) const noexcept {
  return at.outbox.bytes() >= crowd_bytes && at.link && !at.unheeded
         && at.outbox.bytes() / large_message >= at.outbox.messages()
         && !waiting_forbidden();
}

void gate::state::let_read(gate_guard& guard, pipe_id id) {
  patience moment{moment_ns};
  std::int64_t deadline = no_deadline;
  (void)wait(guard, senders, moment, deadline);
  if (pipe* const at = find(id); at != nullptr && moment.ns == 0)
    at->unheeded = true;
}

bool gate::state::unfetched(const pipe& at) const noexcept {
  return at.link != nullptr
         && at.link->sides_[at.side].input_state.load(std::memory_order_relaxed)
              == inproc_link::waiting;
}

pipe* gate::state::find(pipe_id id, const inproc_link& link) const noexcept {
  pipe* const at = find(id);
  return at != nullptr && at->link.get() == &link ? at : nullptr;
}

bool gate::state::arm(pipe& at) noexcept {
  inproc_link::side& mine = at.link->sides_[at.side];
  std::uint32_t seen = inproc_link::fetched;
  if (!mine.input_state.compare_exchange_strong(seen, inproc_link::armed,
                                                std::memory_order_acq_rel)
      && seen != inproc_link::armed)
    return false;
  mine.pauses = 0; // what comes next is no longer the same stream
  return true;
}

void gate::state::pull(gate_guard& guard, pipe_id id, errands& todo) {
  pipe& at = *pipes[id];
  const std::shared_ptr<inproc_link> link = at.link;
  inproc_link::side& mine = link->sides_[at.side];
  at.pulling = true;
  set_readable(id, at, false);
  const std::uint64_t credit = std::exchange(at.read, 0);
  // Reading what the writer left there makes sure that its message is seen.
  mine.input_state.exchange(inproc_link::fetched, std::memory_order_acq_rel);
  guard.unlock();
  const unsigned pauses = mine.pauses; // nobody else pulls meanwhile
  for (unsigned i = 0; i < pauses; ++i)
    spin_pause();
  link->fetch(1U - at.side, credit, mine.transit);
  guard.lock();
  at.pulling = false;
  mine.pauses = pauses_after(mine.transit.messages(), pauses);
  if (!mine.transit.empty())
    push_input(at, mine.transit, todo);
  if (!mine.last_sent.empty())
    push_input(at, mine.last_sent, todo);
  const bool ended = at.bell == nullptr; // meanwhile
  if (ended)
    at.link.reset();
  settle_input(id, at, todo);
  if (ended) {
    turned(todo);
    reroute(todo);
  }
}

void gate::state::return_credit(pipe& at, errands& todo) {
  todo.give_later({at.link, std::exchange(at.read, 0),
                   static_cast<std::uint8_t>(1U - at.side)});
}

std::uint64_t gate::state::due_credit(pipe& at) noexcept {
  return at.read >= at.lump ? std::exchange(at.read, 0) : 0;
}

} // namespace zmqrt::actors
