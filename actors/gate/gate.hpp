// SPDX-License-Identifier: MPL-2.0
//
// The gate: the only object that application threads and actors share, one
// per socket. Under one short lock it holds the pattern and, per pipe, an
// outbox, an inbox and credit. Application threads block here and nowhere
// else; what serves the pipes (sessions, inproc links) is woken by doorbells.
// No message between actors passes through it, and it knows no actor.
//
// High-water marks are credit, per pipe: a message accepted costs one; credit
// comes back when the kernel has accepted messages (accepted()), in lumps of
// (SNDHWM + 1) / 2 messages or 256 KiB, whichever is less. An inbox that
// reached RCVHWM asks its session to pause; the doorbell rings when half of it
// has been read.

#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "actors/gate/doorbell.hpp"
#include "actors/gate/pipe_fate.hpp"
#include "actors/gate/watcher.hpp"
#include "libzmqrt/message/batch.hpp"
#include "libzmqrt/message/peer_properties.hpp"
#include "libzmqrt/options/socket_options.hpp"
#include "libzmqrt/patterns/pattern.hpp"
#include "zmqrt/message.hpp"
#include "zmqrt/peer_info.hpp"
#include "zmqrt/socket_type.hpp"
#include "zmqrt/statistics.hpp"

namespace zmqrt::actors {

using patterns::pipe_id;

/// How long a verb may wait. `forever` and `never` are the ends.
struct patience {
  static constexpr std::int64_t forever_ns = -1;
  std::int64_t ns = 0;
  /// A signal that the thread handles ends the wait, also where its handler
  /// restarts calls (SA_RESTART), as it ends poll(2)'s.
  bool interruptible = false;
  bool interrupted = false; ///< the gate's own: by one

  static patience never() noexcept {
    return {0};
  }
  static patience forever() noexcept {
    return {forever_ns};
  }
};

/// What a handshake told of the peer, for the pattern.
struct peer_facts {
  std::string routing_id;
  bool by_command = false; ///< reads subscriptions as commands (ZMTP 3.1)
  /// For whoever asks, but for what the pattern and the pipe know; null: the
  /// peer is not told of.
  std::shared_ptr<const peer_info> about{};
  bool wants_all = false; ///< RADIO: patterns::peer::wants_all
  bool raw = false;       ///< speaks no ZMTP
  /// An empty message says that it has come, and another one that it has gone.
  bool announced = false;
};

struct pipe_setup {
  std::shared_ptr<doorbell> bell;
  std::shared_ptr<const peer_properties> properties;
  /// -1: the socket's own SNDHWM / RCVHWM, following later changes.
  int send_hwm = -1;
  int receive_hwm = -1;
  /// Of a peer that is there already; none: plug() will follow.
  std::optional<peer_facts> peer{};
  /// CONNECT_ROUTING_ID of a connect.
  std::string name{};
};

/// How many messages are on their way to a peer, and from it, in this process.
struct pipe_level {
  std::string endpoint; ///< the peer's
  std::uint64_t unsent = 0;
  std::uint64_t unread = 0;
};

class gate final : public watchable {
public:
  gate(socket_type type, const socket_options& options);
  ~gate();
  gate(const gate&) = delete;
  gate& operator=(const gate&) = delete;

  [[nodiscard]] socket_type type() const noexcept;

  // -- verbs of the application: any thread ---------------------------------
  //
  // Codes: again (would block or out of time), not_supported (the type does
  // not do that), invalid_argument (a message without frames),
  // message_too_long (one of more than most_frames, or than MAX_MSGSZ of the
  // context), would_deadlock (waiting on a reactor's thread), no_memory,
  // interrupted (where patience::interruptible), and what fail() was given.

  /// Moves from `what` only when it was accepted.
  [[nodiscard]] std::error_code send(message&& what, patience wait);
  /// Shares `what`.
  [[nodiscard]] std::error_code send(const message& what, patience wait);
  /// One frame without a message object around it.
  [[nodiscard]] std::error_code send(std::span<const std::byte> what,
                                     patience wait);
  /// Moves from the first `count` that fit, waiting only for the first.
  [[nodiscard]] std::error_code send_batch(std::span<message> what,
                                           patience wait, std::size_t& count);
  [[nodiscard]] std::error_code recv(message& out, patience wait);
  /// Appends up to `most` messages, waiting only for the first.
  [[nodiscard]] std::error_code recv_batch(std::vector<message>& out,
                                           std::size_t most, patience wait);
  /// SUB, XPUB: subscribes to a topic, or ends that; DISH: joins a group, or
  /// leaves it. Never waits.
  [[nodiscard]] std::error_code subscribe(std::string_view topic, bool on);
  /// What has been counted, and the peers there are.
  [[nodiscard]] socket_statistics statistics() const;
  /// TOPICS_COUNT.
  [[nodiscard]] std::size_t topics() const;

  /// Partial messages (the C API's SNDMORE): open() picks the pipe and takes
  /// the credit, append() adds frames, commit() makes it one message in that
  /// pipe, abandon() gives the credit back. One at a time per `draft`, any
  /// number of drafts per gate. A draft whose pipe ends meanwhile goes to
  /// another one, for which commit() waits.
  /// Where the message says where it goes (PUB, ROUTER, REQ and others) it is
  /// commit() that sends it, whole, and answers what send() does. After again,
  /// interrupted or no_memory the draft is still open.
  class draft;
  [[nodiscard]] std::error_code open(draft& out, patience wait);
  /// The same where the first part is known, which append() still has to
  /// follow with: also answers, and waits for, what send() would as far as
  /// that part tells (host_unreachable, fsm, again).
  [[nodiscard]] std::error_code open(draft& out, const frame& first,
                                     patience wait);
  [[nodiscard]] std::error_code append(draft& to, frame part);
  [[nodiscard]] std::error_code commit(draft& done, patience wait);
  /// After a commit() that left it open: takes the last part off again.
  void retract(draft& from);
  void abandon(draft& gone) noexcept;

  /// Whether send or recv would succeed now.
  [[nodiscard]] bool writable() {
    return (poll(poll_out, nullptr) & poll_out) != 0;
  }
  [[nodiscard]] bool readable() {
    return (poll(poll_in, nullptr) & poll_in) != 0;
  }
  /// See watchable.
  [[nodiscard]] unsigned poll(unsigned wanted,
                              const std::shared_ptr<watcher>& who) override;
  void forget(const watcher& who) override;
  /// `who` is called whenever what poll(wanted) answers may have changed, from
  /// something to nothing, too; at once for the first time. Until forget().
  void follow(unsigned wanted, const std::shared_ptr<watcher>& who);
  /// `who` is called once, when a receive (poll_in) or a send (poll_out) that
  /// answers again may answer something else. So first this, then the verb.
  /// Called for nothing now and then; kept until forget(). One `who` waits for
  /// one thing.
  void retry_with(unsigned wanted, const std::shared_ptr<watcher>& who);
  [[nodiscard]] patience send_patience() const noexcept;    // SNDTIMEO
  [[nodiscard]] patience receive_patience() const noexcept; // RCVTIMEO

  // -- peers: any thread ----------------------------------------------------

  /// Those that are connected now.
  [[nodiscard]] std::vector<peer_info> peers() const;
  /// What waits in the queues of each of them.
  [[nodiscard]] std::vector<pipe_level> levels() const;
  /// The one that this routing id reaches; where the type does not route by
  /// such, the first that calls itself so. None: it is not connected.
  [[nodiscard]] std::optional<peer_info>
  find_peer(std::string_view routing_id) const;
  /// The same by the number that a SERVER or PEER routes by.
  [[nodiscard]] std::optional<peer_info> find_peer(std::uint32_t number) const;

  // -- options --------------------------------------------------------------

  [[nodiscard]] socket_options options() const;
  /// Runs `change` on the options under the lock; a changed HWM takes effect
  /// on existing pipes at once. Calls `change` exactly once.
  void change_options(void (*change)(socket_options&, void*), void* argument);

  // -- what serves the pipes: the socket's reactor --------------------------

  /// A new pipe; none: the pattern refuses it (or the gate failed).
  [[nodiscard]] std::optional<pipe_id> attach(pipe_setup setup);
  /// What a connect's pipe starts with: takes CONNECT_ROUTING_ID, which is
  /// for one connect. Where peers are raw and it is not set, the pipe gets a
  /// name of ours, and ROUTING_ID says which (zmq_socket(3), ZMQ_STREAM).
  [[nodiscard]] pipe_setup connect_setup();
  /// PEER: has the next connect's pipe reached by a routing id that is known
  /// now; answers its name (patterns::route_of_name()).
  [[nodiscard]] std::string reserve_name();
  /// Says who the peer of a pipe is; false: the pattern refuses it. Part of
  /// plug(), by itself for inproc.
  [[nodiscard]] bool introduce(pipe_id pipe, const peer_facts& who);
  /// A session took the pipe on (again); its bell rings from now on, once at
  /// once if the outbox is not empty. False: the pattern refuses this peer.
  bool plug(pipe_id pipe, std::shared_ptr<doorbell> bell,
            std::shared_ptr<const peer_properties> properties,
            const peer_facts& who = {});
  /// The session is gone; `unaccepted` (whole canonical messages) goes back
  /// to the head of the outbox, unless the peer was raw: its bytes mean nothing
  /// to another one. The pipe stays.
  void unplug(pipe_id pipe, batch& unaccepted);
  /// The pipe ends for good. What is unread can still be read. What is
  /// unsent is handed to other pipes that have room, where the pattern says
  /// so; answers how many messages were dropped.
  std::uint64_t detach(pipe_id pipe, batch& unaccepted);

  /// Nothing new is sent by this pipe (it is being disconnected); what is in
  /// its outbox still goes.
  void stop_sending(pipe_id pipe);
  /// The same for who does not know whether the number is another pipe's by
  /// now: `serial` is what serial_of() answered.
  void stop_sending(pipe_id pipe, std::uint64_t serial);
  [[nodiscard]] std::uint64_t serial_of(pipe_id pipe) const;

  /// Moves the outbox into `out` (which must be empty), SNDBATCH_COUNT messages
  /// of it at most, and no more than about `about` bytes, or a small part of
  /// what waits. They keep their credit until accepted(). Throws
  /// std::bad_alloc, and nothing has moved.
  void take(pipe_id pipe, batch& out, std::size_t about = any_bytes);
  /// The kernel has this many messages, for good.
  void accepted(pipe_id pipe, std::uint64_t messages, std::size_t bytes);
  /// Of what was accepted() the kernel would not have so many after all (UDP);
  /// and so many came that are none of the socket's.
  void lost(pipe_id pipe, std::uint64_t refused, std::uint64_t unwanted);
  /// Puts received messages into the inbox. False: the inbox is at RCVHWM,
  /// pause reading until the bell rings and wants_input() answers true.
  /// Without `call`, who waits for messages is left waiting, unless reading
  /// pauses or 1 MiB has come in like that: call_receiver() has to follow.
  [[nodiscard]] bool deliver(pipe_id pipe, batch& messages, bool call = true);
  /// Wakes one of those who wait for messages, if there are any to be had.
  void call_receiver();
  [[nodiscard]] bool wants_input(pipe_id pipe) const;
  /// From now on the bell of a pipe also rings when it reaches its mark.
  void tell_when_full() noexcept;
  /// Whether the pipe is at its mark, and what waits there to be sent.
  [[nodiscard]] bool is_full(pipe_id pipe, std::uint64_t& unsent) const;
  /// The bell rings when it is no longer `stays`.
  [[nodiscard]] pipe_fate fate(pipe_id pipe) const;

  /// Messages accepted from the application and not yet by the kernel, on
  /// all pipes or on one.
  [[nodiscard]] std::uint64_t unsent() const;
  [[nodiscard]] std::uint64_t unsent(pipe_id pipe) const;

  // -- lifecycle ------------------------------------------------------------

  /// From now on verbs answer `why` (terminated, not_a_socket), waiting ones
  /// included. Outboxes stay for those who linger. The first call wins,
  /// except that not_a_socket replaces terminated.
  void fail(std::error_code why);
  /// No more sending and receiving, and everything unsent is dropped (LINGER
  /// 0, or its end). Answers how many messages were.
  std::uint64_t discard();
  /// What verbs answer after fail(); empty before.
  [[nodiscard]] std::error_code failure() const;

private:
  [[nodiscard]] std::error_code send_reserved(draft& from, patience wait);

  friend class inproc_link;
  friend struct errands;
  struct state;
  std::unique_ptr<state> state_;
};

/// Marks this thread as one that drives a reactor: verbs that would wait
/// answer would_deadlock on it.
void forbid_waiting_on_this_thread() noexcept;
[[nodiscard]] bool waiting_forbidden() noexcept;

} // namespace zmqrt::actors
