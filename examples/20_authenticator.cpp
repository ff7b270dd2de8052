// SPDX-License-Identifier: MPL-2.0
//
// An actor of your own that decides who comes in: here by the ZAP_DOMAIN of the
// socket, with rules for each. It may as well ask a database, and answer later.
// The context lives in the application's actor system.

#include <iostream>
#include <map>
#include <string>

#include <caf/all.hpp>
#include <zmqrt/actors.hpp>
#include <zmqrt/zmqrt.hpp>

namespace {

using rules_by_domain = std::map<std::string, zmqrt::auth_rules>;

zmqrt::authenticator::behavior_type gatekeeper(const rules_by_domain& rules) {
  return {[rules](const zmqrt::auth_request& who) {
    const auto found = rules.find(who.domain);
    zmqrt::auth_reply reply;
    if (found != rules.end())
      reply = found->second.decide(who);
    return reply; // 500, where nobody knows the domain
  }};
}

} // namespace

int main() {
  caf::actor_system_config config;
  caf::actor_system system{config};
  zmqrt::context ctx{system}; // ends before the system
  rules_by_domain rules;
  rules["office"].allow_address("127.0.0.1");
  rules["vault"].deny_address("127.0.0.1");
  zmqrt::set_authenticator(ctx, system.spawn(gatekeeper, rules));

  bool right = true;
  for (const std::string domain : {"office", "vault", "attic"}) {
    auto server = ctx.socket(zmqrt::socket_type::pull);
    server.set(zmqrt::option::zap_domain, domain);
    const auto endpoint = server.bind("tcp://127.0.0.1:*");
    auto client = ctx.socket(zmqrt::socket_type::push);
    client.set(zmqrt::option::linger, std::chrono::milliseconds{0});
    using kind = zmqrt::event_kind;
    auto events =
      client.monitor(static_cast<std::uint32_t>(kind::handshake_succeeded)
                     | static_cast<std::uint32_t>(kind::handshake_failed_auth));
    client.connect(endpoint);
    client.send("hello");
    const auto what = events.recv();
    std::cout << domain << ": " << to_string(what->kind) << '\n';
    right &= (what->kind == kind::handshake_succeeded) == (domain == "office");
  }
  return right ? 0 : 1;
}
