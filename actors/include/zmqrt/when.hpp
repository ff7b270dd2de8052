// SPDX-License-Identifier: MPL-2.0
//
// Awaiting several things at once: when_any, when_all, with_deadline. They
// take tasks, operations, each other, and whatever else can be awaited; all of
// it runs in the coroutine_loop of who awaits.

#pragma once

#include <array>
#include <chrono>
#include <coroutine>
#include <cstddef>
#include <optional>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>

#include "zmqrt/operations.hpp"
#include "zmqrt/scheduled.hpp"
#include "zmqrt/task.hpp"

namespace zmqrt {

namespace detail {

template <class Awaitable>
decltype(auto) awaiter_of(Awaitable&& what) {
  if constexpr (requires { std::forward<Awaitable>(what).operator co_await(); })
    return std::forward<Awaitable>(what).operator co_await();
  else if constexpr (requires {
                       operator co_await(std::forward<Awaitable>(what));
                     })
    return operator co_await(std::forward<Awaitable>(what));
  else
    return std::forward<Awaitable>(what);
}

/// What awaiting it answers.
template <class Awaitable>
using awaited =
  std::decay_t<decltype(awaiter_of(std::declval<Awaitable>()).await_resume())>;

/// The same, where it has to be an object.
template <class T>
using filled = std::conditional_t<std::is_void_v<T>, std::monostate, T>;

template <class T>
task<T> as_task(task<T> what) noexcept {
  return what;
}

template <class Awaitable>
task<awaited<Awaitable>> as_task(Awaitable what) {
  co_return co_await std::move(what);
}

/// Is told which branch has ended.
class ZMQRT_EXPORT fork {
public:
  virtual void on_ended(scheduled& branch, bool failed) = 0;

protected:
  ~fork() = default;
};

/// One of the tasks. As a step it tells that the task has ended.
template <class T>
class branch final : public scheduled {
public:
  explicit branch(task<T> what) noexcept : frame_(std::move(what).release()) {
  }
  /// Answers what begins it.
  [[nodiscard]] scheduled* prepare(fork& parent) {
    parent_ = &parent;
    frame_.promise().set_ended(*this);
    return &frame_.promise();
  }
  void cancel() noexcept {
    frame_.reset();
    unlink();
  }
  [[nodiscard]] filled<T> take() {
    if constexpr (std::is_void_v<T>) {
      frame_.promise().take();
      return {};
    } else {
      return frame_.promise().take();
    }
  }
  void run() override {
    parent_->on_ended(*this, frame_.promise().failure() != nullptr);
  }

private:
  task_frame<T> frame_;
  fork* parent_ = nullptr;
};

/// What awaiting several has in common.
template <class... T>
class branches : public fork {
public:
  static constexpr std::size_t count = sizeof...(T);
  static_assert(count != 0, "there has to be something to await");

  explicit branches(std::tuple<task<T>...>&& what)
    : all_(std::make_from_tuple<std::tuple<branch<T>...>>(std::move(what))) {
  }
  branches(const branches&) = delete;
  branches& operator=(const branches&) = delete;

  [[nodiscard]] bool await_ready() {
    need_loop("when");
    first_ = std::apply(
      [this](auto&... each) { return std::array{each.prepare(*this)...}; },
      all_);
    return false;
  }
  void await_suspend(std::coroutine_handle<> who) noexcept {
    who_ = who;
    start(first_);
  }

protected:
  ~branches() = default;

  /// All but one are destroyed, then who awaits goes on.
  void decide(const scheduled& winner) {
    const auto stop = [&](auto& each) {
      if (&each != &winner)
        each.cancel();
    };
    std::apply([&](auto&... each) { (stop(each), ...); }, all_);
    who_.resume();
  }
  void go_on() {
    who_.resume();
  }

  std::tuple<branch<T>...> all_;

private:
  std::array<scheduled*, count> first_{};
  std::coroutine_handle<> who_;
};

template <class... T>
class any_awaiter final : public branches<T...> {
public:
  using result = std::variant<filled<T>...>;
  using branches<T...>::branches;

  void on_ended(scheduled& branch, bool) override {
    winner_ = &branch;
    this->decide(branch);
  }
  result await_resume() {
    return take<0>();
  }

private:
  template <std::size_t I>
  result take() {
    if constexpr (I + 1 < sizeof...(T))
      if (winner_ != &std::get<I>(this->all_))
        return take<I + 1>();
    return result{std::in_place_index<I>, std::get<I>(this->all_).take()};
  }

  const scheduled* winner_ = nullptr;
};

template <class... T>
class all_awaiter final : public branches<T...> {
public:
  using result = std::tuple<filled<T>...>;
  using branches<T...>::branches;

  void on_ended(scheduled& branch, bool failed) override {
    if (failed) {
      failed_ = &branch;
      this->decide(branch);
    } else if (--left_ == 0) {
      this->go_on();
    }
  }
  result await_resume() {
    if (failed_ != nullptr)
      std::apply([this](auto&... each) { (this->rethrow(each), ...); },
                 this->all_);
    return std::apply(
      // In braces: in order.
      [](auto&... each) { return result{each.take()...}; }, this->all_);
  }

private:
  template <class Branch>
  void rethrow(Branch& each) {
    if (&each == failed_)
      (void)each.take();
  }

  std::size_t left_ = sizeof...(T);
  const scheduled* failed_ = nullptr;
};

/// Awaits `Awaiter`, once.
template <class Awaiter, class... T>
class [[nodiscard]] several {
public:
  explicit several(task<T>... what) noexcept : what_(std::move(what)...) {
  }
  [[nodiscard]] Awaiter operator co_await() && {
    return Awaiter{std::move(what_)};
  }

private:
  std::tuple<task<T>...> what_;
};

} // namespace detail

/// Awaiting it answers, as a std::variant, what the first of them to end has
/// answered, which index() tells; std::monostate for void. Where several can
/// end at once, it is the first in this order. The others are destroyed before
/// that. What the first one throws, it throws.
template <class... Awaitable>
[[nodiscard]] auto when_any(Awaitable... what) {
  return detail::several<detail::any_awaiter<detail::awaited<Awaitable>...>,
                         detail::awaited<Awaitable>...>{
    detail::as_task(std::move(what))...};
}

/// Awaiting it answers what all of them have answered, as a std::tuple, with
/// std::monostate for void. What the first of them to throw throws, it throws
/// at once; the others are destroyed before that, and their answers with them.
template <class... Awaitable>
[[nodiscard]] auto when_all(Awaitable... what) {
  return detail::several<detail::all_awaiter<detail::awaited<Awaitable>...>,
                         detail::awaited<Awaitable>...>{
    detail::as_task(std::move(what))...};
}

/// Answers what it answers, as std::optional, or for void true; none or false:
/// it took longer, and is destroyed. Zero: what can be had at once can be had.
/// Negative: no limit. The time runs from when it is awaited.
template <class Awaitable>
auto with_deadline(Awaitable what, std::chrono::milliseconds limit)
  -> task<std::conditional_t<
    std::is_void_v<detail::awaited<Awaitable>>, bool,
    std::optional<detail::filled<detail::awaited<Awaitable>>>>> {
  auto first = co_await when_any(std::move(what), sleep_for(limit));
  if constexpr (std::is_void_v<detail::awaited<Awaitable>>) {
    co_return first.index() == 0;
  } else {
    std::optional<detail::filled<detail::awaited<Awaitable>>> answer;
    if (first.index() == 0)
      answer.emplace(std::get<0>(std::move(first)));
    co_return answer;
  }
}

} // namespace zmqrt
