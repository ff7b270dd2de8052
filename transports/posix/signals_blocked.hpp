// SPDX-License-Identifier: MPL-2.0
//
// A new thread inherits the signal mask of its maker. While this lives, the
// thread that made it takes no signal, and the threads that it starts never
// will: signals are the application's.

#pragma once

#include <csignal>

#include <pthread.h>

namespace zmqrt::transports {

class signals_blocked {
public:
  signals_blocked() noexcept {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~signals_blocked() {
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }
  signals_blocked(const signals_blocked&) = delete;
  signals_blocked& operator=(const signals_blocked&) = delete;

private:
  sigset_t before_{};
};

} // namespace zmqrt::transports
