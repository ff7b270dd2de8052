// SPDX-License-Identifier: MPL-2.0
//
// A proxy's run as the C API needs it: a signal may end it, and what it has
// taken by then is there to go on with. One thread.

#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "zmqrt/message.hpp"
#include "zmqrt/socket.hpp"

namespace zmqrt::actors {

/// Messages that were received, and neither passed on nor received by anybody.
struct proxy_rest {
  std::vector<message> held;
  std::size_t captured = 0; ///< of those, the first that a capture has seen
};

struct proxy_sides {
  socket frontend;
  socket backend;
  socket capture; ///< may be none
  socket control; ///< may be none
};

enum class proxy_outcome : std::uint8_t {
  told,        ///< TERMINATE was received
  closed,      ///< a socket was closed, or the context has ended
  interrupted, ///< by a signal
};

/// What is left in the end of what was taken from each side. It goes out first.
struct proxy_rests {
  proxy_rest forth; ///< from the frontend
  proxy_rest back;
};

/// See proxy_steerable(); throws what that throws.
[[nodiscard]] proxy_outcome run_proxy(const proxy_sides& sides,
                                      proxy_rests& rests, bool interruptible);

} // namespace zmqrt::actors
