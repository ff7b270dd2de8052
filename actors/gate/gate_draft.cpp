// SPDX-License-Identifier: MPL-2.0
//
// Partial messages: the pipe is chosen and paid for at the first part, the
// parts are framed aside, and commit() puts them into the outbox as one. Where
// the pattern looks at messages they are gathered, and commit() sends them.

#include <new>
#include <utility>

#include "actors/gate/draft.hpp"
#include "actors/gate/gate_state.hpp"
#include "libzmqrt/message/slab_pool.hpp"

namespace zmqrt::actors {

using patterns::no_pipe;

gate::draft::draft() : writer_(shared_pool()) {
}

void gate::draft::close() noexcept {
  pipe_ = no_pipe;
  staged_.clear();
  writer_.restart(0);
  last_.reset();
  parts_ = 0;
  bytes_ = 0;
  whole_.clear();
  wait_.reset();
}

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
    out.wait_ = wait;
    return {};
  }
  const auto why = self.choose_out(guard, wait, deadline, id);
  if (!why) {
    pipe& to = *self.pipes[id];
    ++to.reserved;
    self.policy->sent(id);
    self.set_writable(id, to);
    self.chain_senders(todo);
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
  patience left = wait;
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
    if (const auto why = self.wait(guard, self.senders, left, deadline))
      return why;
  }
  out.wait_ = wait;
  return {};
}

std::error_code gate::append(draft& to, frame part) {
  if (!to.is_open())
    return make_error_code(errc::invalid_argument);
  if (to.parts_ == state_->most_parts)
    return make_error_code(to.parts_ == most_frames ? errc::message_too_long
                                                    : errc::invalid_argument);
  if (part.size() > state_->most_bytes - to.bytes_)
    return make_error_code(errc::message_too_long);
  const std::size_t bytes = part.size();
  if (to.wait_) {
    try {
      to.whole_.push_back(std::move(part));
    } catch (const std::bad_alloc&) {
      return make_error_code(errc::no_memory);
    }
  } else {
    if (to.last_ && !to.writer_.append(to.staged_, *to.last_, true))
      return make_error_code(errc::no_memory);
    to.last_ = std::move(part);
  }
  ++to.parts_;
  to.bytes_ += bytes;
  return {};
}

std::error_code gate::commit(draft& done) {
  if (!done.is_open() || done.parts_ == 0)
    return make_error_code(errc::invalid_argument);
  if (done.wait_) {
    const auto why = send(std::move(done.whole_), *done.wait_);
    if (why != errc::again && why != errc::no_memory)
      done.close();
    return why;
  }
  if (!done.writer_.append(done.staged_, *done.last_, false))
    return make_error_code(errc::no_memory);
  done.staged_.add_messages(1);
  state& self = *state_;
  errands todo;
  std::error_code why;
  gate_guard guard(self.lock);
  pipe_id id = done.pipe_;
  pipe* to = self.find(id);
  if (self.failure) {
    why = self.failure;
  } else if (to != nullptr && to->serial == done.serial_ && !to->retired) {
    --to->reserved;
  } else {
    id = self.policy->next_out();
    to = self.find(id);
    if (to == nullptr)
      why = make_error_code(errc::host_unreachable);
    else
      self.policy->sent(id);
  }
  if (!why) {
    const bool was_empty = to->outbox.empty();
    to->outbox.splice(done.staged_);
    self.appended(id, *to, was_empty, todo);
  }
  self.finish(guard, todo);
  done.close();
  return why;
}

void gate::retract(draft& from) {
  if (from.parts_ == 0)
    return;
  --from.parts_;
  if (!from.wait_) {
    from.bytes_ -= from.last_->size();
    from.last_.reset();
    return;
  }
  message before;
  for (std::size_t i = 0; i < from.parts_; ++i)
    before.push_back(from.whole_[i]);
  before.set_routing_id(from.whole_.routing_id());
  from.bytes_ = before.bytes();
  from.whole_ = std::move(before);
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
