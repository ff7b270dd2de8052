// SPDX-License-Identifier: MPL-2.0
//
// What a thread sleeps with until one of many sockets calls: on a futex, or in
// ppoll(2) where it waits for file descriptors, too. One thread sleeps, any
// thread calls.

#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <vector>

#include <poll.h>
#include <sys/types.h>

#include "actors/gate/futex.hpp"
#include "actors/gate/watcher.hpp"
#include "transports/posix/descriptor.hpp"

namespace zmqrt::c_api {

class sleeper : public std::enable_shared_from_this<sleeper> {
public:
  /// Whom the `which`-th socket calls. Errors: no_memory.
  [[nodiscard]] std::shared_ptr<actors::watcher> caller(std::size_t which);

  /// Calls from here on end the next sleep. Before the sockets are looked at.
  void wake_up() noexcept {
    state_.store(awake, std::memory_order_relaxed);
  }
  /// Woken: called, or for no reason.
  [[nodiscard]] actors::wait_end sleep(std::int64_t deadline_ns) noexcept;
  /// The same until one of `fds` is ready, too; `ready` of them are. The last
  /// one in `fds` is this function's. Errors: too_many_open, and ppoll()'s.
  [[nodiscard]] actors::wait_end sleep(std::vector<pollfd>& fds,
                                       std::int64_t deadline_ns, int& ready);

private:
  /// One per socket: a gate calls each only for what it was asked for last.
  class bell final : public actors::watcher {
  public:
    explicit bell(sleeper& to) noexcept : to_(to) {
    }
    void call() noexcept override {
      to_.call();
    }

  private:
    sleeper& to_;
  };

  enum state : std::uint32_t { awake, called, on_futex, in_poll };

  void call() noexcept;
  /// False: it was called already.
  [[nodiscard]] bool fall_asleep(state how) noexcept;
  /// Its own one, which a forked child must not share.
  [[nodiscard]] int wake_fd();

  std::atomic<std::uint32_t> state_{awake};
  std::deque<bell> bells_; // stay where they are
  transports::descriptor fd_;
  pid_t maker_of_fd_ = 0;
};

} // namespace zmqrt::c_api
