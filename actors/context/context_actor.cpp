// SPDX-License-Identifier: MPL-2.0
//
// The context actor's handlers.

#include "actors/context/context_actor.hpp"

namespace zmqrt::actors {

context_actor::context_actor(caf::actor_config& config, reactor_unit& unit)
  : pinned(config, unit) {
}

context_actor::behavior_type context_actor::make_behavior() {
  set_down_handler([this](caf::down_msg& down) {
    sockets_.erase(down.source);
    fronts_.erase(down.source);
    end_if_empty();
  });
  return {
    [this](const socket_handle& fresh) {
      monitor(fresh);
      sockets_.emplace(fresh.address(), fresh);
      if (terminating_)
        close(fresh);
    },
    [this](const zmqrt::socket_actor& fresh) {
      monitor(fresh);
      fronts_.insert(fresh.address());
    },
    [this](terminate_context) {
      terminating_ = true;
      for (auto& [address, child] : sockets_)
        close(child);
      end_if_empty();
    },
  };
}

void context_actor::end_if_empty() {
  if (terminating_ && sockets_.empty() && fronts_.empty())
    quit();
}

void context_actor::close(const socket_handle& which) {
  request(which, caf::infinite, close_socket{})
    .then([](const answer&) {}, [](const caf::error&) {});
}

} // namespace zmqrt::actors
