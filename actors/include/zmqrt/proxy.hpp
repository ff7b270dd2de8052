// SPDX-License-Identifier: MPL-2.0
//
// Proxies (zmq_proxy(3), zmq_proxy_steerable(3)): what one socket receives, the
// other sends. ROUTER and DEALER make a shared queue, XSUB and XPUB a
// forwarder, PULL and PUSH a streamer.

#pragma once

#include <cstdint>

#include "zmqrt/export.hpp"
#include "zmqrt/socket.hpp"

namespace zmqrt {

/// Why a proxy ended.
enum class proxy_end : std::uint8_t {
  told,   ///< TERMINATE was received
  closed, ///< a socket was closed, or the context has ended
};

/// Forwards between `frontend` and `backend`, both ways, on the calling thread,
/// until one of them is closed or their context ends. Messages move in batches,
/// and one is taken only when the other side has room, so that HWMs hold back
/// who sends. The two may be the same socket, which then gets back what it
/// receives. While this runs nobody else should receive from them.
///
/// `capture`, if it is a socket, is sent everything too, before it goes on;
/// where it has to wait, all wait (a PUB never does).
///
/// Errors: not_a_socket (a handle without a socket), and what the sockets' own
/// verbs answer, as again when `capture` is full beyond its SNDTIMEO.
ZMQRT_EXPORT proxy_end proxy(const socket& frontend, const socket& backend,
                             const socket& capture = {});

/// The same, controlled by what comes on `control`, which is a PAIR, a REP, or
/// another type that receives single words:
///
///   PAUSE       nothing is forwarded until
///   RESUME
///   TERMINATE   ends, after what was taken already has been sent
///   STATISTICS  is answered by eight frames of a std::uint64_t each, in the
///               machine's byte order: messages and bytes received by the
///               frontend and sent by it, then the same of the backend
///
/// Other words have no effect. A REP answers each, if only with an empty
/// message; a type that cannot send answers nothing, nor does one that is full.
ZMQRT_EXPORT proxy_end proxy_steerable(const socket& frontend,
                                       const socket& backend,
                                       const socket& capture,
                                       const socket& control);

} // namespace zmqrt
