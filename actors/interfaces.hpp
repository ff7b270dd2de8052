// SPDX-License-Identifier: MPL-2.0
//
// The statically typed handles of every actor that another file knows. (CAF
// 1.x spells interfaces as traits; only this file changes.)

#pragma once

#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>

#include "actors/messages.hpp"
#include "zmqrt/actors.hpp"

namespace zmqrt::actors {

using session_handle = caf::typed_actor<
  // Ends in order: flush, half-close, wait for the peer's end.
  caf::reacts_to<drain_session>,
  // Ends at once.
  caf::reacts_to<abort_session>>;

using listener_handle = caf::typed_actor<
  // Stops accepting, then ends; its `down` says that the endpoint is free.
  // Sessions that it accepted live on under the socket.
  caf::reacts_to<stop_listening>>;

using connector_handle = caf::typed_actor<
  // Ends after lingering. Its `down` says that it is over.
  caf::reacts_to<stop_connecting>,
  // From its session: the handshake is over.
  caf::reacts_to<session_ready>,
  // From its session, right before the session's `down`: how it ended.
  caf::reacts_to<session_ended>>;

// What a socket has left that lingers still.
using leaving_handle = caf::typed_actor<
  // As a connector's.
  caf::reacts_to<stop_connecting>>;

// A UDP endpoint: bound or connected, and its own session.
using datagram_handle = caf::typed_actor<
  // As a listener's, and a connector's.
  caf::reacts_to<stop_listening>, caf::reacts_to<stop_connecting>,
  // As a session's, without a peer to wait for.
  caf::reacts_to<drain_session>, caf::reacts_to<abort_session>>;

using socket_handle = caf::typed_actor<
  // Answers the resolved endpoint when it is bound.
  caf::replies_to<bind_endpoint>::with<answer>,
  // Answers when the endpoint is free.
  caf::replies_to<unbind_endpoint>::with<answer>,
  // Answers at once; connecting goes on behind it.
  caf::replies_to<connect_endpoint>::with<answer>,
  // Answers at once; the connection lingers behind it.
  caf::replies_to<disconnect_endpoint>::with<answer>,
  // Answers when the endpoints are free. Its `down` says that lingering is
  // over. Later requests are answered alike; one with a shorter linger
  // shortens it.
  caf::replies_to<close_socket>::with<answer>,
  // From its listeners: another connection was accepted.
  caf::reacts_to<session_handle>>;

using context_handle = caf::typed_actor<
  // A new socket to look after.
  caf::reacts_to<socket_handle>,
  // And what the application's actors see of one: the context ends behind it.
  caf::reacts_to<zmqrt::socket_actor>,
  // Closes all sockets with their own LINGER, then ends; its `down` says so.
  caf::reacts_to<terminate_context>>;

} // namespace zmqrt::actors
