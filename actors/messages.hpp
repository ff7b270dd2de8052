// SPDX-License-Identifier: MPL-2.0
//
// The vocabulary of the actors: one small struct per message. Handled as
// actors/interfaces.hpp says.

#pragma once

#include <cstdint>
#include <string>

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/typed_actor.hpp>

#include "zmqrt/event.hpp"

namespace zmqrt::actors {

/// A request's outcome: an errc value (0: done), what it is about, and the
/// broken rule in words.
struct answer {
  int code = 0;
  std::string subject; ///< of bind: the resolved endpoint
  std::string rule;
  std::uint32_t routing_id = 0; ///< of a connect that asked for it
};

// -- to a socket --------------------------------------------------------------

struct bind_endpoint {
  std::string text;
};
struct unbind_endpoint {
  std::string text;
};
struct connect_endpoint {
  std::string text;
  bool want_routing_id = false; ///< PEER: of the pipe that it makes
};
struct disconnect_endpoint {
  std::string text;
};
/// As long as the socket's own LINGER says.
inline constexpr std::int64_t own_linger = -2;
/// Ends the socket. The answer comes when its endpoints are free; it lives on
/// until everything is sent or `linger_ms` (-1: no end) have passed.
struct close_socket {
  std::int64_t linger_ms = own_linger;
};

// -- to a listener or connector -----------------------------------------------

struct stop_listening {};
/// Ends a connector, after its pipe is drained or `linger_ms` have passed; or
/// what a socket has left already, at 0 at once.
struct stop_connecting {
  std::int64_t linger_ms = -1;
};

// -- to a session -------------------------------------------------------------

/// Write what is there, end our side, wait for the peer's end, close.
struct drain_session {};
/// Close now.
struct abort_session {};

// -- from a session to its supervisor -----------------------------------------

struct session_ready {};
struct session_ended {
  int code = 0; ///< an errc value
  bool was_ready = false;
  bool hung_up = false; ///< as the application wanted it
  event_kind failure = event_kind::disconnected;
};

// -- to the context -----------------------------------------------------------

/// Close every socket, then end.
struct terminate_context {};
} // namespace zmqrt::actors

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(zmqrt::actors::answer)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(zmqrt::actors::bind_endpoint)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(zmqrt::actors::unbind_endpoint)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(zmqrt::actors::connect_endpoint)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(zmqrt::actors::disconnect_endpoint)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(zmqrt::actors::close_socket)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(zmqrt::actors::stop_listening)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(zmqrt::actors::stop_connecting)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(zmqrt::actors::drain_session)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(zmqrt::actors::abort_session)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(zmqrt::actors::session_ready)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(zmqrt::actors::session_ended)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(zmqrt::actors::terminate_context)
