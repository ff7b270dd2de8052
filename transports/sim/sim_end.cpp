// SPDX-License-Identifier: MPL-2.0
//
// One end of a simulated connection. See sim_end.hpp. After each callback the
// handler may have called anything here but destroyed nothing: the event that
// runs holds the connection.

#include "transports/sim/sim_end.hpp"

#include <algorithm>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "transports/sim/sim_link.hpp"
#include "transports/sim/sim_world.hpp"

namespace zmqrt::transports {

namespace {

enum end_event : int { submit_event, read_event, write_event, closed_event };

// Splits this small land in the middle of headers.
constexpr std::size_t tiny = 12;

} // namespace

sim_world& sim_end::world() const noexcept {
  return link_.world();
}

void sim_end::schedule(int what) {
  world().schedule(world().operation_time(), link_.share_end(side_), what, on_);
}

void sim_end::breach(const char* what) {
  world().breach(std::string{"stream "} + std::to_string(link_.identity().link)
                 + ": " + what);
}

// -- what a stream offers ----------------------------------------------------

void sim_end::start(stream_handler& handler) {
  if (handler_ != nullptr || closing_)
    breach("start() twice, or after close()");
  handler_ = &handler;
}

void sim_end::receive(bool on) {
  if (handler_ == nullptr)
    breach("receive() before start()");
  if (closing_ || receive_ended_)
    return;
  wants_ = on;
  if (!on) {
    // A read that nothing has answered yet is cancelled in time.
    if (!read_due_)
      armed_ = false;
    return;
  }
  if (!armed_ && !submit_due_) {
    submit_due_ = true;
    schedule(submit_event);
  }
}

void sim_end::send(const batch& bytes) {
  if (handler_ == nullptr)
    breach("send() before start()");
  if (sending_ != nullptr)
    breach("send() before the last one was done");
  if (send_ended_)
    breach("send() after on_send_failed() or shutdown_send()");
  if (bytes.bytes() == 0)
    breach("send() of nothing");
  if (closing_ || send_ended_ || bytes.bytes() == 0)
    return;
  sending_ = &bytes;
  segment_ = 0;
  offset_ = 0;
  remaining_ = bytes.bytes();
  if (!write_due_) {
    write_due_ = true;
    schedule(write_event);
  }
}

void sim_end::shutdown_send() {
  if (sending_ != nullptr)
    breach("shutdown_send() before the send was done");
  if (closing_ || send_ended_)
    return;
  send_ended_ = true;
  if (!broken_)
    link_.finish(side_);
}

void sim_end::close() {
  if (closing_)
    return;
  if (sending_ != nullptr && !broken_ && world().lots().chance(500))
    sent_late_ = accept(remaining_);
  closing_ = true;
  world().note("close", link_.identity().link * 2 + side_, sent_late_);
  if (!broken_) {
    if (link_.incoming(side_).readable() > 0)
      link_.abort(side_);
    else
      link_.finish(side_);
  }
  if (handler_ != nullptr)
    schedule(closed_event);
}

void sim_end::abandon() {
  if (handler_ != nullptr && !closed_) {
    breach("destroyed before on_closed()");
    handler_ = nullptr;
    sending_ = nullptr;
  }
  close();
}

// -- from the network --------------------------------------------------------

bool sim_end::has_news() const {
  const sim_flow& flow = link_.incoming(side_);
  return broken_ || flow.readable() > 0 || flow.ended();
}

void sim_end::on_readable() {
  if (armed_ && !read_due_ && !closing_ && has_news()) {
    read_due_ = true;
    schedule(read_event);
  }
}

void sim_end::on_room() {
  if (sending_ != nullptr && !write_due_ && !closing_) {
    write_due_ = true;
    schedule(write_event);
  }
}

void sim_end::on_broken(std::error_code why) {
  if (broken_)
    return;
  world().note("broken", link_.identity().link * 2 + side_, closing_ ? 1 : 0);
  broken_ = why;
  // As with a real kernel, what has arrived can still be read.
  link_.incoming(side_).cut();
  on_readable();
  on_room();
}

void sim_end::on_event(int what) {
  switch (what) {
  case submit_event:
    submit_due_ = false;
    submit_read();
    break;
  case read_event:
    complete_read();
    break;
  case write_event:
    complete_write();
    break;
  default:
    finish_closing();
  }
}

// -- reading -----------------------------------------------------------------

void sim_end::submit_read() {
  if (closing_ || receive_ended_ || armed_ || handler_ == nullptr)
    return;
  target_ = handler_->direct_target();
  if (closing_)
    return;
  armed_ = true;
  on_readable();
}

void sim_end::complete_read() {
  read_due_ = false;
  if (closing_ || receive_ended_ || !armed_ || handler_ == nullptr)
    return;
  if (!has_news())
    return; // the network took it back meanwhile
  armed_ = false;
  if (!wants_) {
    if (!world().lots().chance(world().conditions().late_read_permille))
      return;
    world().note("late", link_.identity().link * 2 + side_, 0);
  }
  if (link_.incoming(side_).readable() > 0) {
    deliver();
  } else {
    receive_ended_ = true;
    world().note("ended", link_.identity().link * 2 + side_, broken_.value());
    handler_->on_receive_end(broken_);
  }
  // A multishot read may have completed again before it was paused.
  if (!submit_due_
      && (wants_
          || (has_news()
              && world().lots().chance(
                world().conditions().late_read_permille))))
    submit_read();
}

void sim_end::deliver() {
  const std::size_t limit = target_.empty() ? read_limit_ : target_.size();
  const std::size_t size =
    short_of(std::min(link_.incoming(side_).readable(), limit),
             world().conditions().short_read_permille);
  if (!target_.empty()) {
    handler_->on_received_direct(read_into(target_.data(), size));
    return;
  }
  if (world().tampering_waits()) {
    std::vector<std::byte> bytes(size);
    read_into(bytes.data(), size);
    world().tamper(bytes);
    const slab_ref changed = world().buffers().take(bytes.size());
    std::copy(bytes.begin(), bytes.end(), changed->data());
    handler_->on_received(changed, {changed->data(), bytes.size()});
    return;
  }
  const slab_ref owner = world().buffers().take(size);
  read_into(owner->data(), size);
  handler_->on_received(owner, {owner->data(), size});
}

std::size_t sim_end::read_into(std::byte* to, std::size_t size) {
  link_.incoming(side_).read(to, size);
  world().note("read", link_.identity().link * 2 + side_, size);
  world().trace().add_bytes({to, size});
  link_.end(1 - side_).on_room();
  return size;
}

// -- writing -----------------------------------------------------------------

void sim_end::complete_write() {
  write_due_ = false;
  if (closing_ || sending_ == nullptr || handler_ == nullptr)
    return;
  if (broken_) {
    sending_ = nullptr;
    send_ended_ = true;
    world().note("unsent", link_.identity().link * 2 + side_, remaining_);
    handler_->on_send_failed(broken_);
    return;
  }
  const std::size_t size =
    accept(short_of(std::min(remaining_, link_.outgoing(side_).room()),
                    world().conditions().short_write_permille));
  if (size == 0)
    return; // until there is room
  if (remaining_ == 0)
    sending_ = nullptr;
  handler_->on_sent(size);
  if (sending_ != nullptr && !write_due_ && !closing_) {
    write_due_ = true;
    schedule(write_event);
  }
}

/// Moves up to `size` of what is being sent into the kernel's buffer.
std::size_t sim_end::accept(std::size_t size) {
  sim_flow& flow = link_.outgoing(side_);
  size = std::min({size, remaining_, flow.room()});
  std::size_t accepted = 0;
  while (accepted < size) {
    const segment& from = sending_->segments()[segment_];
    const std::size_t piece = std::min(size - accepted, from.size - offset_);
    if (piece > 0)
      flow.write(from.data + offset_, piece);
    accepted += piece;
    offset_ += piece;
    if (offset_ == from.size) {
      ++segment_;
      offset_ = 0;
    }
  }
  remaining_ -= accepted;
  if (accepted > 0)
    link_.wrote(side_, accepted);
  return accepted;
}

std::size_t sim_end::short_of(std::size_t size, unsigned permille) {
  sim_random& lots = world().lots();
  if (size <= 1 || !lots.chance(permille))
    return size;
  return lots.between(1, lots.chance(400) ? std::min(size, tiny) : size);
}

// -- closing -----------------------------------------------------------------

void sim_end::finish_closing() {
  if (handler_ == nullptr)
    return;
  stream_handler& handler = *handler_;
  if (sent_late_ > 0)
    handler.on_sent(std::exchange(sent_late_, 0));
  closed_ = true;
  sending_ = nullptr;
  handler.on_closed(); // may destroy the stream
}

} // namespace zmqrt::transports
