// SPDX-License-Identifier: MPL-2.0
//
// fork, exec, two pipes, and a pidfd to wait with a deadline.

#include "tests/support/process.hpp"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <stdexcept>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace zmqrt::test {

namespace {

using clock = std::chrono::steady_clock;

void check(bool ok, const char* what) {
  if (!ok)
    throw std::system_error(errno, std::system_category(), what);
}

/// Answers whether `fd` became readable before the deadline.
bool readable(int fd, clock::time_point deadline) {
  for (;;) {
    const auto left =
      std::chrono::ceil<std::chrono::milliseconds>(deadline - clock::now());
    pollfd entry{fd, POLLIN, 0};
    const auto ms = left.count() < 0 ? 0 : static_cast<int>(left.count());
    const int n = ::poll(&entry, 1, ms);
    if (n > 0)
      return true;
    if (n == 0)
      return false;
    check(errno == EINTR, "poll");
  }
}

/// In the child, between fork and exec: only async-signal-safe calls.
[[noreturn]] void become(char* const* argv, int in, int out) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::dup2(in, STDIN_FILENO);
  ::dup2(out, STDOUT_FILENO);
  ::execvp(argv[0], argv);
  ::_exit(127);
}

} // namespace

process::process(const std::vector<std::string>& argv) : name_(argv.at(0)) {
  std::vector<char*> raw;
  for (const auto& word : argv)
    raw.push_back(const_cast<char*>(word.c_str()));
  raw.push_back(nullptr);
  int to_child[2];
  int from_child[2];
  check(::pipe2(to_child, O_CLOEXEC) == 0, "pipe2");
  check(::pipe2(from_child, O_CLOEXEC) == 0, "pipe2");
  pid_ = ::fork();
  check(pid_ >= 0, "fork");
  if (pid_ == 0)
    become(raw.data(), to_child[0], from_child[1]);
  ::close(to_child[0]);
  ::close(from_child[1]);
  in_ = to_child[1];
  out_ = from_child[0];
  pidfd_ = static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0));
}

process::~process() {
  close_stdin();
  if (status_ < 0) {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  ::close(out_);
  if (pidfd_ >= 0)
    ::close(pidfd_);
}

void process::write_line(std::string_view line) {
  std::string text{line};
  text += '\n';
  // A child that is gone must be an error here, not a signal.
  struct sigaction ignore {};
  struct sigaction before {};
  ignore.sa_handler = SIG_IGN;
  ::sigaction(SIGPIPE, &ignore, &before);
  std::size_t done = 0;
  while (done < text.size()) {
    const auto n = ::write(in_, text.data() + done, text.size() - done);
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      break;
    done += static_cast<std::size_t>(n);
  }
  ::sigaction(SIGPIPE, &before, nullptr);
  if (done < text.size())
    fail("no longer reads");
}

std::string process::read_line(std::chrono::milliseconds limit) {
  const auto deadline = clock::now() + limit;
  for (;;) {
    const auto end = unread_.find('\n');
    if (end != std::string::npos) {
      auto line = unread_.substr(0, end);
      unread_.erase(0, end + 1);
      return line;
    }
    if (!readable(out_, deadline))
      fail("said nothing for " + std::to_string(limit.count()) + " ms");
    char buffer[4096];
    const auto n = ::read(out_, buffer, sizeof buffer);
    if (n < 0 && errno == EINTR)
      continue;
    if (n <= 0)
      fail("has ended; its last words: \"" + unread_ + '"');
    unread_.append(buffer, static_cast<std::size_t>(n));
  }
}

void process::close_stdin() {
  if (in_ >= 0)
    ::close(std::exchange(in_, -1));
}

int process::wait(std::chrono::milliseconds limit) {
  if (status_ >= 0)
    return status_;
  if (!readable(pidfd_, clock::now() + limit))
    fail("did not end in " + std::to_string(limit.count()) + " ms");
  int raw = 0;
  check(::waitpid(pid_, &raw, 0) == pid_, "waitpid");
  status_ = WIFEXITED(raw) ? WEXITSTATUS(raw) : 128 + WTERMSIG(raw);
  return status_;
}

void process::signal(int number) {
  if (status_ < 0)
    check(::kill(pid_, number) == 0, "kill");
}

void process::fail(const std::string& why) const {
  throw std::runtime_error("process " + name_ + " (" + std::to_string(pid_)
                           + ") " + why);
}

} // namespace zmqrt::test
