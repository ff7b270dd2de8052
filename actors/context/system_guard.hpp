// SPDX-License-Identifier: MPL-2.0
//
// A context must end before the actor system that it was made with: its
// reactors' threads and its actors are in there. Whoever forgets is told so,
// and the process ends, in place of a destructor that hangs or worse. Any
// thread.

#pragma once

#include <caf/actor_control_block.hpp>
#include <caf/actor_system.hpp>

namespace zmqrt::actors {

/// As long as this lives, the end of `system` ends the process (abort(), after
/// a line to the log and to stderr). It costs nothing but a note at one of the
/// system's internal actors. The destructor takes the note away.
class system_guard {
public:
  explicit system_guard(const caf::actor_system& system);
  system_guard(const system_guard&) = delete;
  system_guard& operator=(const system_guard&) = delete;
  ~system_guard();

private:
  caf::strong_actor_ptr sentinel_;
};

} // namespace zmqrt::actors
