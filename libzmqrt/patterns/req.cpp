// SPDX-License-Identifier: MPL-2.0
//
// See req.hpp.

#include "libzmqrt/patterns/req.hpp"

#include <cstring>

namespace zmqrt::patterns {

namespace {

/// As REQ_CORRELATE puts it in front.
std::array<char, 4> octets_of(std::uint32_t number) noexcept {
  std::array<char, 4> octets;
  std::memcpy(octets.data(), &number, octets.size());
  return octets;
}

std::string_view text(const std::array<char, 4>& octets) noexcept {
  return {octets.data(), octets.size()};
}

} // namespace

req::req(const socket_options& options)
  : options_(&options), envelope_{frame{}, frame{std::string_view{}}} {
}

pattern::looks req::sees() const noexcept {
  return {true, true, false};
}

// -- pipes --------------------------------------------------------------------

bool req::attach(pipe_id pipe) {
  out_.attach(pipe);
  in_.attach(pipe);
  return true;
}

void req::detach(pipe_id pipe) {
  out_.detach(pipe);
  in_.detach(pipe);
  lose(pipe);
}

void req::retire(pipe_id pipe) {
  out_.detach(pipe);
  // What it sent may hold the reply: detach() comes when that is read.
}

void req::unplugged(pipe_id pipe, bool all_sent, bool all_read) {
  // A request that is still queued goes out when the peer is back.
  if (!all_sent)
    return;
  if (all_read)
    lose(pipe);
  else if (pipe == asked_)
    gone_ = true; // unless its reply is among what is still to be read
}

void req::lose(pipe_id pipe) noexcept {
  if (pipe != asked_ || state_ != state::awaiting)
    return;
  if (!options_->as_libzmq)
    state_ = state::lost;
  asked_ = no_pipe;
}

void req::set_writable(pipe_id pipe, bool writable) {
  out_.set_writable(pipe, writable);
}

void req::set_readable(pipe_id pipe, bool readable) {
  in_.set_readable(pipe, readable);
  if (gone_ && !readable && pipe == asked_ && !replied_)
    lose(pipe);
}

// -- sending ------------------------------------------------------------------

pipe_id req::next_out() noexcept {
  const bool may = state_ != state::awaiting || options_->req_relaxed;
  return may ? out_.next() : no_pipe;
}

delivery req::route(const message&) {
  delivery how;
  if (state_ == state::awaiting && !options_->req_relaxed)
    return {delivery::kind::refused, errc::fsm};
  how.pipe = out_.next();
  if (how.pipe == no_pipe)
    return how;
  how.what = delivery::kind::to_one;
  how.envelope = std::span{envelope_}.subspan(1);
  if (options_->req_correlate) {
    envelope_[0] = frame{text(octets_of(request_ + 1))};
    how.envelope = envelope_;
  }
  return how;
}

delivery req::outlook(const frame&) {
  return route({});
}

void req::sent(pipe_id pipe) noexcept {
  out_.sent(pipe);
  asked_ = pipe;
  gone_ = replied_ = false;
  state_ = state::awaiting;
  ++request_;
}

// -- receiving ----------------------------------------------------------------

pipe_id req::next_in() noexcept {
  return state_ == state::awaiting ? in_.next() : no_pipe;
}

void req::received(pipe_id pipe) noexcept {
  in_.received(pipe);
}

bool req::arrived(pipe_id pipe, message& what) {
  if (pipe != asked_ || state_ != state::awaiting)
    return false;
  const std::size_t front = options_->req_correlate ? 2 : 1;
  if (what.size() <= front || what[front - 1].size() != 0)
    return false;
  if (front == 2 && what[0].view() != text(octets_of(request_)))
    return false;
  for (std::size_t i = 0; i < front; ++i)
    what.pop_front();
  replied_ = true;
  return true;
}

void req::handed_out(pipe_id) noexcept {
  state_ = state::ready;
  asked_ = no_pipe;
}

pipe_id req::next_stale() noexcept {
  return in_.next();
}

std::error_code req::receive_flaw() {
  switch (state_) {
  case state::ready:
    return make_error_code(errc::fsm);
  case state::lost:
    state_ = state::ready;
    return make_error_code(errc::connection_reset);
  case state::awaiting:
    break;
  }
  return {};
}

} // namespace zmqrt::patterns
