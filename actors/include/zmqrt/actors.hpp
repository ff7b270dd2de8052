// SPDX-License-Identifier: MPL-2.0
//
// The door for applications that are CAF systems themselves: sockets as actors,
// and actors of theirs that decide who comes in. Includes CAF, which no other
// header outside zmqrt/actors/ does.

#pragma once

#include <cstddef>
#include <vector>

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>

#include "zmqrt/actors/errors.hpp"
#include "zmqrt/actors/verbs.hpp"
#include "zmqrt/authentication.hpp"
#include "zmqrt/authenticator.hpp"
#include "zmqrt/context.hpp"
#include "zmqrt/socket.hpp"

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(zmqrt::auth_request)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(zmqrt::auth_reply)

namespace zmqrt {

// -- sockets as actors --------------------------------------------------------

/// A socket, as an actor. What each message does is said where it is declared
/// (zmqrt/actors/verbs.hpp).
///
/// It can be monitored and linked like any actor. Its exit reason says why it
/// is over: none (the socket was closed, by a message or by a handle),
/// exit_reason::unreachable (nobody refers to it any more), errc::terminated
/// (the context has ended; code_of(), zmqrt/actors/errors.hpp), or else what it
/// was asked to exit with, or died of. Asked to exit with user_shutdown it
/// closes, and the socket lingers behind it as LINGER says; with any other
/// reason it releases endpoints and peers at once, and drops what is unsent.
/// That is also what becomes of it when an actor dies that it is linked to.
///
/// It lives while anybody refers to it, receives from it or serves it, asks it
/// something, or has a send waiting; then it closes as a socket does whose last
/// handle is gone. It refers to its receivers, handlers and monitors in turn:
/// one that keeps a handle of it has both live until one of them is ended.
///
/// A socket has one actor. Its handlers never block, and run on the context's
/// I/O thread that serves the socket.
using socket_actor = caf::typed_actor<
  caf::replies_to<verb::bind>::with<std::string>, caf::reacts_to<verb::unbind>,
  caf::reacts_to<verb::connect>,
  caf::replies_to<verb::connect_peer>::with<std::uint32_t>,
  caf::reacts_to<verb::disconnect>, caf::reacts_to<verb::set>,
  caf::replies_to<verb::get>::with<option_value>, caf::reacts_to<verb::join>,
  caf::reacts_to<verb::leave>, caf::reacts_to<verb::send>,
  caf::replies_to<verb::send_batch>::with<std::size_t>,
  // A request, which has to be asked: answers its reply. REQ and DEALER; see
  // below.
  caf::replies_to<message>::with<message>, caf::reacts_to<verb::receive>,
  caf::reacts_to<verb::receive_batches>, caf::reacts_to<verb::serve>,
  caf::reacts_to<verb::stop>, caf::reacts_to<verb::monitor>,
  caf::replies_to<verb::statistics>::with<socket_statistics>,
  caf::replies_to<verb::peers>::with<std::vector<peer_info>>,
  caf::replies_to<verb::close>::with<std::uint64_t>>;

// Requests. `self->request(sock, timeout, message{"..."})` sends the message to
// a peer and answers with the peer's reply. A reply that comes when nobody
// waits for it is dropped. Errors: not_supported (another type),
// connection_reset (REQ: the peer is gone), again (SNDTIMEO: no peer had room),
// and CAF's own request_timeout, after which the socket can be used as before.
//
// DEALER: any number of requests at once, told apart by a number in the
// envelope (which REP and every service that gives the envelope back keeps).
// What comes and is no reply goes to the receivers, if there are any; while
// none of them has credit, replies wait behind it. Of requests whose replies do
// not come the oldest are given up (timed_out) when there are `sends_waiting`,
// or when RCVTIMEO is over.
// So nobody else may receive from it, by a handle.
// REQ: one at a time, and nobody else may use it meanwhile. Requests of other
// actors wait for their turn; one more of the same actor gives up its earlier
// one (errc::fsm), which is what to do after a timeout. RCVTIMEO bounds how
// long one may hold up the others (timed_out). For that REQ_RELAXED and
// REQ_CORRELATE are on, unless the options say otherwise; then a request amid
// another is refused (errc::fsm).

/// What a socket actor begins with.
struct socket_actor_options {
  socket_actor_options() = default;
  socket_actor_options(std::initializer_list<verb::set> given)
    : options(given) {
  }

  std::vector<verb::set> options;
  /// How many sends, and requests, may wait at once.
  std::size_t sends_waiting = 10'000;
};

/// Opens a socket, and makes an actor for it. `ctx` must have been made with
/// the actor system of the application. Errors: as context::socket() and
/// socket::set(); not_supported where the context has an actor system of its
/// own, which handles of actors could outlive.
[[nodiscard]] ZMQRT_EXPORT socket_actor spawn_socket(
  context& ctx, socket_type type, const socket_actor_options& options = {});

/// The actor of a socket that handles use as well, from any thread; made if
/// there is none, else it is the same one again. Sets the options given, and
/// none of its own: requests by a REQ want REQ_RELAXED and REQ_CORRELATE.
/// Errors: not_a_socket; invalid_argument (sends_waiting is 0); as above.
[[nodiscard]] ZMQRT_EXPORT socket_actor
spawn_socket(const socket& of, const socket_actor_options& options = {});

// -- who may come in ----------------------------------------------------------

/// Decides who may come in. Asked amid the handshake of each peer that somebody
/// has to be asked about (ZAP_DOMAIN and ZAP_ENFORCE_DOMAIN,
/// zmq_setsockopt(3)); may answer later, by a promise. An answer that comes too
/// late is nobody's, and HANDSHAKE_IVL ends who waits for one. An error, or its
/// own end, counts as status 500.
using authenticator =
  caf::typed_actor<caf::replies_to<auth_request>::with<auth_reply>>;

/// From now on `who` is asked, in place of a ZAP handler at
/// inproc://zeromq.zap.01, or of rules. Peers that are connected stay. The
/// context keeps the handle until it ends; the actor lives in the context's own
/// actor system, or in one that outlives the context. Any thread. Errors:
/// terminated.
ZMQRT_EXPORT void set_authenticator(context& ctx, authenticator who);

} // namespace zmqrt
