// SPDX-License-Identifier: MPL-2.0
//
// Where a test runs: a transport on a backend. ON_EVERY runs its case once in
// each place of a list.

#pragma once

#include <initializer_list>
#include <ostream>
#include <string>
#include <vector>

#include "tests/support/backends.hpp"
#include "tests/support/catch.hpp"

namespace zmqrt::test {

struct place {
  io_backend backend;
  std::string transport;

  friend std::ostream& operator<<(std::ostream& out, const place& what) {
    return out << name_of(what.backend) << ' ' << what.transport;
  }
};

[[nodiscard]] inline std::vector<place>
places_of(std::initializer_list<const char*> transports) {
  std::vector<place> all;
  for (const auto backend : backends())
    for (const char* transport : transports)
      all.push_back({backend, transport});
  return all;
}

/// Every transport on every backend.
[[nodiscard]] inline std::vector<place> places() {
  return places_of({"tcp", "ipc", "inproc"});
}
/// Those whose bytes pass through the kernel.
[[nodiscard]] inline std::vector<place> wires() {
  return places_of({"tcp", "ipc"});
}
/// One transport, for what does not depend on it.
[[nodiscard]] inline std::vector<place> over_tcp() {
  return places_of({"tcp"});
}

#define ON_EVERY(where, list)                                                  \
  const auto where = GENERATE(from_range(list));                               \
  CAPTURE(where)

} // namespace zmqrt::test
