// SPDX-License-Identifier: MPL-2.0
//
// The connector actor: one connect endpoint of a socket. It resolves, dials,
// supervises one session at a time, and is the one place that restarts: when
// its session goes down it dials again after a back-off. Its pipe exists from
// the start, unless IMMEDIATE. Lives on its socket's reactor.
//
//   resolving --> dialing --> connected      any failure, or `down`
//       ^            ^            |          of the session:
//       |            | next       v
//       +--------- waiting <------+
//
//   Through a SOCKS5 proxy, that is what is resolved and dialed; its session
//   then asks it for the way to the peer, before anything is said to have
//   been connected.
//
//   stop_connecting: over at once when there is nothing left to send (or no
//   linger), else it goes on until the pipe is drained or linger is over.

#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "actors/connector/backoff.hpp"
#include "actors/interfaces.hpp"
#include "actors/pinned.hpp"
#include "actors/session/connection.hpp"
#include "libzmqrt/endpoint/endpoint.hpp"

namespace zmqrt::actors {

class connector final : public pinned<connector_handle::base>,
                        private transports::dial_handler {
public:
  connector(caf::actor_config& config, reactor_unit& unit,
            connection_setup blueprint, endpoint where, socket_handle parent);
  ~connector() override;

  const char* name() const override {
    return "zmqrt.connector";
  }

protected:
  behavior_type make_behavior() override;
  void on_exit() override;

private:
  enum class phase : std::uint8_t {
    resolving,
    dialing,
    connected,
    waiting,
    stopped,
  };

  // -- transports::dial_handler ---------------------------------------------

  void on_connected(std::unique_ptr<transports::stream> bytes) override;
  void on_dial_failed(std::error_code why) override;
  void on_dial_closed() override;

  // -- steps ----------------------------------------------------------------

  void attempt();
  void on_resolved(result<std::vector<transports::address>> found);
  void dial_next();
  /// On to the next address, if there is one.
  void on_address_failed(std::error_code why);
  void on_attempt_failed(std::error_code why);
  /// `condition`: the RECONNECT_STOP bit of what has happened, or 0.
  void wait_and_retry(int condition);
  void give_up();
  void on_session_down();
  /// CONNECT_TIMEOUT limits the resolving and the dialing of each address.
  void arm_connect_timeout();
  void on_connect_timeout();

  void handle_stop(std::int64_t linger_ms);
  void stop_now();
  void detach_pipe() noexcept;
  [[nodiscard]] bool nothing_to_send() const;
  void publish(event_kind kind, std::int64_t value);
  /// What is dialed: the peer, or the proxy on the way to it.
  [[nodiscard]] const endpoint::host_port& next_hop() const noexcept;

  connection_setup blueprint_; // of each session
  endpoint where_;
  std::optional<endpoint::host_port> proxy_; // SOCKS_PROXY
  socket_handle parent_;
  phase phase_ = phase::waiting;
  backoff backoff_;
  std::unique_ptr<transports::resolution> resolution_;
  std::vector<transports::address> addresses_;
  std::size_t next_address_ = 0;
  std::unique_ptr<transports::dialer> dialer_;
  bool dial_timed_out_ = false;
  session_handle session_;
  session_ended last_end_;
  transports::timer retry_;
  transports::timer connect_timeout_;
  transports::timer linger_;
  bool stopping_ = false;      // lingering
  bool over_ = false;          // not even that
  caf::strong_actor_ptr keep_; // as long as the dialer may call
};

} // namespace zmqrt::actors
