// SPDX-License-Identifier: MPL-2.0
//
// What coroutines await. A socket's verbs never wait here: they are tried, and
// tried again when the gate has called.

#include "zmqrt/operations.hpp"

#include <cassert>
#include <new>
#include <utility>

#include "actors/gate/gate.hpp"
#include "actors/handles/limit.hpp"
#include "actors/handles/loop_core.hpp"
#include "actors/handles/refuse.hpp"
#include "actors/handles/socket_body.hpp"

namespace zmqrt {

using actors::loop_core;
using actors::patience;

receive_operation socket::async_recv() const {
  (void)body(); // throws where there is none
  return receive_operation{body_};
}

send_operation socket::async_send(message what) const {
  (void)body();
  return send_operation{body_, std::move(what)};
}

// -- sockets ------------------------------------------------------------------

namespace detail {

socket_operation::socket_operation(
  std::shared_ptr<actors::socket_body> body) noexcept
  : body_(std::move(body)) {
}

socket_operation::socket_operation(socket_operation&& other) noexcept
  : body_(std::move(other.body_)) {
  assert(!other.who_ && "it is being awaited");
}

socket_operation::~socket_operation() {
  forget();
}

bool socket_operation::await_ready() {
  tried_ = loop_core::required("socket").may_go_on();
  if (!tried_)
    return false;
  code_ = attempt();
  return code_ != errc::again;
}

bool socket_operation::await_suspend(std::coroutine_handle<> who) {
  auto& loop = loop_core::required("socket");
  who_ = who;
  if (!tried_) { // the others first
    loop.queue(*this);
    return true;
  }
  if (!attempt_or_watch())
    return true;
  forget();
  who_ = {};
  return false;
}

void socket_operation::run() {
  try {
    code_ = attempt();
    if (code_ == errc::again && !attempt_or_watch())
      return;
  } catch (const std::bad_alloc&) {
    code_ = make_error_code(errc::no_memory);
  }
  forget();
  // Nothing comes between the verb and who awaits it.
  std::exchange(who_, {}).resume();
}

bool socket_operation::attempt_or_watch() {
  if (!watcher_)
    watcher_ = std::make_shared<actors::loop_watcher>(
      loop_core::required("socket").mailbox(), *this);
  // First this, then the verb, or what comes in between would be missed.
  body_->door().retry_with(wanted(), watcher_);
  code_ = attempt();
  return code_ != errc::again;
}

void socket_operation::forget() noexcept {
  if (!watcher_)
    return;
  watcher_->leave();
  body_->door().forget(*watcher_);
  watcher_.reset();
}

void socket_operation::check(const char* verb) const {
  if (code_) [[unlikely]]
    actors::refuse(code_, verb);
}

} // namespace detail

receive_operation::receive_operation(
  std::shared_ptr<actors::socket_body> body) noexcept
  : socket_operation(std::move(body)) {
}

std::error_code receive_operation::attempt() {
  return body().door().recv(result_, patience::never());
}

unsigned receive_operation::wanted() const noexcept {
  return actors::poll_in;
}

message receive_operation::await_resume() {
  check("async_recv");
  return std::move(result_);
}

send_operation::send_operation(std::shared_ptr<actors::socket_body> body,
                               message what) noexcept
  : socket_operation(std::move(body)), what_(std::move(what)) {
}

std::error_code send_operation::attempt() {
  return body().door().send(std::move(what_), patience::never());
}

unsigned send_operation::wanted() const noexcept {
  return actors::poll_out;
}

void send_operation::await_resume() const {
  check("async_send");
}

// -- time ---------------------------------------------------------------------

sleep_operation::sleep_operation(std::chrono::milliseconds limit) noexcept
  : limit_(limit) {
}

sleep_operation::sleep_operation(loop_time deadline) noexcept
  : deadline_(deadline) {
}

sleep_operation::sleep_operation(sleep_operation&& other) noexcept
  : limit_(other.limit_), deadline_(other.deadline_) {
  assert(!other.who_ && "it is being awaited");
}

sleep_operation::~sleep_operation() {
  if (loop_ != nullptr)
    loop_->remove(*this);
}

bool sleep_operation::await_ready() const {
  (void)loop_core::required("sleep");
  return false;
}

void sleep_operation::await_suspend(std::coroutine_handle<> who) {
  auto& loop = loop_core::required("sleep");
  who_ = who;
  auto deadline = deadline_;
  if (!deadline) {
    const auto limit = actors::bounded(limit_);
    if (!limit)
      return; // until it is cancelled
    deadline = loop_time::min();
    if (limit->count() > 0)
      deadline = loop.now() + *limit;
  }
  if (*deadline == loop_time::min() || *deadline <= loop.now())
    loop.queue(*this);
  else
    loop.add(*this, *deadline);
}

void sleep_operation::run() {
  std::exchange(who_, {}).resume();
}

} // namespace zmqrt
