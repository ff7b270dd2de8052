// SPDX-License-Identifier: MPL-2.0
//
// See sleeper.hpp.

#include "actors/c_api/sleeper.hpp"

#include <algorithm>
#include <cerrno>
#include <ctime>

#include <sys/eventfd.h>
#include <unistd.h>

#include "zmqrt/error.hpp"

namespace zmqrt::c_api {

using actors::wait_end;

namespace {

constexpr std::int64_t ns_per_s = 1'000'000'000;

timespec time_until(std::int64_t deadline_ns) noexcept {
  const std::int64_t left =
    std::max<std::int64_t>(deadline_ns - actors::monotonic_ns(), 0);
  timespec made{};
  made.tv_sec = left / ns_per_s;
  made.tv_nsec = left % ns_per_s;
  return made;
}

} // namespace

std::shared_ptr<actors::watcher> sleeper::caller(std::size_t which) {
  while (bells_.size() <= which)
    bells_.emplace_back(*this);
  return {shared_from_this(), &bells_[which]};
}

void sleeper::call() noexcept {
  switch (state_.exchange(called)) {
  case on_futex:
    actors::futex_wake(state_, 1);
    break;
  case in_poll:
    ::eventfd_write(fd_.get(), 1);
    break;
  default:
    break;
  }
}

bool sleeper::fall_asleep(state how) noexcept {
  std::uint32_t before = awake;
  return state_.compare_exchange_strong(before, how);
}

wait_end sleeper::sleep(std::int64_t deadline_ns) noexcept {
  if (!fall_asleep(on_futex))
    return wait_end::woken;
  return actors::futex_wait(state_, on_futex, deadline_ns);
}

wait_end sleeper::sleep(std::vector<pollfd>& fds, std::int64_t deadline_ns,
                        int& ready) {
  ready = 0;
  pollfd& own = fds.back();
  own = {wake_fd(), POLLIN, 0};
  if (!fall_asleep(in_poll))
    return wait_end::woken;
  const timespec left = time_until(deadline_ns);
  const int count = ::ppoll(fds.data(), fds.size(), &left, nullptr);
  const int why = errno;
  // Whoever has seen `in_poll` writes, if not yet: then the next time wakes up
  // for nothing.
  state_.store(awake);
  if (count < 0) {
    if (why == EINTR)
      return wait_end::interrupted;
    throw error{errno_code(why), "zmq_poll", "ppoll(2) failed"};
  }
  ready = count;
  if (own.revents != 0) {
    eventfd_t ignored;
    ::eventfd_read(own.fd, &ignored);
    --ready;
  }
  return count == 0 ? wait_end::timed_out : wait_end::woken;
}

int sleeper::wake_fd() {
  const pid_t now = ::getpid();
  if (!fd_ || maker_of_fd_ != now) {
    fd_ = transports::descriptor{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
    if (!fd_)
      throw error{errno_code(errno), "zmq_poll",
                  "no file descriptor to be had"};
    maker_of_fd_ = now;
  }
  return fd_.get();
}

} // namespace zmqrt::c_api
