// SPDX-License-Identifier: MPL-2.0
//
// Rules that say for a context who may come in. An actor of your own that does:
// zmqrt/actors.hpp, which includes CAF, as this does not.

#pragma once

#include "zmqrt/auth_rules.hpp"
#include "zmqrt/context.hpp"
#include "zmqrt/export.hpp"

namespace zmqrt {

/// From now on `rules` decide about whom somebody has to be asked (ZAP_DOMAIN
/// and ZAP_ENFORCE_DOMAIN, zmq_setsockopt(3)), in place of earlier ones, of an
/// actor, or of a ZAP handler. Peers that are connected stay. Any thread.
/// Errors: terminated.
ZMQRT_EXPORT void set_authenticator(context& ctx, auth_rules rules);

/// Takes back what set_authenticator() said, the one for actors
/// (zmqrt/actors.hpp) as well: a ZAP handler is asked, if there is one. Errors:
/// terminated.
ZMQRT_EXPORT void clear_authenticator(context& ctx);

} // namespace zmqrt
