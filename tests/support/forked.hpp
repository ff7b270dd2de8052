// SPDX-License-Identifier: MPL-2.0
//
// A second process that runs a function of the test and reports in lines. Make
// it while the test has no context: a fork takes no threads along. The
// destructor ends and reaps it. One thread.

#pragma once

#include <cstdio>
#include <exception>
#include <stdexcept>
#include <string>

#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace zmqrt::test {

class forked {
public:
  /// Writes a line to the parent.
  class reporter {
  public:
    explicit reporter(int fd) : fd_(fd) {
    }
    void say(const std::string& text) const {
      const auto line = text + '\n';
      if (::write(fd_, line.data(), line.size())
          != static_cast<ssize_t>(line.size()))
        throw std::runtime_error("the test is gone");
    }

  private:
    int fd_;
  };

  /// `body(reporter)` runs in the child.
  template <class Body>
  explicit forked(const Body& body) {
    int fds[2];
    if (::pipe(fds) != 0)
      throw std::runtime_error("pipe");
    pid_ = ::fork();
    if (pid_ < 0)
      throw std::runtime_error("fork");
    if (pid_ == 0) {
      ::close(fds[0]);
      ::prctl(PR_SET_PDEATHSIG, SIGKILL);
      ::_exit(run(body, reporter{fds[1]}));
    }
    ::close(fds[1]);
    fd_ = fds[0];
  }
  forked(const forked&) = delete;
  forked& operator=(const forked&) = delete;
  ~forked() {
    ::close(fd_);
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }

  /// The child's next line; throws when it has ended without one.
  std::string hear() {
    std::string line;
    for (char c; ::read(fd_, &c, 1) == 1; line += c)
      if (c == '\n')
        return line;
    throw std::runtime_error("the forked child ended early");
  }

private:
  template <class Body>
  static int run(const Body& body, reporter out) {
    try {
      body(out);
      return 0;
    } catch (const std::exception& failed) {
      std::fprintf(stderr, "forked child: %s\n", failed.what());
      return 1;
    }
  }

  pid_t pid_ = -1;
  int fd_ = -1;
};

} // namespace zmqrt::test
