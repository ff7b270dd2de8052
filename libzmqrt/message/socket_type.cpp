// SPDX-License-Identifier: MPL-2.0
//
// Names of socket types, and which of them may talk to each other (RFCs 28
// to 31, "valid combinations"). Pure.

#include "zmqrt/socket_type.hpp"

#include <array>
#include <cstddef>

namespace zmqrt {

namespace {

constexpr std::array<std::string_view, 12> names{
  "PAIR",   "PUB",  "SUB",  "REQ",  "REP",  "DEALER",
  "ROUTER", "PULL", "PUSH", "XPUB", "XSUB", "STREAM"};

constexpr std::uint32_t bit(socket_type type) noexcept {
  return 1U << static_cast<unsigned>(type);
}

// STREAM speaks raw TCP: it meets no ZMTP peer, not even another STREAM.
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
  case stream:
    return 0;
  }
  return 0;
}

} // namespace

std::string_view to_string(socket_type type) noexcept {
  const auto index = static_cast<std::size_t>(type);
  return index < names.size() ? names[index] : std::string_view{"?"};
}

bool compatible(socket_type a, socket_type b) noexcept {
  return (peers_of(a) & bit(b)) != 0;
}

} // namespace zmqrt
