// SPDX-License-Identifier: MPL-2.0
//
// Who may come in, from the application's side. See zmqrt/actors.hpp.

#include <new>

#include <caf/all.hpp>

#include "actors/context/context_core.hpp"
#include "zmqrt/actors.hpp"

namespace zmqrt {

namespace {

authenticator::behavior_type follow_rules(authenticator::pointer,
                                          const auth_rules& rules) {
  return {[rules](const auth_request& about) {
    try {
      return rules.decide(about);
    } catch (const std::bad_alloc&) { // this peer's end, not the actor's
      return auth_reply{};
    }
  }};
}

} // namespace

void set_authenticator(context& ctx, authenticator who) {
  actors::context_core::of(ctx).set_authenticator(std::move(who));
}

void clear_authenticator(context& ctx) {
  set_authenticator(ctx, authenticator{});
}

void set_authenticator(context& ctx, auth_rules rules) {
  auto& core = actors::context_core::of(ctx);
  const actors::context_core::lease held{core};
  if (!held)
    throw error{errc::terminated, "authenticator"};
  // Hidden: it does not hold up the end of its actor system.
  core.set_authenticator(
    core.system().spawn<caf::hidden>(follow_rules, std::move(rules)));
}

} // namespace zmqrt
