// SPDX-License-Identifier: MPL-2.0
//
// Names of socket types, and which of them may talk to each other (RFCs 28
// to 31, "valid combinations", and their single-framed kin: 41, 48, 49, 51,
// 52). Pure.

#include "zmqrt/socket_type.hpp"

#include <array>
#include <cstddef>

namespace zmqrt {

namespace {

constexpr std::array<std::string_view, socket_types> names{
  "PAIR",  "PUB",  "SUB",    "REQ",     "REP",    "DEALER", "ROUTER",
  "PULL",  "PUSH", "XPUB",   "XSUB",    "STREAM", "SERVER", "CLIENT",
  "RADIO", "DISH", "GATHER", "SCATTER", "DGRAM",  "PEER",   "CHANNEL"};

constexpr std::uint32_t bit(socket_type type) noexcept {
  return 1U << static_cast<unsigned>(type);
}

// STREAM speaks raw TCP and DGRAM raw UDP: they meet no ZMTP peer, not even
// their own kind.
constexpr std::uint32_t peers_of(socket_type type) noexcept {
  using enum socket_type;
  switch (type) {
  case pair:
    return bit(pair);
  case pub:
  case xpub:
    return bit(sub) | bit(xsub);
  case sub:
  case xsub:
    return bit(pub) | bit(xpub);
  case req:
    return bit(rep) | bit(router);
  case rep:
    return bit(req) | bit(dealer);
  case dealer:
    return bit(rep) | bit(dealer) | bit(router);
  case router:
    return bit(req) | bit(dealer) | bit(router);
  case pull:
    return bit(push);
  case push:
    return bit(pull);
  case server:
    return bit(client);
  case client:
    return bit(server);
  case radio:
    return bit(dish);
  case dish:
    return bit(radio);
  case gather:
    return bit(scatter);
  case scatter:
    return bit(gather);
  case peer:
    return bit(peer);
  case channel:
    return bit(channel);
  case stream:
  case dgram:
    return 0;
  }
  return 0;
}

} // namespace

std::string_view to_string(socket_type type) noexcept {
  const auto index = static_cast<std::size_t>(type);
  return index < names.size() ? names[index] : std::string_view{"?"};
}

bool single_framed(socket_type type) noexcept {
  using enum socket_type;
  constexpr std::uint32_t those = bit(server) | bit(client) | bit(radio)
                                  | bit(dish) | bit(gather) | bit(scatter)
                                  | bit(peer) | bit(channel);
  return (those & bit(type)) != 0;
}

bool compatible(socket_type a, socket_type b) noexcept {
  return (peers_of(a) & bit(b)) != 0;
}

} // namespace zmqrt
