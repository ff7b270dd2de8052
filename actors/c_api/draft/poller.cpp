// SPDX-License-Identifier: MPL-2.0
//
// See poller.hpp.

#include "actors/c_api/draft/poller.hpp"

#include <algorithm>
#include <cerrno>

#include <sys/eventfd.h>

#include "actors/c_api/c_socket.hpp"
#include "actors/c_api/poll_set.hpp"
#include "actors/gate/watcher.hpp"
#include "transports/posix/descriptor.hpp"
#include "zmqrt/error.hpp"

namespace zmqrt::c_api {

namespace {

[[noreturn]] void refuse(const char* rule) {
  throw error{errc::invalid_argument, "zmq_poller", rule};
}

} // namespace

/// Called by all sockets; which one it was does not matter.
class poller::signal final : public actors::watcher {
public:
  signal() : fd_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    if (!fd_)
      throw error{errno_code(errno), "zmq_poller_fd",
                  "no file descriptor to be had"};
  }
  void call() noexcept override {
    ::eventfd_write(fd_.get(), 1);
  }
  void quiet() noexcept {
    eventfd_t ignored;
    ::eventfd_read(fd_.get(), &ignored);
  }
  [[nodiscard]] int get() const noexcept {
    return fd_.get();
  }

private:
  transports::descriptor fd_;
};

poller::~poller() {
  for (const entry& each : entries_)
    if (const pinned<c_socket> at{each.what.socket}; at && signal_)
      at->door().forget(*signal_);
}

// -- what is registered -------------------------------------------------------

std::size_t poller::size() const {
  const std::lock_guard guard(mutex_);
  return entries_.size();
}

void poller::add(target what, void* user_data, short events) {
  const std::lock_guard guard(mutex_);
  if (find(what) != entries_.end())
    refuse("it is registered already");
  entries_.push_back({what, user_data, events});
  arm();
}

void poller::modify(target what, short events) {
  const std::lock_guard guard(mutex_);
  const auto at = find(what);
  if (at == entries_.end())
    refuse("it is not registered");
  at->events = events;
  arm();
}

void poller::remove(target what) {
  const std::lock_guard guard(mutex_);
  const auto at = find(what);
  if (at == entries_.end())
    refuse("it is not registered");
  entries_.erase(at);
  if (const pinned<c_socket> gone{what.socket}; gone && signal_)
    gone->door().forget(*signal_);
  arm();
}

std::vector<poller::entry>::iterator poller::find(target what) {
  return std::find_if(entries_.begin(), entries_.end(),
                      [&](const entry& each) { return each.what == what; });
}

// -- waiting ------------------------------------------------------------------

int poller::wait(zmq_poller_event_t* events, int most, long timeout_ms) {
  const borrowed_set all;
  std::vector<entry> waited_for;
  {
    const std::lock_guard guard(mutex_);
    std::copy_if(entries_.begin(), entries_.end(),
                 std::back_inserter(waited_for),
                 [](const entry& each) { return each.events != 0; });
  }
  if (waited_for.empty() && timeout_ms < 0)
    throw error{errno_code(EFAULT), "zmq_poller_wait",
                "there is nothing to wait for"};
  for (const entry& each : waited_for)
    if (each.what.socket == nullptr)
      all->add_fd(each.what.fd, each.events);
    else if (!all->add_socket(each.what.socket, each.events))
      throw error{errc::not_a_socket, "zmq_poller_wait",
                  "a socket that is registered was closed"};
  const int ready = all->wait(timeout_ms);
  int told = 0;
  for (std::size_t i = 0; told < std::min(ready, most); ++i)
    if (const short held = all->events(i); held != 0) {
      const entry& each = waited_for[i];
      events[told++] = {each.what.socket, each.what.fd, each.user_data, held};
    }
  {
    const std::lock_guard guard(mutex_);
    arm();
  }
  if (ready == 0)
    throw error{errc::again, "zmq_poller_wait", "nothing came in time"};
  return told;
}

int poller::fd() {
  const std::lock_guard guard(mutex_);
  if (std::none_of(entries_.begin(), entries_.end(), [](const entry& each) {
        return each.what.socket != nullptr;
      }))
    refuse("no socket is registered");
  if (!signal_) {
    signal_ = std::make_shared<signal>();
    arm();
  }
  return signal_->get();
}

void poller::arm() {
  if (!signal_)
    return;
  signal_->quiet();
  bool held = false;
  for (const entry& each : entries_)
    if (const pinned<c_socket> at{each.what.socket}; at && each.events != 0)
      held |= at->look(static_cast<unsigned>(each.events)
                         & (actors::poll_in | actors::poll_out),
                       signal_)
              != 0;
  if (held)
    signal_->call();
}

} // namespace zmqrt::c_api
