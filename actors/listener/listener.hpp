// SPDX-License-Identifier: MPL-2.0
//
// The listener actor: one bound endpoint. It spawns a session for each
// connection accepted and hands it to the socket. Running out of files or
// memory is an event and a retry. Lives on its socket's reactor.

#pragma once

#include <memory>
#include <string>

#include "actors/interfaces.hpp"
#include "actors/pinned.hpp"
#include "actors/session/connection.hpp"

namespace zmqrt::actors {

class listener final : public pinned<listener_handle::base>,
                       private transports::accept_handler {
public:
  listener(caf::actor_config& config, reactor_unit& unit,
           connection_setup blueprint,
           std::unique_ptr<transports::acceptor> door, socket_handle parent);
  ~listener() override;

  const char* name() const override {
    return "zmqrt.listener";
  }

protected:
  behavior_type make_behavior() override;
  void on_exit() override;

private:
  // -- transports::accept_handler -------------------------------------------

  void on_accepted(std::unique_ptr<transports::stream> bytes) override;
  void on_accept_failed(std::error_code why) override;
  void on_acceptor_closed() override;

  void close();
  [[nodiscard]] bool full() const noexcept;
  void admit(std::unique_ptr<transports::stream> bytes);
  void turn_away(const transports::stream& peer);
  /// The errno that turns the peer away; 0: it may come in.
  [[nodiscard]] int objection(const transports::stream& peer) const;

  connection_setup blueprint_; // of each session; without pipe
  std::unique_ptr<transports::acceptor> acceptor_;
  caf::strong_actor_ptr keep_; // as long as the acceptor may call
  socket_handle parent_;
  transports::timer retry_;
  int sessions_ = 0;
  bool closing_ = false;
};

} // namespace zmqrt::actors
