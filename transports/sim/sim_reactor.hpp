// SPDX-License-Identifier: MPL-2.0
//
// A reactor in a simulated world. It has no thread: its turns, timers and
// completions happen while somebody pumps the world (sim_world::step()), and
// only then is_current() holds. Only post() and stop() may come from another
// thread (and take the determinism with them).

#pragma once

#include <atomic>
#include <cstdint>
#include <exception>
#include <memory>
#include <mutex>
#include <string_view>
#include <vector>

#include "transports/reactor.hpp"
#include "transports/sim/sim_events.hpp"
#include "transports/sim/sim_random.hpp"
#include "transports/timer_heap.hpp"

namespace zmqrt::transports {

class sim_world;

class sim_reactor final : public reactor {
public:
  explicit sim_reactor(sim_world& world);
  ~sim_reactor() override;
  sim_reactor(const sim_reactor&) = delete;
  sim_reactor& operator=(const sim_reactor&) = delete;

  void post(std::shared_ptr<task> work) override;
  void stop() override;
  [[nodiscard]] bool is_current() const noexcept override;

  /// Pumps the whole world until stop(), or until nothing is left to happen.
  void run() override;
  [[nodiscard]] time_point now() const noexcept override;
  void arm(timer& which, time_point when) override;
  void disarm(timer& which) override;
  [[nodiscard]] std::uint64_t random() noexcept override;
  [[nodiscard]] buffer_source& buffers() noexcept override;

  [[nodiscard]] result<std::unique_ptr<acceptor>>
  listen(const address& where, const listen_options& options) override;
  [[nodiscard]] std::unique_ptr<dialer>
  dial(const address& where, const dial_options& options) override;
  [[nodiscard]] std::unique_ptr<resolution>
  resolve(const resolve_query& query, resolve_callback then) override;
  [[nodiscard]] result<std::vector<address>>
  resolve_here(const resolve_query& query) override;

  [[nodiscard]] std::string_view backend() const noexcept override {
    return "sim";
  }

  /// Counted from 0 in the order in which a world's reactors were made.
  [[nodiscard]] sim_reactor_number number() const noexcept {
    return number_;
  }

private:
  friend class sim_world;

  /// Makes a reactor the current one while one of its callbacks runs.
  class turn_scope {
  public:
    explicit turn_scope(const sim_reactor& now_running) noexcept;
    ~turn_scope();
    turn_scope(const turn_scope&) = delete;
    turn_scope& operator=(const turn_scope&) = delete;

  private:
    const sim_reactor* outer_;
  };

  /// Whether something was posted for which no turn is planned yet.
  bool take_wake_up() noexcept;
  void run_posted();
  /// Answers whether anybody wants to know.
  bool tell(std::exception_ptr thrown);

  sim_world& world_;
  sim_reactor_number number_;
  sim_random random_;
  timer_heap timers_;
  std::mutex posted_mutex_;
  std::vector<std::shared_ptr<task>> posted_;
  std::vector<std::shared_ptr<task>> turn_; ///< keeps its memory
  std::atomic<bool> wake_up_{false};
  std::atomic<bool> stopped_{false};
  bool frozen_ = false;
  std::vector<sim_event> parked_;
};

} // namespace zmqrt::transports
