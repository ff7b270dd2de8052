// SPDX-License-Identifier: MPL-2.0
//
// The thread of a reactor. See reactor_thread.hpp.

#include "transports/reactor_thread.hpp"

#include <algorithm>
#include <cassert>
#include <csignal>
#include <utility>

#include <pthread.h>

namespace zmqrt::transports {

namespace {

/// A new thread inherits the mask of its maker: block while it is made, so
/// that no signal of the application ever runs on it.
class all_signals_blocked {
public:
  all_signals_blocked() noexcept {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~all_signals_blocked() {
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }
  all_signals_blocked(const all_signals_blocked&) = delete;
  all_signals_blocked& operator=(const all_signals_blocked&) = delete;

private:
  sigset_t before_{};
};

} // namespace

reactor_thread::reactor_thread(std::shared_ptr<reactor> loop, std::string name)
  : loop_(std::move(loop)) {
  const all_signals_blocked block;
  name.resize(std::min<std::size_t>(name.size(), 15)); // the kernel's limit
  thread_ = std::thread{[this, name] {
    pthread_setname_np(pthread_self(), name.c_str());
    loop_->run();
  }};
}

reactor_thread::~reactor_thread() {
  assert(!loop_->is_current());
  loop_->stop();
  thread_.join();
}

} // namespace zmqrt::transports
