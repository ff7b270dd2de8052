// SPDX-License-Identifier: MPL-2.0
//
// A pattern: the pure policy of a socket type. It is told which pipes exist
// and which of them can take or give a message, and chooses. It has no lock
// and, but for a few words to the application, holds no message: the gate
// calls it under its own lock. (RFC 28 to 31 and their kin say what each type
// must choose.)
//
// Some types only take turns (PUSH, PULL, PAIR, DEALER): next_out() and
// next_in() say all. The others look at each message: route() says where it
// goes, arrived() what becomes of it. looks() says which are which, once.

#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>

#include "libzmqrt/options/socket_options.hpp"
#include "zmqrt/error.hpp"
#include "zmqrt/message.hpp"
#include "zmqrt/socket_type.hpp"

namespace zmqrt::patterns {

/// A gate's number for a pipe; used again only after detach().
using pipe_id = std::uint32_t;

inline constexpr pipe_id no_pipe = std::numeric_limits<pipe_id>::max();
/// In place of a pipe to read from: the pattern itself has a message, take()
/// gives it.
inline constexpr pipe_id from_pattern = no_pipe - 1;

/// Who is at the other end of a pipe.
struct peer {
  /// What it calls itself (READY), or what CONNECT_ROUTING_ID calls it; empty:
  /// nothing.
  std::string routing_id;
  /// CONNECT_ROUTING_ID was given: it must not be taken.
  bool named_here = false;
  /// RADIO: it wants every group, and says nothing (UDP).
  bool wants_all = false;
};

/// What happens to a message that the application sends.
struct delivery {
  enum class kind : std::uint8_t {
    to_one,    ///< goes to `pipe`
    to_all,    ///< goes to each of `pipes`; nothing is left out
    subscribe, ///< a subscription to `topic` goes to each of `pipes`
    cancel,    ///< the end of one does
    hang_up,   ///< ends `pipe`, behind what was sent by it
    dropped,   ///< is accepted, and goes nowhere
    later,     ///< has to wait for room
    refused,   ///< is not accepted, because of `why`
  };
  kind what = kind::later;
  errc why = errc::again;
  pipe_id pipe = no_pipe;
  /// Each can take a message (of subscriptions any number). Valid until the
  /// next call.
  std::span<const pipe_id> pipes{};
  /// Frames that go in front. Valid until the next call.
  std::span<const frame> envelope{};
  /// So many of the message's own first frames are left out.
  std::size_t skip = 0;
  std::string_view topic{};
  /// So many pipes should have got it, but were full.
  std::uint64_t missed = 0;
  /// It is dropped because its peer is not there.
  bool unroutable = false;
};

class pattern {
public:
  /// What a type wants to see.
  struct looks {
    bool out = false;     ///< route() chooses, not next_out()
    bool in = false;      ///< arrived() sees what is read
    bool digests = false; ///< what comes goes to digest(), not to the inbox
  };

  virtual ~pattern() = default;

  [[nodiscard]] virtual looks sees() const noexcept {
    return {};
  }

  // -- what happens to pipes ------------------------------------------------

  /// A pipe is made. False: this socket refuses it (PAIR has one already).
  [[nodiscard]] virtual bool attach(pipe_id pipe) = 0;
  virtual void detach(pipe_id pipe) = 0;
  /// The peer is gone for good, but what it sent can still be read: the pipe
  /// takes nothing more and does not count as a peer. detach() follows once
  /// it is drained.
  virtual void retire(pipe_id /*pipe*/) {
  }
  /// The pipe can take messages again, or cannot. Starts as cannot.
  virtual void set_writable(pipe_id /*pipe*/, bool /*writable*/) {
  }
  /// The pipe has messages to read, or has none. Starts as none.
  virtual void set_readable(pipe_id /*pipe*/, bool /*readable*/) {
  }
  /// The peer is there: of an accepted pipe once, after attach(); of a
  /// connect's pipe after each handshake. False: it is refused (its routing
  /// id is taken), and the pipe or the connection ends. `evicted` is set to
  /// the pipe that has to end instead (ROUTER_HANDOVER).
  [[nodiscard]] virtual bool plugged(pipe_id /*pipe*/, const peer& /*who*/,
                                     pipe_id& /*evicted*/) {
    return true;
  }
  /// The peer of a connect's pipe is lost; another may come. `all_sent`: the
  /// kernel had all that went by this pipe; `all_read`: nothing of it is left
  /// to read.
  virtual void unplugged(pipe_id /*pipe*/, bool /*all_sent*/,
                         bool /*all_read*/) {
  }

  // -- of those that route by names (ROUTER, SERVER) ------------------------

  /// By which routing id a pipe's peer is reached; empty: by none.
  [[nodiscard]] virtual frame name_of(pipe_id /*pipe*/) const {
    return {};
  }
  /// Whom a routing id reaches, or no_pipe; none: the type has no such names.
  [[nodiscard]] virtual std::optional<pipe_id>
  find(std::string_view /*routing_id*/) const {
    return std::nullopt;
  }

  // -- choices --------------------------------------------------------------

  [[nodiscard]] virtual bool can_send() const noexcept {
    return true;
  }
  [[nodiscard]] virtual bool can_receive() const noexcept {
    return true;
  }
  /// Where the next message goes; no_pipe: nowhere now. Where route() chooses:
  /// any pipe if a send would not have to wait.
  [[nodiscard]] virtual pipe_id next_out() noexcept {
    return no_pipe;
  }
  /// A message went there: the turn passes on. Of to_all: called once, with
  /// no_pipe.
  virtual void sent(pipe_id /*pipe*/) noexcept {
  }
  /// Where the next message is read; no_pipe: nowhere now; or from_pattern.
  [[nodiscard]] virtual pipe_id next_in() noexcept {
    return no_pipe;
  }
  /// One was read there, whatever became of it.
  virtual void received(pipe_id /*pipe*/) noexcept {
  }
  /// What is left on a pipe that ended for good goes to other pipes
  /// (PUSH, DEALER), instead of being dropped.
  [[nodiscard]] virtual bool hands_over() const noexcept {
    return false;
  }

  // -- of those that look ---------------------------------------------------

  /// Where `what` goes. If it is accepted, sent() follows.
  [[nodiscard]] virtual delivery route(const message& /*what*/) {
    return {};
  }
  /// What route() would answer to a message that begins with `first`, as far as
  /// that can be told: refused, later, or anything else. Changes nothing.
  [[nodiscard]] virtual delivery outlook(const frame& /*first*/) {
    return {delivery::kind::dropped};
  }
  /// Changes what was read there into what the application gets; false: it
  /// gets nothing.
  [[nodiscard]] virtual bool arrived(pipe_id /*pipe*/, message& /*what*/) {
    return true;
  }
  /// The application has got the message from there.
  virtual void handed_out(pipe_id /*pipe*/) noexcept {
  }
  /// Why a receive makes no sense now (EFSM), though it could wait; nothing:
  /// it does. A state that is told once (a lost REP) is over with that.
  [[nodiscard]] virtual std::error_code receive_flaw() {
    return {};
  }
  /// REQ: a pipe with something to read that a request makes void, since it
  /// came before; no_pipe: none. The gate drops it with a send.
  [[nodiscard]] virtual pipe_id next_stale() noexcept {
    return no_pipe;
  }
  /// The pattern's own message.
  virtual void take(message& /*out*/) {
  }
  /// Something came from there.
  virtual void digest(pipe_id /*from*/, message&& /*what*/) {
  }
  /// PEER, and where peers are raw: what a connect's pipe may be called
  /// (peer::routing_id), so that the application knows its routing id
  /// beforehand.
  [[nodiscard]] virtual std::string reserve_name() {
    return {};
  }
  /// SUBSCRIBE and UNSUBSCRIBE of the application, a DISH's joins: subscribe,
  /// cancel, dropped (nobody has to be told), or refused.
  [[nodiscard]] virtual delivery subscribe(std::string_view /*topic*/,
                                           bool /*on*/) {
    return {delivery::kind::refused, errc::invalid_argument};
  }
  /// TOPICS_COUNT.
  [[nodiscard]] virtual std::size_t topics() const noexcept {
    return 0;
  }
  /// Every subscription, for a peer that has just been plugged.
  virtual void each_subscription(void (* /*tell*/)(std::string_view topic,
                                                   void* to),
                                 void* /*to*/) const {
  }
};

/// `options` is followed as it changes, and has to outlive the pattern. Null
/// for what is no type.
[[nodiscard]] std::unique_ptr<pattern>
make_pattern(socket_type type, const socket_options& options);

} // namespace zmqrt::patterns
