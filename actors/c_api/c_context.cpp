// SPDX-License-Identifier: MPL-2.0
//
// See c_context.hpp.

#include "actors/c_api/c_context.hpp"

#include <unistd.h>

#include "actors/c_api/lent_memory.hpp"
#include "actors/context/context_numbers.hpp"
#include "actors/gate/endless_wait.hpp"
#include "transports/posix/signals_blocked.hpp"
#include "zmqrt/error.hpp"

namespace zmqrt::c_api {

namespace {

/// Waits until it is `wanted`; false: a signal came first.
bool wait_for(std::atomic<std::uint32_t>& word, std::uint32_t wanted) {
  for (;;) {
    const std::uint32_t now = word.load(std::memory_order_acquire);
    if (now == wanted)
      return true;
    if (actors::futex_wait(word, now, actors::endless_deadline())
        == actors::wait_end::interrupted)
      return word.load(std::memory_order_acquire) == wanted;
  }
}

} // namespace

c_context::c_context() : maker_(::getpid()) {
}

c_context::~c_context() {
  if (ending_.joinable())
    ending_.join();
}

bool c_context::forked() const noexcept {
  return maker_ != ::getpid();
}

// -- sockets ------------------------------------------------------------------

zmqrt::socket c_context::open(socket_type type, counted how) {
  const std::lock_guard guard(mutex_);
  if (shut_down_)
    throw error{errc::terminated, "zmq_socket", "the context is over"};
  if (!made_)
    made_.emplace(wished_);
  auto opened = made_->socket(type);
  // Under the lock: term() either sees it, or has it refused above.
  if (how == counted::yes)
    open_sockets_.fetch_add(1, std::memory_order_relaxed);
  return opened;
}

void c_context::socket_closed() noexcept {
  if (open_sockets_.fetch_sub(1, std::memory_order_release) == 1)
    actors::futex_wake(open_sockets_, 1 << 30);
}

// -- options ------------------------------------------------------------------

void c_context::set(int option, int value) {
  const std::lock_guard guard(mutex_);
  if (option == actors::id_io_threads && value == 0) {
    no_io_threads_ = true;
    wished_.io_threads = 1;
    return;
  }
  set_raw(wished_, option, value);
  if (option == actors::id_io_threads)
    no_io_threads_ = false;
  if (made_ && actors::changes_later(option))
    made_->set_raw(option, value);
}

void c_context::set(int option, std::string_view value) {
  const std::lock_guard guard(mutex_);
  set_raw(wished_, option, value);
}

int c_context::get(int option) const {
  const std::lock_guard guard(mutex_);
  if (option == actors::id_io_threads && no_io_threads_)
    return 0;
  return get_raw(wished_, option);
}

std::string c_context::thread_name_prefix() const {
  const std::lock_guard guard(mutex_);
  return wished_.thread_name_prefix;
}

// -- its end ------------------------------------------------------------------

void c_context::shutdown() noexcept {
  const std::lock_guard guard(mutex_);
  shut_down_ = true;
  if (made_ && !forked())
    made_->shutdown();
}

void c_context::end_runtime() noexcept {
  if (made_)
    made_->term();
  await_returns(); // what its sockets held is back with the program, too
  ended_.store(1, std::memory_order_release);
  actors::futex_wake(ended_, 1 << 30);
}

std::error_code c_context::term() {
  if (forked())
    return {};
  shutdown();
  if (!wait_for(open_sockets_, 0))
    return make_error_code(errc::interrupted);
  {
    // On a thread of its own, so that a signal can end the wait for it.
    const std::lock_guard guard(mutex_);
    if (!ending_.joinable() && ended_.load(std::memory_order_relaxed) == 0) {
      const transports::signals_blocked while_it_is_made;
      ending_ = std::thread{[this] { end_runtime(); }};
    }
  }
  if (!wait_for(ended_, 1))
    return make_error_code(errc::interrupted);
  const std::lock_guard guard(mutex_);
  if (ending_.joinable())
    ending_.join();
  made_.reset();
  return {};
}

} // namespace zmqrt::c_api
