// SPDX-License-Identifier: MPL-2.0
//
// The datagram session actor: the thin shell around one datagram link, which is
// a bound or connected endpoint of its socket and a session of it at once. It
// dies with the link, and takes it along when it is killed. Lives on its
// socket's reactor.

#pragma once

#include <memory>

#include "actors/interfaces.hpp"
#include "actors/pinned.hpp"
#include "actors/session/datagram_link.hpp"

namespace zmqrt::actors {

class datagram_session final : public pinned<datagram_handle::base>,
                               private datagram_owner {
public:
  /// The link is attached, and not started.
  datagram_session(caf::actor_config& config, reactor_unit& unit,
                   std::shared_ptr<datagram_link> link, socket_handle parent);
  ~datagram_session() override;

  const char* name() const override {
    return "zmqrt.datagram";
  }

protected:
  behavior_type make_behavior() override;
  void on_exit() override;

private:
  void on_link_over() override;
  void handle_stop(std::int64_t linger_ms);

  std::shared_ptr<datagram_link> link_;
  socket_handle parent_;
  transports::timer linger_;
};

} // namespace zmqrt::actors
