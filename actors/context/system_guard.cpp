// SPDX-License-Identifier: MPL-2.0
//
// The guard is a callback at the actor that serves remote spawns, one of the
// two that an actor system has from its beginning. CAF 0.17's ~actor_system
// tells it to exit before it stops its modules; the scheduler, the last of
// them, cleans up what did not run any more. Either way the callback runs
// within the destructor, on a worker or on the thread that destroys. See
// system_guard.hpp.

#include "actors/context/system_guard.hpp"

#include <cstdio>
#include <cstdlib>

#include <caf/abstract_actor.hpp>
#include <caf/actor_cast.hpp>
#include <caf/attachable.hpp>

#include "actors/logging/loggers.hpp"

namespace zmqrt::actors {

namespace {

constexpr const char* complaint =
  "context_outlives_system: an actor system ends while a zmqrt::context that "
  "was made with it is still there. End the context before (its destructor, or "
  "term()), or let the system own it (zmqrt/actors/module.hpp)";

class alarm final : public caf::attachable {
public:
  explicit alarm(const system_guard& owner) : owner_(&owner) {
  }

  void actor_exited(const caf::error&, caf::execution_unit*) override {
    logging::context().critical("{}", complaint);
    std::fprintf(stderr, "zmqrt: %s\n", complaint);
    std::abort();
  }

  bool matches(const token& what) override {
    return what.subtype == token::anonymous && what.ptr == owner_;
  }

private:
  const system_guard* owner_;
};

} // namespace

system_guard::system_guard(const caf::actor_system& system)
  : sentinel_(system.spawn_serv()) {
  caf::actor_cast<caf::abstract_actor*>(sentinel_)->attach(
    std::make_unique<alarm>(*this));
}

system_guard::~system_guard() {
  caf::actor_cast<caf::abstract_actor*>(sentinel_)->detach(
    caf::attachable::token{caf::attachable::token::anonymous, this});
}

} // namespace zmqrt::actors
