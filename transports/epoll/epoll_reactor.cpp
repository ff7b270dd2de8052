// SPDX-License-Identifier: MPL-2.0
//
// The epoll loop. See epoll_reactor.hpp.

#include "transports/epoll/epoll_reactor.hpp"

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <limits>
#include <system_error>

#include "transports/epoll/epoll_acceptor.hpp"
#include "transports/epoll/epoll_datagram.hpp"
#include "transports/epoll/epoll_dialer.hpp"

namespace zmqrt::transports {

namespace {

using std::chrono::nanoseconds;

/// Rounded up: a timer does not fire early, and a loop that woke early would
/// spin.
int in_milliseconds(nanoseconds left) noexcept {
  const auto whole = std::chrono::ceil<std::chrono::milliseconds>(left);
  return static_cast<int>(
    std::min<std::int64_t>(whole.count(), std::numeric_limits<int>::max()));
}

timespec in_timespec(nanoseconds left) noexcept {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(left);
  timespec out{};
  out.tv_sec = seconds.count();
  out.tv_nsec = (left - seconds).count();
  return out;
}

} // namespace

epoll_reactor::epoll_reactor() : epoll_(epoll_create1(EPOLL_CLOEXEC)) {
  if (!epoll_)
    throw std::system_error(errno, std::system_category(), "epoll_create1");
  epoll_event wake{};
  wake.events = EPOLLIN | EPOLLET; // each post is an edge, nobody reads
  wake.data.ptr = nullptr;
  if (epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, wake_fd(), &wake) != 0)
    throw std::system_error(errno, std::system_category(), "epoll_ctl");
}

result<std::unique_ptr<acceptor>>
epoll_reactor::listen(const address& where, const listen_options& options) {
  auto opened = listening_socket::open(where, options);
  if (!opened)
    return opened.why();
  return std::unique_ptr<acceptor>{
    std::make_unique<epoll_acceptor>(*this, std::move(*opened), options)};
}

std::unique_ptr<dialer> epoll_reactor::dial(const address& where,
                                            const dial_options& options) {
  return std::make_unique<epoll_dialer>(*this, where, options);
}

result<std::unique_ptr<datagram>>
epoll_reactor::serve(datagram_socket socket, datagram_scratch& scratch) {
  return epoll_datagram::open(*this, scratch, std::move(socket));
}

std::error_code epoll_reactor::watch(int fd, std::uint32_t events,
                                     epoll_target& target) noexcept {
  epoll_event wanted{};
  wanted.events = events;
  wanted.data.ptr = &target;
  if (epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &wanted) != 0)
    return errno_code(errno); // ENOMEM, ENOSPC: the user's limit of watches
  return {};
}

void epoll_reactor::change(int fd, std::uint32_t events,
                           epoll_target& target) noexcept {
  epoll_event wanted{};
  wanted.events = events;
  wanted.data.ptr = &target;
  [[maybe_unused]] const auto status =
    epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, fd, &wanted);
  assert(status == 0);
}

void epoll_reactor::forget(int fd) noexcept {
  // Not left to close(2): a child of fork may hold the same file open.
  [[maybe_unused]] const auto status =
    epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd, nullptr);
  assert(status == 0);
}

void epoll_reactor::wait(const patience& limit) {
  int count = -1;
  // A signal is nothing to make a turn for. Nor is what only looks like one:
  // the kernel interrupts a thread for each ring that it had, some time after
  // the ring was closed.
  do
    count = wait_once(limit);
  while (count < 0 && errno == EINTR);
  assert(count >= 0);
  event_count_ = count > 0 ? static_cast<std::size_t>(count) : 0;
}

int epoll_reactor::wait_once(const patience& limit) noexcept {
  nanoseconds left{0};
  if (!limit.none && limit.deadline)
    left = std::max(nanoseconds{0},
                    *limit.deadline - std::chrono::steady_clock::now());
  const bool for_ever = !limit.none && !limit.deadline;
  const auto room = static_cast<int>(events_.size());
  if (nanoseconds_) {
    const auto timeout = in_timespec(left);
    const auto count = epoll_pwait2(epoll_.get(), events_.data(), room,
                                    for_ever ? nullptr : &timeout, nullptr);
    if (count >= 0 || errno == EINTR)
      return count;
    // ENOSYS before Linux 5.11; EPERM where an older sandbox does not know it.
    nanoseconds_ = false;
  }
  return epoll_wait(epoll_.get(), events_.data(), room,
                    for_ever ? -1 : in_milliseconds(left));
}

void epoll_reactor::dispatch() {
  for (std::size_t i = 0; i < event_count_; ++i) {
    auto* target = static_cast<epoll_target*>(events_[i].data.ptr);
    if (target != nullptr)
      guard([&] { target->on_events(events_[i].events); });
  }
}

} // namespace zmqrt::transports
