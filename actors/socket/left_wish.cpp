// SPDX-License-Identifier: MPL-2.0
//
// The left wish actor's handlers. Whatever ends it, what is left of the wish
// goes in on_exit().

#include "actors/socket/left_wish.hpp"

#include "actors/context/context_core.hpp"

namespace zmqrt::actors {

left_wish::left_wish(caf::actor_config& config, reactor_unit& unit,
                     std::shared_ptr<socket_core> core, wish_id which,
                     std::int64_t linger_ms, socket_handle parent)
  : pinned(config, unit), core_(std::move(core)), which_(which),
    linger_ms_(linger_ms), parent_(std::move(parent)),
    bell_(std::make_shared<posted_bell<left_wish>>(unit.shared_loop())),
    linger_(this, [](void* self) {
      auto* me = static_cast<left_wish*>(self);
      me->enter([me] { me->quit(); });
    }) {
}

left_wish::~left_wish() = default;

left_wish::behavior_type left_wish::make_behavior() {
  monitor(parent_);
  set_down_handler([this](caf::down_msg&) { quit(); });
  bell_->set_target(this);
  if (!names().watch(which_, bell_))
    bell_->ring(); // it was over before we came
  if (linger_ms_ > 0)
    loop().arm(linger_, loop().now() + std::chrono::milliseconds{linger_ms_});
  return {
    // What was said at the start stands; the socket ends all at its own time.
    [this](stop_connecting how) {
      if (how.linger_ms == 0)
        quit();
    },
  };
}

void left_wish::on_bell() noexcept {
  enter([this] {
    if (!names().waits(which_))
      quit();
  });
}

void left_wish::on_exit() {
  bell_->set_target(nullptr);
  if (linger_.armed())
    loop().disarm(linger_);
  names().drop(which_);
  end_monitoring(parent_.address());
  parent_ = nullptr;
}

inproc_registry& left_wish::names() const noexcept {
  return core_->home()->inproc();
}

} // namespace zmqrt::actors
