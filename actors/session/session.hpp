// SPDX-License-Identifier: MPL-2.0
//
// The session actor: the thin shell around one connection. It dies with it,
// and takes it along when it is killed. Lives on its socket's reactor.

#pragma once

#include <memory>

#include "actors/interfaces.hpp"
#include "actors/pinned.hpp"
#include "actors/session/connection.hpp"

namespace zmqrt::actors {

class session final : public pinned<session_handle::base>,
                      private connection_owner {
public:
  /// `supervisor` hears session_ready and session_ended if it is a connector.
  /// The session ends when `parent` does.
  session(caf::actor_config& config, reactor_unit& unit, connection_setup setup,
          std::unique_ptr<transports::stream> bytes,
          connector_handle supervisor, caf::actor_addr parent);
  ~session() override;

  const char* name() const override {
    return "zmqrt.session";
  }

protected:
  behavior_type make_behavior() override;
  void on_exit() override;

private:
  // -- connection_owner -----------------------------------------------------

  void on_connection_ready() override;
  [[nodiscard]] bool on_question(const auth_request& about) override;
  void on_connection_over(const connection_end& how) override;

  void on_answer(const auth_reply& reply);
  void forget_asked();

  std::shared_ptr<const authority> decides_;
  std::shared_ptr<connection> connection_;
  connector_handle supervisor_;
  caf::actor_addr parent_;
  caf::actor_addr asked_; // who decides about this peer now
  bool started_ = false;
  bool parent_ends_ = false; // whoever is over us has said so
};

} // namespace zmqrt::actors
