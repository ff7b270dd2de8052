// SPDX-License-Identifier: MPL-2.0
//
// Picks the path; nothing is created but by the bind itself. 64 random bits
// make it unguessable, and a bind never takes over a live socket.

#include "actors/socket/ipc_path.hpp"

#include <array>
#include <cstdio>
#include <cstdlib>

namespace zmqrt::actors {

std::string fresh_ipc_path(std::uint64_t random) {
  const char* directory = std::getenv("TMPDIR");
  if (directory == nullptr || *directory == '\0')
    directory = "/tmp";
  std::array<char, 32> name{};
  std::snprintf(name.data(), name.size(), "/zmqrt-%016llx",
                static_cast<unsigned long long>(random));
  return std::string{directory} + name.data();
}

} // namespace zmqrt::actors
