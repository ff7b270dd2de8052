// SPDX-License-Identifier: MPL-2.0
//
// What the two reactors on a real kernel have in common: the turn of the loop,
// posted tasks, timers, deferred callbacks, the clock, randomness and names.
// A backend adds how it waits and how it serves sockets. But for post(),
// stop() and is_current() it belongs to the loop's thread.

#pragma once

#include <array>
#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <utility>

#include "transports/posix/breather.hpp"
#include "transports/posix/datagram_socket.hpp"
#include "transports/posix/deferred_call.hpp"
#include "transports/reactor.hpp"
#include "transports/task_queue.hpp"
#include "transports/timer_heap.hpp"

namespace zmqrt::transports {

class kernel_reactor : public reactor {
public:
  ~kernel_reactor() override;

  void post(std::shared_ptr<task> work) noexcept final;
  void stop() final;
  [[nodiscard]] bool is_current() const noexcept final;
  void run() final;
  [[nodiscard]] time_point now() const noexcept final;
  void arm(timer& which, time_point when) final;
  void disarm(timer& which) final;
  [[nodiscard]] std::uint64_t random() noexcept final;
  [[nodiscard]] buffer_source& buffers() noexcept final;
  void moved(std::uint64_t messages, std::size_t bytes) noexcept final {
    breather_.moved(messages, bytes);
  }
  [[nodiscard]] std::unique_ptr<resolution>
  resolve(const resolve_query& query, resolve_callback then) final;
  [[nodiscard]] result<std::vector<address>>
  resolve_here(const resolve_query& query) final;
  [[nodiscard]] result<std::unique_ptr<datagram>>
  open_datagram(const address& where, const datagram_options& options) final;

  /// Has `which` called before the loop waits again.
  void defer(deferred_call& which) noexcept {
    deferred_.add(which);
  }

  /// Runs a callback; what it throws ends nothing but itself.
  template <class Callback>
  void guard(Callback&& callback) noexcept {
    try {
      callback();
    } catch (...) {
      tell_exception();
    }
  }

  /// The same for a callback with an answer; `otherwise` where it throws.
  template <class Answer, class Callback>
  Answer ask(Answer otherwise, Callback&& callback) noexcept {
    try {
      return callback();
    } catch (...) {
      tell_exception();
      return otherwise;
    }
  }

  /// Turns of the loop so far: a loop that sleeps makes none.
  [[nodiscard]] std::uint64_t turns() const noexcept {
    return turns_;
  }

protected:
  /// How long the loop may wait.
  struct patience {
    bool none = false;                    ///< only look what is there
    std::optional<time_point> deadline{}; ///< empty: for ever
  };

  kernel_reactor();

  /// Called on the loop's thread before its first turn.
  virtual void on_run() = 0;
  /// Called there after its last turn, for now.
  virtual void on_rest() = 0;
  /// Submits what is pending, waits for events, but not beyond `limit`, and
  /// keeps them.
  virtual void wait(const patience& limit) = 0;
  /// Makes the callbacks of the events that wait() kept.
  virtual void dispatch() = 0;

  /// An endpoint with that socket, which reads into `scratch`.
  virtual result<std::unique_ptr<datagram>>
  serve(datagram_socket socket, datagram_scratch& scratch) = 0;

  [[nodiscard]] int wake_fd() const noexcept {
    return tasks_->wake_fd();
  }

private:
  bool run_tasks() noexcept;
  void fire_timers() noexcept;
  void tell_exception() noexcept;

  std::shared_ptr<task_queue> tasks_;
  task_queue::portion running_;
  timer_heap timers_;
  deferred_calls deferred_;
  breather breather_;
  std::unique_ptr<datagram_scratch> datagram_scratch_; // from the first one on
  time_point now_{};
  std::uint64_t turns_ = 0;
  std::array<std::uint64_t, 32> random_{};
  std::size_t random_left_ = 0;
};

} // namespace zmqrt::transports
