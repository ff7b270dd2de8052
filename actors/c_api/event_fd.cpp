// SPDX-License-Identifier: MPL-2.0
//
// See event_fd.hpp.

#include "actors/c_api/event_fd.hpp"

#include <atomic>
#include <cerrno>
#include <mutex>
#include <utility>

#include <sys/eventfd.h>

#include "actors/gate/watcher.hpp"
#include "transports/posix/descriptor.hpp"
#include "zmqrt/error.hpp"

namespace zmqrt::c_api {

using actors::poll_in;
using actors::poll_out;
using actors::watcher;

/// The descriptor, and whom the gate calls. Kept by those calls, too.
class event_fd::signal {
public:
  /// One for each thing that is waited for: a gate waits for one thing on
  /// behalf of each.
  class caller final : public watcher {
  public:
    explicit caller(signal& to) noexcept : to_(to) {
    }
    void call() noexcept override {
      to_.show();
    }

  private:
    signal& to_;
  };

  signal() : fd_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    if (!fd_)
      throw error{errno_code(errno), "ZMQ_FD", "no file descriptor to be had"};
  }

  [[nodiscard]] int get() const noexcept {
    return fd_.get();
  }

  void show() noexcept {
    const std::lock_guard guard(mutex_);
    if (state_.exchange(shown) != shown)
      write(); // also where it is readable: for who waits for an edge
  }

  void quiet() noexcept {
    if (state_.load(std::memory_order_relaxed) == silent) [[likely]]
      return; // what comes right now is seen by the look that follows
    const std::lock_guard guard(mutex_);
    read();
  }

  /// quiet(), but what nobody was told yet stays for one more time: it may have
  /// come behind the verb that was tried.
  void fade() noexcept {
    if (state_.load(std::memory_order_relaxed) == silent) [[likely]]
      return;
    const std::lock_guard guard(mutex_);
    if (state_.load(std::memory_order_relaxed) == shown)
      state_.store(faded, std::memory_order_relaxed);
    else
      read();
  }

private:
  enum state : unsigned char { silent, shown, faded };

  void write() noexcept {
    ::eventfd_write(fd_.get(), 1);
  }
  void read() noexcept {
    eventfd_t ignored;
    ::eventfd_read(fd_.get(), &ignored);
    state_.store(silent, std::memory_order_relaxed);
  }

  transports::descriptor fd_;
  std::mutex mutex_; // the descriptor is as state_ says
  std::atomic<state> state_{silent};

public:
  caller in{*this};
  caller out{*this};
  caller end{*this};
  caller receive{*this};
  caller send{*this};
};

event_fd::event_fd(std::shared_ptr<actors::gate> door, bool shown)
  : door_(std::move(door)), signal_(std::make_shared<signal>()) {
  // The end shows also while both directions are open.
  const std::shared_ptr<watcher> end{signal_, &signal_->end};
  if ((door_->poll(0, end) | look()) != 0 || shown)
    signal_->show();
}

event_fd::~event_fd() {
  for (const signal::caller* const each :
       {&signal_->in, &signal_->out, &signal_->end, &signal_->receive,
        &signal_->send})
    door_->forget(*each);
}

int event_fd::get() const noexcept {
  return signal_->get();
}

unsigned event_fd::look() {
  signal_->quiet();
  return door_->poll(poll_in, {signal_, &signal_->in})
         | door_->poll(poll_out, {signal_, &signal_->out});
}

void event_fd::await(unsigned which) {
  signal_->fade();
  signal::caller& who = which == poll_in ? signal_->receive : signal_->send;
  door_->retry_with(which, {signal_, &who});
}

} // namespace zmqrt::c_api
