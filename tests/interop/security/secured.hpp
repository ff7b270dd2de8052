// SPDX-License-Identifier: MPL-2.0
//
// A socket of ours and one of libzmq's that trust each other: one is the
// mechanism's server, and binds. One thread.

#pragma once

#include <optional>
#include <string>

#include "tests/interop/security/our_zap.hpp"
#include "tests/interop/security/scenario.hpp"

namespace zmqrt::test {

/// A mechanism with which messages pass, and its server's handler: the same
/// for either library.
struct trust {
  std::string name;
  json server;
  json client;
  std::optional<zap_script> handler;
};

/// NULL and PLAIN with a handler, CURVE without one, which none needs.
[[nodiscard]] trust null_trust();
[[nodiscard]] trust plain_trust();
[[nodiscard]] trust curve_trust();

struct secured : link {
  secured(const place& home, socket_type type, const std::string& peer_type,
          const trust& how, bool we_serve,
          const json& our_options = json::object(),
          const json& their_options = json::object());

  void say(const frames& what);
  [[nodiscard]] frames hear();
  void they_say(const frames& what);
  [[nodiscard]] frames they_hear();

  std::optional<our_zap> handler;
};

[[nodiscard]] frames frames_of(const message& what);

} // namespace zmqrt::test
