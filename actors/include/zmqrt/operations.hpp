// SPDX-License-Identifier: MPL-2.0
//
// What coroutines await: a socket's messages and room, time, and their turn.
// Any type of coroutine may await them, on a thread that is in a
// coroutine_loop's run(); elsewhere that throws invalid_argument.
//
// Destroying a coroutine that awaits cancels the operation, at no cost beyond
// a short lock: it was not begun. It is done on the loop's thread, right before
// the coroutine goes on.

#pragma once

#include <chrono>
#include <coroutine>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <system_error>

#include "zmqrt/coroutine_loop.hpp"
#include "zmqrt/export.hpp"
#include "zmqrt/message.hpp"
#include "zmqrt/scheduled.hpp"
#include "zmqrt/socket.hpp"

namespace zmqrt {

namespace actors {
class loop_watcher;
class socket_body;
} // namespace actors

namespace detail {

/// Tries a verb until it does not answer again. Keeps the socket open.
class ZMQRT_EXPORT socket_operation : public scheduled {
public:
  /// Moving is for what has not been awaited yet.
  socket_operation(socket_operation&& other) noexcept;
  socket_operation& operator=(socket_operation&&) = delete;

  [[nodiscard]] bool await_ready();
  [[nodiscard]] bool await_suspend(std::coroutine_handle<> who);
  void run() override;

protected:
  explicit socket_operation(std::shared_ptr<actors::socket_body> body) noexcept;
  ~socket_operation();

  /// Throws what it ended with.
  void check(const char* verb) const;
  [[nodiscard]] actors::socket_body& body() const noexcept {
    return *body_;
  }

private:
  /// Does not wait.
  [[nodiscard]] virtual std::error_code attempt() = 0;
  [[nodiscard]] virtual unsigned wanted() const noexcept = 0;

  /// False: it would block, and the watcher will be called.
  [[nodiscard]] bool attempt_or_watch();
  void forget() noexcept;

  std::shared_ptr<actors::socket_body> body_;
  std::shared_ptr<actors::loop_watcher> watcher_; // while it would block
  std::coroutine_handle<> who_;
  std::error_code code_;
  bool tried_ = false;
};

} // namespace detail

/// See socket::async_recv(). A message is taken from the socket only as the
/// coroutine gets it: cancelling takes none.
class ZMQRT_EXPORT receive_operation final : public detail::socket_operation {
public:
  explicit receive_operation(
    std::shared_ptr<actors::socket_body> body) noexcept;
  message await_resume();

private:
  [[nodiscard]] std::error_code attempt() override;
  [[nodiscard]] unsigned wanted() const noexcept override;

  message result_;
};

/// See socket::async_send(). The message is queued, whole, as the coroutine
/// goes on: cancelling has sent nothing.
class ZMQRT_EXPORT send_operation final : public detail::socket_operation {
public:
  send_operation(std::shared_ptr<actors::socket_body> body,
                 message what) noexcept;
  void await_resume() const;

private:
  [[nodiscard]] std::error_code attempt() override;
  [[nodiscard]] unsigned wanted() const noexcept override;

  message what_;
};

/// See sleep_for().
class ZMQRT_EXPORT sleep_operation final : public detail::scheduled {
public:
  /// In a loop's order of deadlines.
  using place = std::multimap<loop_time, sleep_operation*>::iterator;

  explicit sleep_operation(std::chrono::milliseconds limit) noexcept;
  explicit sleep_operation(loop_time deadline) noexcept;
  /// Moving is for what has not been awaited yet.
  sleep_operation(sleep_operation&& other) noexcept;
  sleep_operation& operator=(sleep_operation&&) = delete;
  ~sleep_operation();

  [[nodiscard]] bool await_ready() const;
  void await_suspend(std::coroutine_handle<> who);
  void await_resume() const noexcept {
  }
  void run() override;

private:
  friend class actors::loop_core;

  std::chrono::milliseconds limit_{};
  std::optional<loop_time> deadline_;
  actors::loop_core* loop_ = nullptr; // as long as it has a place
  place place_{};
  std::coroutine_handle<> who_;
};

/// Awaiting it lets that much of the loop's time pass. Zero: lets everything
/// go on that can. Negative, or more than a century: until it is cancelled.
[[nodiscard]] inline sleep_operation
sleep_for(std::chrono::milliseconds limit) noexcept {
  return sleep_operation{limit};
}

/// Awaiting it lets the loop's time pass up to then.
[[nodiscard]] inline sleep_operation sleep_until(loop_time deadline) noexcept {
  return sleep_operation{deadline};
}

/// Awaiting it lets everything go on that can.
[[nodiscard]] inline sleep_operation yield() noexcept {
  return sleep_operation{std::chrono::milliseconds{0}};
}

} // namespace zmqrt
