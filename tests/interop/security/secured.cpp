// SPDX-License-Identifier: MPL-2.0
//
// See the header.

#include "tests/interop/security/secured.hpp"

namespace zmqrt::test {

namespace {

/// Without a user's name: where there is one, libzmq's REQ that serves takes it
/// for an answer, and ends the connection.
zap_script lets_in() {
  return rep_says(zap_says{"200"});
}

} // namespace

trust null_trust() {
  return {"NULL", {{"zap_domain", "global"}}, null_options(), lets_in()};
}

trust plain_trust() {
  return {"PLAIN", plain_server(), plain_client(), lets_in()};
}

trust curve_trust() {
  return {"CURVE", curve_server(), curve_client(), std::nullopt};
}

secured::secured(const place& home, socket_type type,
                 const std::string& peer_type, const trust& how, bool we_serve,
                 const json& our_options, const json& their_options)
  : link(home, type, implementation::libzmq, peer_type,
         (we_serve ? how.client : how.server) + their_options) {
  const auto options = (we_serve ? how.server : how.client) + our_options;
  for (const auto& [name, value] : options.items())
    set_named(ours, name, value);
  if (how.handler && we_serve)
    handler.emplace(ctx, *how.handler);
  else if (how.handler)
    theirs.ask(
      {{"do", "zap"}, {"type", "REP"}, {"replies", how.handler->replies}});
  join(we_serve);
}

void secured::say(const frames& what) {
  message made;
  for (const auto& part : what)
    made.push_back(std::string_view{part});
  ours.send(std::move(made));
}

frames secured::hear() {
  return frames_of(ours.recv());
}

void secured::they_say(const frames& what) {
  theirs.ask({{"do", "say"}, {"frames", what}});
}

frames secured::they_hear() {
  return theirs.ask({{"do", "hear"}}).at("frames");
}

frames frames_of(const message& what) {
  frames found;
  for (std::size_t i = 0; i < what.size(); ++i)
    found.emplace_back(what[i].view());
  return found;
}

} // namespace zmqrt::test
