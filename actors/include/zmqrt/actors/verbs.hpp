// SPDX-License-Identifier: MPL-2.0
//
// The messages that a socket actor understands (zmqrt/actors.hpp): one small
// struct each, named like the verb of a handle that does the same
// (zmqrt/socket.hpp, which says more about each). Errors are caf::error
// (zmqrt/actors/errors.hpp): those of the handle's verb, and not_a_socket or
// terminated once the socket is closed or its context has ended; when the actor
// itself is over, CAF answers request_receiver_down. An actor that
// sends them without asking (send() in place of request()) hears of an error
// all the same, as a caf::error message, which ends it unless it has set an
// error handler; sent by nobody (anon_send()), nobody does.

#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <caf/actor.hpp>
#include <caf/actor_cast.hpp>
#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>

#include "zmqrt/event.hpp"
#include "zmqrt/message.hpp"
#include "zmqrt/option.hpp"
#include "zmqrt/peer_info.hpp"
#include "zmqrt/statistics.hpp"

namespace zmqrt {

/// Gets messages one by one. Who they come from is current_sender().
using message_receiver = caf::typed_actor<caf::reacts_to<message>>;
/// Gets them in runs.
using batch_receiver = caf::typed_actor<caf::reacts_to<std::vector<message>>>;
/// Answers requests, at once or later, by a promise.
using request_handler =
  caf::typed_actor<caf::replies_to<message>::with<message>>;
/// Gets the events of a socket.
using event_receiver = caf::typed_actor<caf::reacts_to<event>>;

namespace verb {

// -- endpoints ----------------------------------------------------------------

/// Answers the resolved endpoint when it is bound.
struct bind {
  std::string endpoint;
};
/// Answers when the endpoint is free.
struct unbind {
  std::string endpoint;
};
/// Answers at once; the connection is made, and made again, behind it.
struct connect {
  std::string endpoint;
};
/// PEER: as connect, and answers the routing id of the peer.
struct connect_peer {
  std::string endpoint;
};
/// Answers at once; what is queued for it lingers behind.
struct disconnect {
  std::string endpoint;
};

// -- options ------------------------------------------------------------------

/// Sets an option: set{option::rcvhwm, 10}.
struct set {
  template <class Key, class Value>
  requires settable_with<Key, Value> set(Key, const Value& to)
    : option(Key::id), value(typename Key::value_type(to)) {
  }

  int option;
  option_value value;
};
/// Answers an option's value: get{option::rcvhwm}.
struct get {
  template <class Key>
  requires gettable<Key>
  explicit get(Key) : option(Key::id) {
  }

  int option;
};
/// DISH: joins a group, or leaves it.
struct join {
  std::string group;
};
struct leave {
  std::string group;
};

// -- sending ------------------------------------------------------------------

/// What becomes of a send for which there is no room.
enum class when_full : std::uint8_t {
  wait,   ///< it is answered later, when there is
  refuse, ///< it is answered with errc::again
};

/// Answers when it is queued, whole. SNDTIMEO bounds the wait (again). Those
/// that wait go in their order. Whoever sends without waiting for answers is
/// held up by nothing: when so many wait as sends_waiting says
/// (socket_actor_options), further ones are refused with errc::again.
struct send {
  message what;
  when_full full = when_full::wait;
};
/// Several, in their order. Answers how many are queued: with `wait` all of
/// them; with `refuse` the first that fit, and where none does errc::again. An
/// error at one of them says how many before it are queued.
struct send_batch {
  std::vector<message> what;
  when_full full = when_full::wait;
};

// -- receiving ----------------------------------------------------------------
//
// An actor that receives is under credit: so many messages may be on the way
// to it, or in its mailbox. Half of them are given back at once, when its
// handler has run for the last of that half; where the handler answers that one
// by a promise, when it keeps it. So with a credit of 1 each message has its
// answer. Without credit nothing is read, so that the socket's queue fills up
// to RCVHWM, and then the peer's. Where several receive, they take turns,
// message by message or batch by batch, among themselves and with handles. When
// a receiver ends, what is in its mailbox is lost with it, and the others go
// on.

/// From now on `to` gets messages.
struct receive {
  // NOLINTNEXTLINE(google-explicit-constructor): an actor is what it takes.
  receive(const message_receiver& who, std::size_t messages = 1000)
    : to(caf::actor_cast<caf::actor>(who)), credit(messages) {
  }
  receive(caf::actor who, std::size_t messages = 1000)
    : to(std::move(who)), credit(messages) {
  }

  caf::actor to;
  std::size_t credit; ///< at least 1
};
/// From now on `to` gets std::vector<message>, of `most` at most.
struct receive_batches {
  receive_batches(const batch_receiver& who, std::size_t at_most = 256,
                  std::size_t messages = 1024)
    : to(caf::actor_cast<caf::actor>(who)), most(at_most), credit(messages) {
  }
  receive_batches(caf::actor who, std::size_t at_most = 256,
                  std::size_t messages = 1024)
    : to(std::move(who)), most(at_most), credit(messages) {
  }

  caf::actor to;
  std::size_t most;   ///< at least 1
  std::size_t credit; ///< at least 1
};
/// From now on `by` is asked each request, as a message, and what it answers
/// goes to the peer that asked. REP: one at a time. ROUTER: `at_once` may be in
/// work; the request is what follows the first empty frame, as at a REP (RFC
/// 28), or where there is none, the routing id. SERVER: likewise. Where it
/// answers an error, or ends, `instead` goes to the peer, so that nobody waits
/// for ever; a ROUTER or SERVER sends nothing where it has no frames. One
/// handler per socket. Errors: not_supported (another type), invalid_argument
/// (a REP without `instead`).
struct serve {
  serve(const request_handler& who, std::size_t in_work = 100)
    : by(caf::actor_cast<caf::actor>(who)), at_once(in_work) {
  }
  serve(caf::actor who, std::size_t in_work = 100)
    : by(std::move(who)), at_once(in_work) {
  }

  caf::actor by;
  std::size_t at_once; ///< at least 1
  message instead{""};
};
/// Answers when `who` gets no more messages, requests or events: what was on
/// its way is there before the answer. Requests in work it answers still.
struct stop {
  caf::actor who;
};

// -- watching -----------------------------------------------------------------

/// From now on `to` gets the events whose bits are in `mask`, up to
/// monitor_stopped; asked again, others from then on. It never holds up the
/// socket: of those that it is too slow for the oldest are lost, and the next
/// one says how many.
struct monitor {
  monitor(const event_receiver& who, std::uint32_t events = all_events)
    : to(caf::actor_cast<caf::actor>(who)), mask(events) {
  }
  monitor(caf::actor who, std::uint32_t events = all_events)
    : to(std::move(who)), mask(events) {
  }

  caf::actor to;
  std::uint32_t mask;
};
/// Answers what the socket has sent, received and dropped so far.
struct statistics {};
/// Answers who is connected now.
struct peers {};

// -- the end ------------------------------------------------------------------

/// Closes the socket, handles included. Answers when lingering is over, how
/// many messages it has dropped unsent: 0, all is drained. None: as LINGER
/// says; negative: without limit.
struct close {
  std::optional<std::chrono::milliseconds> linger{};
};

} // namespace verb

} // namespace zmqrt

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(zmqrt::message)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(std::vector<zmqrt::message>)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(zmqrt::event)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(zmqrt::option_value)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(zmqrt::socket_statistics)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(std::vector<zmqrt::peer_info>)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(zmqrt::verb::bind)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(zmqrt::verb::unbind)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(zmqrt::verb::connect)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(zmqrt::verb::connect_peer)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(zmqrt::verb::disconnect)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(zmqrt::verb::set)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(zmqrt::verb::get)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(zmqrt::verb::join)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(zmqrt::verb::leave)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(zmqrt::verb::send)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(zmqrt::verb::send_batch)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(zmqrt::verb::receive)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(zmqrt::verb::receive_batches)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(zmqrt::verb::serve)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(zmqrt::verb::stop)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(zmqrt::verb::monitor)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(zmqrt::verb::statistics)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(zmqrt::verb::peers)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(zmqrt::verb::close)
