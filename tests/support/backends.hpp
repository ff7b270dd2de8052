// SPDX-License-Identifier: MPL-2.0
//
// Which I/O backends a test has to run on here. Asked of the kernel, not of
// zmqrt: where a ring is to be had, a context that will not use it is a
// failure and no reason to skip.

#pragma once

#include <cerrno>
#include <string_view>
#include <vector>

#include <sys/syscall.h>
#include <unistd.h>

#include "tests/support/catch.hpp"
#include "zmqrt/context.hpp"

namespace zmqrt::test {

/// Whether the kernel has io_uring and lets us use it.
[[nodiscard]] inline bool ring_is_allowed() {
  // No ring has no entries: the kernel looks at that before anything else,
  // but after it has refused those it always refuses.
  const auto answer = ::syscall(SYS_io_uring_setup, 0, nullptr);
  return answer < 0 && (errno == EINVAL || errno == EFAULT);
}

[[nodiscard]] inline std::vector<io_backend> backends() {
  if (ring_is_allowed())
    return {io_backend::io_uring, io_backend::epoll};
  return {io_backend::epoll};
}

[[nodiscard]] inline std::string_view name_of(io_backend which) noexcept {
  return which == io_backend::io_uring ? "io_uring"
         : which == io_backend::epoll  ? "epoll"
                                       : "auto";
}

/// A context that really runs on `which`.
[[nodiscard]] inline context make_context(io_backend which) {
  context_options options;
  options.backend = which;
  context made{options};
  REQUIRE(made.backend() == name_of(which));
  return made;
}

} // namespace zmqrt::test
