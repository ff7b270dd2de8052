// SPDX-License-Identifier: MPL-2.0
//
// See poll_set.hpp.

#include "actors/c_api/poll_set.hpp"

#include <cerrno>
#include <limits>

#include <zmq.h>

#include "actors/c_api/c_socket.hpp"
#include "actors/gate/endless_wait.hpp"
#include "zmqrt/error.hpp"

namespace zmqrt::c_api {

using actors::poll_error;
using actors::poll_in;
using actors::poll_out;
using actors::wait_end;

static_assert(ZMQ_POLLIN == poll_in && ZMQ_POLLOUT == poll_out);

namespace {

constexpr std::int64_t ns_per_ms = 1'000'000;

short to_kernel(short events) noexcept {
  return static_cast<short>(((events & ZMQ_POLLIN) != 0 ? POLLIN : 0)
                            | ((events & ZMQ_POLLOUT) != 0 ? POLLOUT : 0)
                            | ((events & ZMQ_POLLPRI) != 0 ? POLLPRI : 0));
}

short from_kernel(short events) noexcept {
  constexpr short asked_for = POLLIN | POLLOUT | POLLPRI;
  return static_cast<short>(((events & POLLIN) != 0 ? ZMQ_POLLIN : 0)
                            | ((events & POLLOUT) != 0 ? ZMQ_POLLOUT : 0)
                            | ((events & POLLPRI) != 0 ? ZMQ_POLLPRI : 0)
                            | ((events & ~asked_for) != 0 ? ZMQ_POLLERR : 0));
}

std::int64_t deadline_after(long timeout_ms) noexcept {
  const std::int64_t never = actors::endless_deadline();
  if (timeout_ms < 0 || timeout_ms >= never / ns_per_ms)
    return never;
  return actors::monotonic_ns() + timeout_ms * ns_per_ms;
}

} // namespace

poll_set::poll_set() : sleeper_(std::make_shared<sleeper>()) {
}

poll_set::~poll_set() {
  clear();
}

// -- what is waited for -------------------------------------------------------

bool poll_set::add_socket(void* handle, short events) {
  item made;
  made.wanted = static_cast<unsigned>(events) & (poll_in | poll_out);
  made.call = handle_table::pin(handle, c_socket::kind, call_kind::rare);
  if (made.call.slot == nullptr)
    return false;
  try {
    items_.push_back(made);
  } catch (...) {
    handle_table::unpin(made.call);
    throw;
  }
  return true;
}

void poll_set::add_fd(int fd, short events) {
  item made;
  made.fd = fds_.size();
  fds_.reserve(fds_.size() + 2); // with the sleeper's
  items_.push_back(made);
  fds_.push_back({fd, to_kernel(events), 0});
}

void poll_set::clear() noexcept {
  for (const item& each : items_)
    if (each.call.slot != nullptr)
      handle_table::unpin(each.call);
  items_.clear();
  fds_.clear();
}

c_socket& poll_set::socket_of(const item& which) noexcept {
  return *static_cast<c_socket*>(which.call.slot->object());
}

short poll_set::events(std::size_t which) const noexcept {
  const item& at = items_[which];
  return at.call.slot != nullptr ? static_cast<short>(at.held)
                                 : from_kernel(fds_[at.fd].revents);
}

// -- waiting ------------------------------------------------------------------

/// Nobody calls any more.
struct poll_set::disarm {
  poll_set& of;

  ~disarm() {
    for (std::size_t i = 0; i < of.items_.size(); ++i)
      if (of.items_[i].armed) {
        of.items_[i].armed = false;
        socket_of(of.items_[i]).door().forget(*of.sleeper_->caller(i));
      }
  }
};

int poll_set::look(bool arm) {
  int count = 0;
  for (std::size_t i = 0; i < items_.size(); ++i) {
    item& each = items_[i];
    if (each.call.slot == nullptr)
      continue;
    c_socket& at = socket_of(each);
    if (arm) {
      const auto caller = sleeper_->caller(i);
      each.armed = true;
      each.held = at.look(each.wanted, caller);
    } else {
      each.held = at.look(each.wanted);
    }
    if ((each.held & poll_error) != 0) [[unlikely]] {
      const auto why = at.door().failure();
      throw error{why ? why : make_error_code(errc::not_a_socket), "zmq_poll",
                  "a socket is over"};
    }
    count += each.held != 0 ? 1 : 0;
  }
  return count;
}

int poll_set::look_at_fds() {
  if (fds_.empty())
    return 0;
  int count = 0;
  do
    count = ::poll(fds_.data(), fds_.size(), 0);
  while (count < 0 && errno == EINTR);
  if (count < 0)
    throw error{errno_code(errno), "zmq_poll", "poll(2) failed"};
  return count;
}

int poll_set::wait(long timeout_ms) {
  const int ready = look(false);
  if (ready != 0 || timeout_ms == 0)
    return ready + look_at_fds();
  if (actors::waiting_forbidden())
    throw error{errc::would_deadlock, "zmq_poll",
                "called on a thread of the runtime"};
  return sleep(deadline_after(timeout_ms));
}

int poll_set::sleep(std::int64_t deadline_ns) {
  const bool only_sockets = fds_.empty();
  const disarm at_the_end{*this};
  for (;;) {
    sleeper_->wake_up();
    if (const int ready = look(true); ready != 0)
      return ready + look_at_fds();
    int fds_ready = 0;
    wait_end how = wait_end::woken;
    if (only_sockets) {
      how = sleeper_->sleep(deadline_ns);
    } else {
      fds_.emplace_back();
      how = sleeper_->sleep(fds_, deadline_ns, fds_ready);
      fds_.pop_back();
    }
    if (how == wait_end::woken && fds_ready == 0)
      continue;
    if (const int ready = look(false) + fds_ready; ready != 0)
      return ready;
    if (how == wait_end::timed_out)
      return 0;
    throw error{errc::interrupted, "zmq_poll", "a signal came"};
  }
}

// -- the thread's own ---------------------------------------------------------

namespace {

/// Outlives what would destroy it at a thread's end: calls may still come, by
/// way of exit handlers of the main thread.
thread_local poll_set* spare = nullptr;
thread_local bool over = false;

struct end_of_thread {
  ~end_of_thread() {
    over = true;
    delete spare;
    spare = nullptr;
  }
};

} // namespace

borrowed_set::borrowed_set() : set_(std::exchange(spare, nullptr)) {
  if (!set_)
    set_ = std::make_unique<poll_set>();
}

borrowed_set::~borrowed_set() {
  set_->clear();
  thread_local const end_of_thread keeper;
  if (!over && spare == nullptr)
    spare = set_.release();
}

} // namespace zmqrt::c_api
