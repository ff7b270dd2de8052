// SPDX-License-Identifier: MPL-2.0
//
// How an application makes socket actors. Any thread.

#include "actors/context/context_core.hpp"
#include "actors/handles/socket_body.hpp"
#include "zmqrt/actors.hpp"

namespace zmqrt {

namespace {

void check_system(const actors::context_core& home) {
  if (!home.has_foreign_system())
    throw error{errc::not_supported, "spawn_socket",
                "the context was made without an actor system"};
}

} // namespace

socket_actor spawn_socket(context& ctx, socket_type type,
                          const socket_actor_options& options) {
  check_system(actors::context_core::of(ctx));
  auto made = ctx.socket(type);
  if (type == socket_type::req) {
    made.set(option::req_relaxed, true);
    made.set(option::req_correlate, true);
  }
  return spawn_socket(made, options);
}

socket_actor spawn_socket(const socket& of,
                          const socket_actor_options& options) {
  const auto& body = actors::socket_access::body(of);
  if (body == nullptr)
    throw error{errc::not_a_socket, "spawn_socket", "the handle is empty"};
  if (options.sends_waiting == 0)
    throw error{errc::invalid_argument, "sends_waiting", "must be 1 or more"};
  auto& home = *body->core().home();
  const actors::context_core::lease held{home};
  if (!held)
    throw error{errc::terminated, "spawn_socket", "the context is over"};
  check_system(home);
  auto shared = of;
  for (const auto& each : options.options)
    actors::socket_access::set(shared, each.option, each.value);
  auto made = home.spawn_front(of, options.sends_waiting);
  if (!made)
    throw error{made.code(), "spawn_socket", made.why().rule};
  return std::move(*made);
}

} // namespace zmqrt
