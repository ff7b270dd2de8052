// SPDX-License-Identifier: MPL-2.0
//
// Two processes (or one with two threads), a pipe and a shared page.

#include "tools/bench/sides.hpp"

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <ctime>
#include <memory>
#include <stdexcept>
#include <system_error>
#include <thread>
#include <utility>

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace zmqrt::bench {

namespace {

void check(bool ok, const char* what) {
  if (!ok)
    throw std::system_error(errno, std::system_category(), what);
}

/// Runs `body` and says why when it fails.
template <class Body>
bool succeeds(const plan& what, const Body& body) {
  try {
    body();
    return true;
  } catch (const std::exception& failed) {
    std::fprintf(stderr, "zmqrt bench (%s over %s): %s\n", what.impl.c_str(),
                 what.transport.c_str(), failed.what());
    return false;
  }
}

/// A child process, reaped at the latest by the destructor.
class child {
public:
  template <class Body>
  child(const plan& what, const Body& body) : pid_(::fork()) {
    check(pid_ >= 0, "fork");
    if (pid_ == 0) {
      prctl(PR_SET_PDEATHSIG, SIGKILL);
      ::_exit(succeeds(what, body) ? 0 : 1);
    }
    fd_ = static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0));
  }
  child(const child&) = delete;
  child& operator=(const child&) = delete;
  ~child() {
    if (!reaped_) {
      ::kill(pid_, SIGKILL);
      ::waitpid(pid_, nullptr, 0);
    }
    if (fd_ >= 0)
      ::close(fd_);
  }

  [[nodiscard]] int fd() const noexcept {
    return reaped_ ? -1 : fd_;
  }
  /// Call when fd() is readable; answers whether the child succeeded.
  bool reap() {
    int status = 0;
    check(::waitpid(pid_, &status, 0) == pid_, "waitpid");
    reaped_ = true;
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
  }

private:
  pid_t pid_;
  int fd_ = -1;
  bool reaped_ = false;
};

void await_all(const plan& what, child* const* children, nfds_t n) {
  const auto deadline =
    std::chrono::steady_clock::now() + std::chrono::seconds(what.timeout_s);
  for (auto running = n; running > 0;) {
    pollfd fds[2];
    for (nfds_t i = 0; i < n; ++i)
      fds[i] = {children[i]->fd(), POLLIN, 0};
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
      deadline - std::chrono::steady_clock::now());
    if (left.count() <= 0)
      throw std::runtime_error("a run took longer than --timeout");
    if (::poll(fds, n, static_cast<int>(left.count())) < 0)
      check(errno == EINTR, "poll");
    for (nfds_t i = 0; i < n; ++i) {
      if ((fds[i].revents & POLLIN) == 0)
        continue;
      if (!children[i]->reap())
        throw std::runtime_error("a side of the benchmark failed");
      --running;
    }
  }
}

/// A page that children inherit.
struct unmap {
  void operator()(outcome* page) const noexcept {
    ::munmap(page, sizeof(outcome));
  }
};

std::unique_ptr<outcome, unmap> share_outcome() {
  void* page = ::mmap(nullptr, sizeof(outcome), PROT_READ | PROT_WRITE,
                      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  check(page != MAP_FAILED, "mmap");
  return std::unique_ptr<outcome, unmap>{::new (page) outcome{}};
}

void run_threads(const plan& what, const side_fn& first, const side_fn& second,
                 rendezvous& meeting, outcome& result) {
  auto shared = make_contender(what);
  std::thread other{[&] {
    // A side that fails would leave the other one waiting for ever.
    if (!succeeds(what, [&] { second(*shared, meeting, result); }))
      ::_exit(1);
  }};
  if (!succeeds(what, [&] { first(*shared, meeting, result); }))
    ::_exit(1);
  other.join();
}

} // namespace

rendezvous::rendezvous() {
  int fds[2];
  check(::pipe(fds) == 0, "pipe");
  read_ = fds[0];
  write_ = fds[1];
  left_ = ::eventfd(0, EFD_CLOEXEC);
  check(left_ >= 0, "eventfd");
}

rendezvous::~rendezvous() {
  ::close(left_);
  ::close(read_);
  if (write_ >= 0)
    ::close(write_);
}

void rendezvous::announce(const std::string& endpoint) {
  const auto line = endpoint + '\n';
  check(::write(write_, line.data(), line.size())
          == static_cast<ssize_t>(line.size()),
        "announce");
}

std::string rendezvous::await() {
  std::string line;
  for (char c; ::read(read_, &c, 1) == 1; line += c)
    if (c == '\n')
      return line;
  throw std::runtime_error("the other side ended before it was ready");
}

void rendezvous::only_await() {
  ::close(std::exchange(write_, -1));
}

void rendezvous::leave() {
  check(::eventfd_write(left_, 1) == 0, "leave");
}

void rendezvous::await_leave() {
  eventfd_t ignored;
  check(::eventfd_read(left_, &ignored) == 0, "await_leave");
}

outcome run_sides(const plan& what, const side_fn& first,
                  const side_fn& second) {
  if (what.transport != "inproc") {
    const auto with_contender = [&](const side_fn& side) {
      return [&](rendezvous& meeting, outcome& result) {
        const auto own = make_contender(what);
        side(*own, meeting, result);
      };
    };
    return run_processes(what, with_contender(first), with_contender(second));
  }
  const auto result = share_outcome();
  rendezvous meeting;
  child both{what, [&] { run_threads(what, first, second, meeting, *result); }};
  child* const all[] = {&both};
  await_all(what, all, 1);
  return *result;
}

outcome run_processes(const plan& what, const lone_side_fn& first,
                      const lone_side_fn& second) {
  const auto result = share_outcome();
  rendezvous meeting;
  child one{what, [&] { first(meeting, *result); }};
  child two{what, [&] {
              meeting.only_await();
              second(meeting, *result);
            }};
  meeting.only_await();
  child* const all[] = {&one, &two};
  await_all(what, all, 2);
  return *result;
}

std::uint64_t process_cpu_ns() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000u
         + static_cast<std::uint64_t>(now.tv_nsec);
}

} // namespace zmqrt::bench
