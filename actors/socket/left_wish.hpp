// SPDX-License-Identifier: MPL-2.0
//
// The left wish actor: it looks after one inproc connection that its socket
// has left, by close or disconnect, with unsent messages and before anybody
// bound the name. It ends when a bind got the messages, when none can come
// any more, or when LINGER is over. Lives on its socket's reactor.

#pragma once

#include <memory>

#include "actors/gate/inproc_registry.hpp"
#include "actors/interfaces.hpp"
#include "actors/pinned.hpp"
#include "actors/posted_bell.hpp"
#include "actors/socket/socket_core.hpp"

namespace zmqrt::actors {

class left_wish final : public pinned<leaving_handle::base> {
public:
  left_wish(caf::actor_config& config, reactor_unit& unit,
            std::shared_ptr<socket_core> core, wish_id which,
            std::int64_t linger_ms, socket_handle parent);
  ~left_wish() override;

  const char* name() const override {
    return "zmqrt.left_wish";
  }

  /// Called by the bell: the wish may be over.
  void on_bell() noexcept;

protected:
  behavior_type make_behavior() override;
  void on_exit() override;

private:
  [[nodiscard]] inproc_registry& names() const noexcept;

  std::shared_ptr<socket_core> core_;
  wish_id which_;
  std::int64_t linger_ms_;
  socket_handle parent_;
  std::shared_ptr<posted_bell<left_wish>> bell_;
  transports::timer linger_;
};

} // namespace zmqrt::actors
