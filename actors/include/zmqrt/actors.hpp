// SPDX-License-Identifier: MPL-2.0
//
// What a context has to do with actors of the application. Includes CAF.

#pragma once

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>

#include "zmqrt/authentication.hpp"
#include "zmqrt/authenticator.hpp"
#include "zmqrt/context.hpp"

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(zmqrt::auth_request)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(zmqrt::auth_reply)

namespace zmqrt {

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
