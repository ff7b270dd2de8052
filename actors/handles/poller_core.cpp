// SPDX-License-Identifier: MPL-2.0
//
// See poller_core.hpp.

#include "actors/handles/poller_core.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <limits>
#include <new>
#include <utility>

#include <sys/epoll.h>
#include <sys/eventfd.h>

#include "actors/gate/gate.hpp"
#include "actors/handles/socket_body.hpp"
#include "zmqrt/error.hpp"

namespace zmqrt::actors {

namespace {

/// Of so many file descriptors one wait tells at most; the others follow.
constexpr int fds_at_once = 256;

[[noreturn]] void refuse(const char* rule) {
  throw error{errc::invalid_argument, "poller", rule};
}

std::uint32_t epoll_mask(unsigned wanted) noexcept {
  return ((wanted & poll_in) != 0 ? std::uint32_t{EPOLLIN} : 0U)
         | ((wanted & poll_out) != 0 ? std::uint32_t{EPOLLOUT} : 0U);
}

unsigned from_epoll(std::uint32_t mask) noexcept {
  return ((mask & EPOLLIN) != 0 ? poll_in : 0U)
         | ((mask & EPOLLOUT) != 0 ? poll_out : 0U)
         | ((mask & (EPOLLERR | EPOLLHUP)) != 0 ? poll_error : 0U);
}

void control(int epoll, int how, int fd, unsigned wanted) {
  epoll_event event{};
  event.events = epoll_mask(wanted);
  event.data.fd = fd;
  if (::epoll_ctl(epoll, how, fd, &event) == 0)
    return;
  switch (errno) {
  case ENOMEM:
  case ENOSPC:
    throw error{errc::no_memory, "poller"};
  case EPERM:
    refuse("this kind of file cannot be waited for");
  case EEXIST:
    refuse("the file descriptor is registered already");
  case ENOENT:
    refuse("the file descriptor is not registered");
  default:
    refuse("it is not an open file descriptor");
  }
}

int ms_until(std::optional<std::chrono::steady_clock::time_point> deadline) {
  if (!deadline)
    return -1;
  using std::chrono::milliseconds;
  const auto left = std::chrono::ceil<milliseconds>(
    *deadline - std::chrono::steady_clock::now());
  constexpr milliseconds most{std::numeric_limits<int>::max()};
  return static_cast<int>(std::clamp(left, milliseconds::zero(), most).count());
}

} // namespace

poller_core::poller_core()
  : epoll_(::epoll_create1(EPOLL_CLOEXEC)),
    wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (!epoll_ || !wake_)
    throw error{errno_code(errno), "poller", "no file descriptor to be had"};
  control(epoll_.get(), EPOLL_CTL_ADD, wake_.get(), poll_in);
}

poller_core::~poller_core() {
  for (const auto& [what, each] : entries_)
    each->what->forget(*each);
}

// -- what is registered -------------------------------------------------------

void poller_core::add(std::shared_ptr<watchable> what,
                      std::weak_ptr<socket_body> body, unsigned wanted,
                      std::uint64_t tag) {
  auto made = std::make_shared<entry>();
  made->home = weak_from_this();
  made->what = std::move(what);
  made->body = std::move(body);
  made->wanted = wanted;
  made->tag = tag;
  {
    const std::lock_guard guard{mutex_};
    if (!entries_.try_emplace(made->what.get(), made).second)
      refuse("it is registered already");
    try {
      listed_.reserve(entries_.size()); // list() takes no memory
    } catch (const std::bad_alloc&) {
      entries_.erase(made->what.get());
      throw;
    }
  }
  list(made);
}

void poller_core::modify(const watchable& what, unsigned wanted) {
  std::shared_ptr<entry> known;
  {
    const std::lock_guard guard{mutex_};
    const auto at = entries_.find(&what);
    if (at == entries_.end())
      refuse("it is not registered");
    known = at->second;
    known->wanted = wanted;
  }
  list(known);
}

void poller_core::remove(const watchable& what) {
  std::shared_ptr<entry> gone;
  {
    const std::lock_guard guard{mutex_};
    const auto at = entries_.find(&what);
    if (at == entries_.end())
      refuse("it is not registered");
    gone = std::move(at->second);
    gone->removed = true;
    entries_.erase(at);
    std::erase(listed_, gone);
  }
  gone->what->forget(*gone);
}

void poller_core::add_fd(int fd, unsigned wanted, std::uint64_t tag) {
  const std::lock_guard guard{mutex_};
  control(epoll_.get(), EPOLL_CTL_ADD, fd, wanted);
  fds_.insert_or_assign(fd, tag);
}

void poller_core::modify_fd(int fd, unsigned wanted) {
  const std::lock_guard guard{mutex_};
  if (!fds_.contains(fd))
    refuse("the file descriptor is not registered");
  control(epoll_.get(), EPOLL_CTL_MOD, fd, wanted);
}

void poller_core::remove_fd(int fd) {
  const std::lock_guard guard{mutex_};
  if (fds_.erase(fd) == 0)
    refuse("the file descriptor is not registered");
  // One that was closed has left the set by itself.
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd, nullptr);
}

std::size_t poller_core::size() const {
  const std::lock_guard guard{mutex_};
  return entries_.size() + fds_.size();
}

// -- being called -------------------------------------------------------------

void poller_core::entry::call() noexcept {
  if (const auto core = home.lock())
    core->list(shared_from_this());
}

void poller_core::list(const std::shared_ptr<entry>& which) noexcept {
  {
    const std::lock_guard guard{mutex_};
    if (which->removed || which->listed)
      return;
    which->listed = true;
    listed_.push_back(which);
    if (!std::exchange(sleeping_, false))
      return;
  }
  wake();
}

void poller_core::interrupt() noexcept {
  {
    const std::lock_guard guard{mutex_};
    interrupted_ = true;
    if (!std::exchange(sleeping_, false))
      return;
  }
  wake();
}

void poller_core::wake() noexcept {
  ::eventfd_write(wake_.get(), 1);
}

// -- waiting ------------------------------------------------------------------

std::size_t poller_core::wait(std::vector<poll_result>& into,
                              std::optional<std::chrono::milliseconds> limit) {
  into.clear();
  const bool may_wait = !limit || limit->count() > 0;
  if (may_wait && waiting_forbidden())
    throw error{errc::would_deadlock, "poller",
                "it was waited for on a thread of the runtime"};
  std::optional<clock::time_point> deadline;
  if (limit)
    deadline = clock::now() + *limit;
  {
    const std::lock_guard guard{mutex_};
    if (std::exchange(waiting_, true))
      throw error{errc::fsm, "poller", "another thread waits here"};
  }
  const std::unique_ptr<poller_core, leave_wait> inside{this};
  signalled_ = false;
  for (bool in_time = true; in_time;) {
    look(into);
    {
      const std::lock_guard guard{mutex_};
      if (std::exchange(interrupted_, false))
        in_time = false;
      sleeping_ = in_time && into.empty() && listed_.empty();
    }
    // With something to tell, or to look at again, this only looks.
    if (!look_at_fds(into, deadline) || !into.empty())
      in_time = false;
  }
  return into.size();
}

void poller_core::leave_wait::operator()(poller_core* from) const noexcept {
  const std::lock_guard guard{from->mutex_};
  from->waiting_ = from->sleeping_ = false;
}

void poller_core::look(std::vector<poll_result>& into) {
  {
    const std::lock_guard guard{mutex_};
    looked_.clear(); // of a wait that was cut short
    looked_.reserve(entries_.size());
    looked_.swap(listed_);
    for (const auto& each : looked_)
      each->listed = false;
  }
  for (auto& each : looked_) {
    unsigned wanted = 0;
    {
      const std::lock_guard guard{mutex_};
      if (each->removed)
        continue;
      wanted = each->wanted;
    }
    const unsigned held = each->what->poll(wanted, each);
    if (held == 0)
      continue;
    into.push_back({each->tag, static_cast<poll_events>(held), -1,
                    socket_access::make(each->body.lock())});
    list(each); // it may hold the next time, too
  }
  looked_.clear();
}

bool poller_core::look_at_fds(std::vector<poll_result>& into,
                              std::optional<clock::time_point> deadline) {
  bool sleeps = false;
  {
    const std::lock_guard guard{mutex_};
    sleeps = sleeping_;
    if (!sleeps && fds_.empty())
      return !deadline || clock::now() < *deadline;
  }
  std::array<epoll_event, fds_at_once> found;
  const int count = ::epoll_wait(epoll_.get(), found.data(), fds_at_once,
                                 sleeps ? ms_until(deadline) : 0);
  signalled_ = count < 0 && errno == EINTR && ends_at_signals_;
  const std::lock_guard guard{mutex_};
  sleeping_ = false;
  for (int i = 0; i < count; ++i) {
    const int fd = found[i].data.fd;
    if (fd == wake_.get()) {
      eventfd_t ignored;
      ::eventfd_read(fd, &ignored);
    } else if (const auto at = fds_.find(fd); at != fds_.end()) {
      into.push_back({at->second,
                      static_cast<poll_events>(from_epoll(found[i].events)),
                      fd,
                      {}});
    }
  }
  return !signalled_ && (count > 0 || !deadline || clock::now() < *deadline);
}

} // namespace zmqrt::actors
