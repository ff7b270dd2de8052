// SPDX-License-Identifier: MPL-2.0
//
// The context actor: it looks after the sockets of a context and, asked to
// terminate, closes them all and ends when the last is down.

#pragma once

#include <map>
#include <set>

#include "actors/interfaces.hpp"
#include "actors/pinned.hpp"

namespace zmqrt::actors {

class context_actor final : public pinned<context_handle::base> {
public:
  context_actor(caf::actor_config& config, reactor_unit& unit);

  const char* name() const override {
    return "zmqrt.context";
  }

protected:
  behavior_type make_behavior() override;

private:
  void close(const socket_handle& which);
  void end_if_empty();

  std::map<caf::actor_addr, socket_handle> sockets_;
  // By address: they end where nobody refers to them.
  std::set<caf::actor_addr> fronts_;
  bool terminating_ = false;
};

} // namespace zmqrt::actors
