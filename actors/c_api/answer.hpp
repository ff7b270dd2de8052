// SPDX-License-Identifier: MPL-2.0
//
// How C functions answer: -1 or a null pointer, and errno. Nothing is thrown
// across that border. The numbers of zmqrt's errors are errno's and zmq.h's.

#pragma once

#include <cerrno>
#include <exception>
#include <new>
#include <system_error>

#include "zmqrt/error.hpp"

namespace zmqrt::c_api {

/// -1, with errno set.
[[gnu::cold]] inline int failed(int why) noexcept {
  errno = why;
  return -1;
}
[[gnu::cold]] inline int failed(std::error_code why) noexcept {
  return failed(why.value());
}
[[gnu::cold]] inline int failed(errc why) noexcept {
  return failed(static_cast<int>(why));
}
/// A null pointer, with errno set.
[[gnu::cold]] inline std::nullptr_t refused(int why) noexcept {
  errno = why;
  return nullptr;
}
[[gnu::cold]] inline std::nullptr_t refused(errc why) noexcept {
  return refused(static_cast<int>(why));
}

/// The errno of the exception that is being handled.
[[nodiscard, gnu::cold]] inline int caught() noexcept {
  try {
    throw;
  } catch (const std::system_error& problem) {
    return problem.code().value();
  } catch (const std::bad_alloc&) {
    return ENOMEM;
  } catch (...) {
    return EINVAL; // no function of ours throws anything else
  }
}

/// Runs `body`, which answers an int; what it throws becomes errno.
template <class Body>
[[nodiscard]] int guarded(Body&& body) noexcept {
  try {
    return body();
  } catch (...) {
    return failed(caught());
  }
}

} // namespace zmqrt::c_api
