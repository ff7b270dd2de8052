// SPDX-License-Identifier: MPL-2.0
//
// The timers of zmq_timers(3), which repeat until they are cancelled. Pure:
// time is an argument, and a round answers whose turn it is; the caller calls
// the handlers. One thread.

#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>

#include "libzmqrt/message/time.hpp"

namespace zmqrt::c_api {

/// `now` is never earlier than it was before.
class timer_list {
public:
  using handler = void (*)(int id, void* argument);

  /// A timer whose time has come.
  struct due {
    int id;
    handler call;
    void* argument;
  };

  class round;

  timer_list() noexcept = default;
  /// The first timer's id follows `last_id`.
  explicit timer_list(int last_id) noexcept : last_id_(last_id) {
  }
  timer_list(const timer_list&) = delete;
  timer_list& operator=(const timer_list&) = delete;

  /// Its id, above zero, which no other timer has. An interval too long for the
  /// clock never ends. Throws std::bad_alloc.
  int add(std::uint64_t interval_ms, handler call, void* argument,
          time_point now);
  /// False, here and below: there is no such timer (any more).
  [[nodiscard]] bool cancel(int id) noexcept;
  /// Ends `interval_ms` from now, and so on.
  [[nodiscard]] bool set_interval(int id, std::uint64_t interval_ms,
                                  time_point now) noexcept;
  /// Starts its interval anew.
  [[nodiscard]] bool reset(int id, time_point now) noexcept;

  /// Until the first is due, rounded up, not below zero; nothing: there is
  /// none. One whose handler is being called does not count.
  [[nodiscard]] std::optional<std::chrono::milliseconds>
  wait(time_point now) const noexcept;

private:
  struct timer {
    int id;
    std::uint64_t interval_ms;
    handler call;
    void* argument;
    time_point when;
    std::uint64_t armed;    // orders those that are due at once
    bool restarted = false; // by its own handler
    bool cancelled = false; // the same; otherwise it is gone at once
  };

  struct earlier {
    bool operator()(const timer* a, const timer* b) const noexcept {
      return a->when != b->when ? a->when < b->when : a->armed < b->armed;
    }
  };

  using queue = std::set<timer*, earlier>;

  [[nodiscard]] timer* find(int id) noexcept;
  void start(timer& which, time_point now) noexcept;
  void restart(timer& which, time_point now) noexcept;

  int last_id_ = 0;
  std::uint64_t armed_ = 0;
  std::map<int, timer> timers_;
  queue queue_; // without those whose handlers are being called
};

/// One call of zmq_timers_execute(3): each timer that is due has its turn, and
/// none has two, however short its interval. What handlers add or restart
/// waits for another round. There may be rounds within a round: a timer whose
/// handler has not returned has no turn in them.
class timer_list::round {
public:
  /// `list` outlives it.
  round(timer_list& list, time_point now) noexcept
    : list_(&list), now_(now), limit_(list.armed_) {
  }
  round(const round&) = delete;
  round& operator=(const round&) = delete;
  ~round() {
    finish();
  }

  /// The handler of the one before has returned.
  [[nodiscard]] std::optional<due> next() noexcept;

private:
  void finish() noexcept;

  timer_list* list_;
  time_point now_;
  std::uint64_t limit_;   // who was armed later is not in this round
  queue::node_type turn_; // whose handler is being called
};

} // namespace zmqrt::c_api
