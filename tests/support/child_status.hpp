// SPDX-License-Identifier: MPL-2.0
//
// A forked child of a test that is at work, threads and all, which ends as a
// program does. One thread.

#pragma once

#include <cstdio>
#include <cstdlib>
#include <functional>

#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/catch.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/sanitized.hpp"

namespace zmqrt::test {

/// The status of a child that runs `body` and ends as a program does.
inline int status_of_child(const std::function<void()>& body) {
  std::fflush(nullptr);
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    ::alarm(20); // a child that hangs ends by SIGALRM
    body();
    // LSan's look for leaks needs the threads that are not here.
    if (sanitized)
      ::_exit(0);
    std::exit(0);
  }
  int status = -1;
  eventually_is([&] { return ::waitpid(child, &status, WNOHANG); }, child);
  return status;
}

} // namespace zmqrt::test
