// SPDX-License-Identifier: MPL-2.0
//
// Who may come in: what the engine asks about the peer goes to the context's
// authenticator, or to the application's ZAP handler. A peer about whom nobody
// answers ends with the time for its handshake.

#include <cerrno>

#include "actors/logging/loggers.hpp"
#include "actors/session/connection.hpp"
#include "actors/session/mechanisms.hpp"

namespace zmqrt::actors {

namespace {

/// As libzmq says that there is nobody to ask.
wire::violation nobody_to_ask() {
  return {std::error_code{EFAULT, std::generic_category()},
          wire::protocol_detail::none,
          {},
          0};
}

wire::auth_answer to_wire(const auth_reply& reply) {
  wire::auth_answer out;
  const bool known =
    reply.status == 200 || reply.status == 300 || reply.status == 400;
  out.status = known ? static_cast<std::uint32_t>(reply.status) : 500;
  out.user_id = reply.user_id;
  for (const auto& [name, value] : reply.metadata)
    out.metadata.set(name, value);
  return out;
}

} // namespace

auth_request connection::about_peer() {
  auth_request out;
  out.mechanism = event_.question.mechanism;
  out.domain = setup_.options->zap_domain;
  out.address = address_of_peer();
  out.routing_id = setup_.options->routing_id;
  out.credentials = std::move(event_.question.credentials);
  return out;
}

/// Of an ipc peer as libzmq has it, from what the kernel says of its process.
std::string connection::address_of_peer() const {
  const auto remote = stream_->remote();
  const auto who = remote.ip() ? std::nullopt : stream_->credentials();
  if (!who)
    return remote.host();
  return "localhost:" + std::to_string(who->uid) + ':'
         + std::to_string(who->gid) + ':' + std::to_string(who->pid);
}

void connection::ask() {
  const auth_request who = about_peer();
  if (owner_ != nullptr && owner_->on_question(who))
    return;
  bool nobody = true;
  if (setup_.names != nullptr) {
    call_ = std::make_unique<zap_call>(*setup_.names, setup_.loop,
                                       [this] { on_zap(); });
    const auto outcome = call_->ask(who);
    if (outcome == zap_call::asking::asked)
      return;
    call_.reset();
    nobody = outcome == zap_call::asking::nobody;
  }
  if (nobody && welcome_unasked(*setup_.options)) {
    wire::auth_answer come_in;
    come_in.status = 200;
    engine_.authenticated(come_in, setup_.loop->now());
  } else {
    engine_.refuse(nobody_to_ask(), setup_.loop->now());
  }
}

void connection::on_zap() {
  guarded([&] {
    wire::auth_answer answer;
    wire::verdict why;
    const auto outcome = call_->look(answer, why);
    if (outcome == zap_call::outcome::waiting)
      return;
    call_.reset();
    if (outcome == zap_call::outcome::malformed)
      engine_.refuse(*why, setup_.loop->now());
    else // of a handler that has gone: 500
      engine_.authenticated(answer, setup_.loop->now());
    drain_engine();
    pump();
  });
}

void connection::authenticated(const auth_reply& reply) {
  guarded([&] {
    if (reply.status != 200)
      logging::session().debug("refused peer={} status={} text={}",
                               stream_->remote().endpoint(), reply.status,
                               reply.text);
    engine_.authenticated(to_wire(reply), setup_.loop->now());
    drain_engine();
    pump();
  });
}

} // namespace zmqrt::actors
