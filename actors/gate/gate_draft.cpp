// SPDX-License-Identifier: MPL-2.0
//
// Partial messages: the pipe is chosen and paid for at the first part, and
// commit() puts them all into its outbox. Where the pattern looks at messages
// it is commit() that sends. Any thread.

#include <new>
#include <utility>

#include "actors/gate/draft.hpp"
#include "actors/gate/gate_state.hpp"

namespace zmqrt::actors {

using patterns::no_pipe;

namespace {

/// As it was before its last part.
message without_last(const message& whole) {
  message before;
  for (std::size_t i = 0; i + 1 < whole.size(); ++i)
    before.push_back(whole[i]);
  return before;
}

} // namespace

void gate::draft::close() noexcept {
  open_ = false;
  pipe_ = no_pipe;
  whole_.clear();
  bytes_ = 0;
}

// -- opening ------------------------------------------------------------------

std::error_code gate::open(draft& out, patience wait) {
  if (out.is_open())
    return make_error_code(errc::invalid_argument);
  state& self = *state_;
  errands todo;
  std::int64_t deadline = no_deadline;
  pipe_id id = no_pipe;
  gate_guard guard(self.lock);
  if (self.sees.out) {
    if (self.failure)
      return self.failure;
    if (!self.policy->can_send())
      return make_error_code(errc::not_supported);
    out.open_ = true;
    return {};
  }
  const auto why = self.choose_out(guard, wait, deadline, id);
  if (!why) {
    pipe& to = *self.pipes[id];
    ++to.reserved;
    self.policy->sent(id);
    self.set_writable(id, to);
    self.chain_senders(todo);
    out.open_ = true;
    out.pipe_ = id;
    out.serial_ = to.serial;
  }
  self.finish(guard, todo);
  return why;
}

std::error_code gate::open(draft& out, const frame& first, patience wait) {
  state& self = *state_;
  if (!self.sees.out || out.is_open())
    return open(out, wait);
  std::int64_t deadline = no_deadline;
  gate_guard guard(self.lock);
  for (;;) {
    if (self.failure)
      return self.failure;
    if (!self.policy->can_send())
      return make_error_code(errc::not_supported);
    const auto how = self.policy->outlook(first);
    if (how.what == patterns::delivery::kind::refused)
      return make_error_code(how.why);
    if (how.what != patterns::delivery::kind::later)
      break;
    if (const auto why = self.wait(guard, self.senders, wait, deadline))
      return why;
  }
  out.open_ = true;
  return {};
}

// -- parts --------------------------------------------------------------------

std::error_code gate::append(draft& to, frame part) {
  if (!to.is_open())
    return make_error_code(errc::invalid_argument);
  if (to.parts() == state_->most_parts)
    return make_error_code(to.parts() == most_frames ? errc::message_too_long
                                                     : errc::invalid_argument);
  const std::size_t bytes = part.size();
  if (bytes > state_->most_bytes - to.bytes_)
    return make_error_code(errc::message_too_long);
  try {
    to.whole_.push_back(std::move(part));
  } catch (const std::bad_alloc&) {
    return make_error_code(errc::no_memory);
  }
  to.bytes_ += bytes;
  return {};
}

void gate::retract(draft& from) {
  if (from.parts() == 0)
    return;
  from.bytes_ -= from.whole_[from.parts() - 1].size();
  from.whole_ = without_last(from.whole_);
}

// -- its end ------------------------------------------------------------------

std::error_code gate::commit(draft& done, patience wait) {
  if (!done.is_open() || done.parts() == 0)
    return make_error_code(errc::invalid_argument);
  state& self = *state_;
  const auto why =
    self.sees.out ? send(done.whole_, wait) : send_reserved(done, wait);
  if (why != errc::again && why != errc::interrupted && why != errc::no_memory)
    done.close();
  return why;
}

std::error_code gate::send_reserved(draft& from, patience wait) {
  state& self = *state_;
  errands todo;
  std::int64_t deadline = no_deadline;
  gate_guard guard(self.lock);
  if (self.failure)
    return self.failure;
  pipe_id id = from.pipe_;
  pipe* to = self.find(id);
  const bool reserved =
    to != nullptr && to->serial == from.serial_ && !to->retired;
  if (!reserved) {
    from.pipe_ = no_pipe;
    if (const auto why = self.choose_out(guard, wait, deadline, id))
      return why;
    to = self.find(id);
  }
  std::error_code why;
  const bool was_empty = to->outbox.empty();
  if (to->writer.append(to->outbox, from.whole_)) {
    if (reserved)
      --to->reserved;
    else
      self.policy->sent(id);
    self.appended(id, *to, was_empty, todo);
  } else {
    why = make_error_code(errc::no_memory);
  }
  self.finish(guard, todo);
  return why;
}

void gate::abandon(draft& gone) noexcept {
  if (!gone.is_open())
    return;
  state& self = *state_;
  errands todo;
  gate_guard guard(self.lock);
  pipe* const at = self.find(gone.pipe_);
  if (at != nullptr && at->serial == gone.serial_ && !at->retired) {
    --at->reserved;
    self.set_writable(gone.pipe_, *at);
    self.chain_senders(todo);
  }
  self.finish(guard, todo);
  gone.close();
}

} // namespace zmqrt::actors
