// SPDX-License-Identifier: MPL-2.0
//
// zmqrt::task: a coroutine that begins when it is awaited, and that answers a
// value or throws. Runs in a coroutine_loop, on its thread.

#pragma once

#include <array>
#include <coroutine>
#include <exception>
#include <optional>
#include <type_traits>
#include <utility>

#include "zmqrt/error.hpp"
#include "zmqrt/export.hpp"
#include "zmqrt/scheduled.hpp"

namespace zmqrt {

template <class T>
class task;

namespace detail {

/// What tasks of all kinds have. As a step it begins the coroutine.
///
/// Control is handed over through the loop, and not by returning the handle of
/// the other coroutine: g++ calls that one within this one, without
/// optimisation, and the stack would grow with every task that is awaited.
class ZMQRT_EXPORT task_promise_base : public scheduled {
public:
  struct hand_back {
    [[nodiscard]] bool await_ready() const noexcept {
      return false;
    }
    void await_suspend(std::coroutine_handle<>) const noexcept {
      if (who != nullptr)
        go_on(*who);
    }
    void await_resume() const noexcept {
    }
    scheduled* who;
  };

  [[nodiscard]] std::suspend_always initial_suspend() const noexcept {
    return {};
  }
  [[nodiscard]] hand_back final_suspend() const noexcept {
    return {ended_};
  }
  void unhandled_exception() noexcept {
    failure_ = std::current_exception();
  }

  void run() override {
    self_.resume();
  }
  /// Runs when the coroutine has ended.
  void set_ended(scheduled& who) noexcept {
    ended_ = &who;
  }
  /// Of a coroutine that has ended; null: it answered.
  [[nodiscard]] const std::exception_ptr& failure() const noexcept {
    return failure_;
  }

protected:
  explicit task_promise_base(std::coroutine_handle<> self) noexcept
    : self_(self) {
  }
  ~task_promise_base() = default;

  void rethrow() const {
    if (failure_)
      std::rethrow_exception(failure_);
  }

private:
  std::coroutine_handle<> self_;
  scheduled* ended_ = nullptr;
  std::exception_ptr failure_;
};

template <class T>
class task_promise final : public task_promise_base {
public:
  static_assert(std::is_object_v<T>, "a task answers an object, or void");

  task_promise() noexcept
    : task_promise_base(
      std::coroutine_handle<task_promise>::from_promise(*this)) {
  }
  task<T> get_return_object() noexcept;
  template <class U = T>
  requires std::is_constructible_v<T, U&&>
  void return_value(U&& what) {
    value_.emplace(std::forward<U>(what));
  }
  [[nodiscard]] T take() {
    rethrow();
    return std::move(*value_);
  }

private:
  std::optional<T> value_;
};

template <>
class task_promise<void> final : public task_promise_base {
public:
  task_promise() noexcept
    : task_promise_base(
      std::coroutine_handle<task_promise>::from_promise(*this)) {
  }
  task<void> get_return_object() noexcept;
  void return_void() const noexcept {
  }
  void take() const {
    rethrow();
  }
};

/// Owns a task's coroutine frame.
template <class T>
class task_frame {
public:
  using handle_type = std::coroutine_handle<task_promise<T>>;

  task_frame() noexcept = default;
  explicit task_frame(handle_type handle) noexcept : handle_(handle) {
  }
  task_frame(task_frame&& other) noexcept
    : handle_(std::exchange(other.handle_, {})) {
  }
  task_frame& operator=(task_frame&& other) noexcept {
    if (this != &other) {
      reset();
      handle_ = std::exchange(other.handle_, {});
    }
    return *this;
  }
  ~task_frame() {
    reset();
  }

  void reset() noexcept {
    if (handle_)
      std::exchange(handle_, {}).destroy();
  }
  [[nodiscard]] handle_type handle() const noexcept {
    return handle_;
  }
  /// Error: invalid_argument, there is none.
  [[nodiscard]] task_promise<T>& promise() const {
    if (!handle_)
      throw error{errc::invalid_argument, "task",
                  "it was moved from, or awaited before"};
    return handle_.promise();
  }

private:
  handle_type handle_;
};

/// Awaits a task, and owns it from then on. As a step it resumes who awaits.
template <class T>
class task_awaiter final : public scheduled {
public:
  explicit task_awaiter(task_frame<T> what) noexcept : what_(std::move(what)) {
  }
  [[nodiscard]] bool await_ready() {
    need_loop("task");
    what_.promise().set_ended(*this);
    return false;
  }
  void await_suspend(std::coroutine_handle<> who) noexcept {
    who_ = who;
    const std::array<scheduled*, 1> first{&what_.handle().promise()};
    start(first);
  }
  T await_resume() {
    return what_.promise().take();
  }
  void run() override {
    who_.resume();
  }

private:
  task_frame<T> what_;
  std::coroutine_handle<> who_;
};

} // namespace detail

/// What a coroutine returns to be awaited by another one, or to be given to a
/// coroutine_loop. It begins when it is awaited, and can be awaited once:
/// `co_await make()`, or `co_await std::move(made)`. What it throws, who awaits
/// it gets. T is an object type that can be moved, or void.
///
/// Destroying one that is suspended cancels it: its variables are destroyed,
/// and what it awaited is cancelled in turn. It must not destroy itself. What
/// a coroutine's arguments refer to has to outlive it; captures of a lambda
/// live as long as the lambda, not as the coroutine.
///
/// Errors when it is awaited: invalid_argument (no coroutine_loop runs on this
/// thread, it was moved from or awaited before).
template <class T = void>
class [[nodiscard]] task {
public:
  using promise_type = detail::task_promise<T>;

  /// No coroutine.
  task() noexcept = default;
  explicit task(detail::task_frame<T> frame) noexcept
    : frame_(std::move(frame)) {
  }
  [[nodiscard]] explicit operator bool() const noexcept {
    return frame_.handle() != nullptr;
  }
  [[nodiscard]] detail::task_awaiter<T> operator co_await() && noexcept {
    return detail::task_awaiter<T>{std::move(frame_)};
  }
  /// For who runs it otherwise.
  [[nodiscard]] detail::task_frame<T> release() && noexcept {
    return std::move(frame_);
  }

private:
  detail::task_frame<T> frame_;
};

namespace detail {

template <class T>
task<T> task_promise<T>::get_return_object() noexcept {
  return task<T>{
    task_frame<T>{std::coroutine_handle<task_promise>::from_promise(*this)}};
}

inline task<void> task_promise<void>::get_return_object() noexcept {
  return task<void>{
    task_frame<void>{std::coroutine_handle<task_promise>::from_promise(*this)}};
}

} // namespace detail

} // namespace zmqrt
