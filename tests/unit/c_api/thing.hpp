// SPDX-License-Identifier: MPL-2.0
//
// What the tests of the handle table keep behind handles: it knows whether it
// is there, and how many of its kind are.

#pragma once

#include <atomic>

#include "actors/c_api/handle_table.hpp"

namespace zmqrt::test {

struct thing {
  static constexpr c_api::handle_kind kind = c_api::handle_kind::counter;

  static inline std::atomic<int> there{0};
  static constexpr int alive = 0x600d;

  thing() {
    ++there;
  }
  thing(const thing&) = delete;
  thing& operator=(const thing&) = delete;
  ~thing() {
    state = 0;
    --there;
  }

  int state = alive; // not atomic: TSan sees who comes too late
};

/// Of another kind.
struct other_thing : thing {
  static constexpr c_api::handle_kind kind = c_api::handle_kind::timers;
};

/// A new one's; closed by close_thing().
inline void* open_thing() {
  return c_api::open_handle(new thing);
}

/// False: it was closed before.
inline bool close_thing(const void* handle) {
  c_api::pinned<thing> found{handle};
  return found && found.close();
}

} // namespace zmqrt::test
