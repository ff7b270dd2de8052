// SPDX-License-Identifier: MPL-2.0
//
// A connection: one stream, one wire engine and one pipe of a gate, joined.
// All of a session's data path, without CAF: bytes from the stream go through
// the engine into the pipe's inbox, the pipe's outbox goes to the stream.
// Everything but its doorbell belongs to the reactor's thread.
//
//            start()            ready                drain()
//   opening ---------> handshake -----> traffic -----------> flushing
//      |     open ^        |              |                     | all written
//      v          |refused |   failure    |                     v
//     tunnelling -'        v              +----> closing <--- half_closed
//      |                parting ----------------->  | on_closed()
//      '--> closing        our part is written      v
//                                                  over
//
// tunnelling: of a stream to a proxy, which is asked for the way to the peer.
// When the application hangs up on a raw peer (STREAM), the connection drains
// itself. How long it waits for the end of such a peer is bounded.
//
// While reading is paused (the inbox is at RCVHWM) what the engine has found
// already waits in it, so that a peer that comes and goes fills no inbox.

#pragma once

#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <system_error>

#include "actors/gate/gate.hpp"
#include "actors/monitor/event_hub.hpp"
#include "actors/posted_bell.hpp"
#include "actors/session/half_open.hpp"
#include "actors/session/mechanisms.hpp"
#include "actors/session/reader_call.hpp"
#include "actors/session/zap_call.hpp"
#include "libzmqrt/wire/engine.hpp"
#include "libzmqrt/wire/socks5.hpp"
#include "transports/reactor.hpp"
#include "zmqrt/authentication.hpp"

namespace zmqrt::actors {

/// How a connection ended.
struct connection_end {
  std::error_code reason; ///< empty: in order, after drain()
  bool was_ready = false;
  bool hung_up = false; ///< as the application wanted it
  /// closed: it ended on its way through a proxy.
  event_kind failure = event_kind::disconnected;
};

/// Who supervises a connection (its session). Called on the reactor's thread.
class connection_owner {
public:
  /// Within start(), where there is no handshake (raw peers).
  virtual void on_connection_ready() = 0;
  /// Who may come in? True: connection::authenticated() will follow, perhaps.
  [[nodiscard]] virtual bool on_question(const auth_request& about) = 0;
  /// The last call. The pipe is unplugged or detached already.
  virtual void on_connection_over(const connection_end& how) = 0;

protected:
  ~connection_owner() = default;
};

class authority;

struct connection_setup {
  std::shared_ptr<transports::reactor> loop;
  std::shared_ptr<gate> door;
  std::shared_ptr<event_hub> events;
  std::shared_ptr<const socket_options> options;
  socket_type type = socket_type::pair;
  /// The connector's pipe; none: the connection makes one when it is ready,
  /// and ends it with itself.
  std::optional<pipe_id> pipe;
  bool accepted = false;
  std::string endpoint; ///< ours, for events
  /// The peer, where the stream leads to a SOCKS5 proxy; else none.
  std::shared_ptr<const wire::socks5_target> behind_proxy{};
  std::shared_ptr<const security_setup> security{}; ///< null but for CURVE
  /// Whom the owner asks who may come in, if anybody.
  std::shared_ptr<const authority> decides{};
  /// Where a ZAP handler is looked for; null: nowhere. Outlives connections.
  inproc_registry* names = nullptr;
  /// Of an accepted one's listener; null: any number may shake hands.
  std::shared_ptr<half_open_list> half_open{};
};

class connection final : public std::enable_shared_from_this<connection>,
                         private transports::stream_handler,
                         private half_open {
public:
  connection(connection_setup setup, std::unique_ptr<transports::stream> bytes);
  ~connection();

  /// Once. From here until on_connection_over() it keeps itself alive.
  void start(connection_owner& owner);
  /// Writes what the pipe holds, ends our side, reads until the peer's end,
  /// then closes. abort() ends the wait.
  void drain();
  /// Closes now; what is not accepted by the kernel goes back to the pipe.
  void abort(std::error_code why);
  /// The owner is gone (killed): nobody is told any more, and it closes.
  void orphan() noexcept;

  /// The answer to on_question(). Late, or given twice: nothing happens.
  void authenticated(const auth_reply& reply);

  /// Called by the bell: the outbox has something, or the inbox has room.
  void on_bell();

private:
  enum class phase : std::uint8_t {
    opening,
    tunnelling,
    handshake,
    traffic,
    flushing,    // draining: the outbox is still being written
    half_closed, // draining: our side has ended, waiting for the peer's
    parting,     // refused: what the handshake owes the peer is written
    closing,
    over,
  };
  enum class sending : std::uint8_t { nothing, control, traffic };

  // -- transports::stream_handler -------------------------------------------

  void on_received(const slab_ref& owner,
                   std::span<const std::byte> bytes) override;
  std::span<std::byte> direct_target() override;
  void on_received_direct(std::size_t size) override;
  void on_sent(std::size_t size) override;
  void on_receive_end(std::error_code why) override;
  void on_send_failed(std::error_code why) override;
  void on_closed() override;

  // -- half_open ------------------------------------------------------------

  void on_pushed_out() noexcept override;

  // -- through a proxy (connection_tunnel.cpp) ------------------------------

  void enter_tunnel();
  void send_in_tunnel();
  void on_received_in_tunnel(const slab_ref& owner,
                             std::span<const std::byte> bytes);
  void fail_tunnel(std::error_code why);

  // -- who may come in (connection_auth.cpp) --------------------------------

  [[nodiscard]] std::string address_of_peer() const;
  [[nodiscard]] auth_request about_peer();
  void ask();
  void on_zap();

  // -- steps ----------------------------------------------------------------

  void shake_hands();

  /// Runs a step; an exception (no memory) ends this connection alone.
  template <class Step>
  void guarded(Step&& step) noexcept {
    try {
      step();
    } catch (const std::exception& problem) {
      fail(problem);
    }
  }
  void fail(const std::exception& problem) noexcept;
  void drain_engine();
  [[nodiscard]] bool deliver();
  void on_deadline();
  void on_ready();
  void hang_up();
  void on_engine_closed(const wire::ending& how);
  void part(const wire::ending& how);
  void pump();
  void end_sending();
  void half_close();
  bool send_control();
  bool send_traffic();
  void credit_progress();
  void deliver_held();
  void give_back_unaccepted();
  void pause(bool on);
  void begin_close(std::error_code why, event_kind failure);
  void rearm();
  void publish(event_kind kind, std::int64_t value);
  void publish_congestion();
  [[nodiscard]] bool talks() const noexcept;
  [[nodiscard]] bool holds() const noexcept;

  connection_setup setup_;
  std::unique_ptr<transports::stream> stream_;
  wire::engine engine_;
  std::unique_ptr<wire::socks5> tunnel_; // while in it
  std::unique_ptr<zap_call> call_;       // while it is not answered
  std::shared_ptr<posted_bell<connection>> bell_;
  std::shared_ptr<reader_call> reader_;
  connection_owner* owner_ = nullptr;
  std::shared_ptr<connection> self_; // while operations may be in flight
  transports::timer deadline_;
  wire::engine_event event_;

  phase phase_ = phase::opening;
  sending sending_ = sending::nothing;
  bool paused_ = true;
  bool pushed_out_ = false; // by a newer one
  bool plugged_ = false;
  bool own_pipe_ = false;
  bool raw_ = false; // the peer speaks no ZMTP
  bool sent_traffic_ = false;
  bool draining_ = false;
  bool congested_ = false; // as was last told
  batch control_;
  batch traffic_; // canonical, until the kernel has all of it
  batch wire_;    // what this peer reads for it, where that differs
  std::size_t sent_bytes_ = 0;          // of the batch being sent
  std::size_t credited_bytes_ = 0;      // of those, told to the gate
  std::uint64_t credited_messages_ = 0; // of traffic_
  connection_end end_;
};

} // namespace zmqrt::actors
