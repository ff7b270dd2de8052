// SPDX-License-Identifier: MPL-2.0
//
// The datagram session actor's handlers.

#include "actors/session/datagram_session.hpp"

namespace zmqrt::actors {

datagram_session::datagram_session(caf::actor_config& config,
                                   reactor_unit& unit,
                                   std::shared_ptr<datagram_link> link,
                                   socket_handle parent)
  : pinned(config, unit), link_(std::move(link)), parent_(std::move(parent)),
    linger_(this, [](void* self) {
      auto* me = static_cast<datagram_session*>(self);
      me->enter([me] { me->link_->abort(); });
    }) {
}

datagram_session::~datagram_session() = default;

datagram_session::behavior_type datagram_session::make_behavior() {
  monitor(parent_);
  set_down_handler([this](caf::down_msg&) { link_->abort(); });
  link_->start(*this);
  return {
    [this](stop_listening) { link_->drain(); },
    [this](stop_connecting how) { handle_stop(how.linger_ms); },
    [this](drain_session) { link_->drain(); },
    [this](abort_session) { link_->abort(); },
  };
}

void datagram_session::handle_stop(std::int64_t linger_ms) {
  if (linger_ms == 0) {
    link_->abort();
    return;
  }
  if (linger_ms > 0)
    loop().arm(linger_, loop().now() + std::chrono::milliseconds{linger_ms});
  link_->drain();
}

void datagram_session::on_link_over() {
  enter([this] {
    link_.reset();
    quit();
  });
}

void datagram_session::on_exit() {
  if (linger_.armed())
    loop().disarm(linger_);
  if (link_ != nullptr)
    std::exchange(link_, nullptr)->orphan();
  end_monitoring(parent_.address());
  parent_ = nullptr;
}

} // namespace zmqrt::actors
