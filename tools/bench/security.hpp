// SPDX-License-Identifier: MPL-2.0
//
// The mechanism of a plan, set on either end by libzmq's option numbers, which
// both contenders take. The keys are made once, before the processes part.

#pragma once

#include <string>
#include <string_view>

#include <zmq.h>

#include "tools/bench/plan.hpp"
#include "zmqrt/socket.hpp"

namespace zmqrt::bench {

/// Keys for both ends, in Z85, if the plan's mechanism has any.
[[nodiscard]] plan with_keys(plan what);

/// Calls `set(number, bytes)` for each option that the end needs.
template <class Set>
void secure(const plan& what, bool listens, const Set& set) {
  constexpr int yes = 1;
  const std::string_view on{reinterpret_cast<const char*>(&yes), sizeof yes};
  if (what.mechanism == "plain") {
    if (listens) {
      set(ZMQ_PLAIN_SERVER, on);
    } else {
      set(ZMQ_PLAIN_USERNAME, "bench");
      set(ZMQ_PLAIN_PASSWORD, "bench");
    }
  } else if (what.mechanism == "curve") {
    if (listens) {
      set(ZMQ_CURVE_SERVER, on);
      set(ZMQ_CURVE_SECRETKEY, what.server_keys.secret_key);
    } else {
      set(ZMQ_CURVE_SERVERKEY, what.server_keys.public_key);
      set(ZMQ_CURVE_PUBLICKEY, what.client_keys.public_key);
      set(ZMQ_CURVE_SECRETKEY, what.client_keys.secret_key);
    }
  }
}

/// Where PLAIN's server asks (RFC 27).
inline constexpr auto zap_endpoint = "inproc://zeromq.zap.01";

/// Answers the next question at a REP that is bound there: let in. Waits for
/// it. libzmq's REP; false: the context is over.
[[nodiscard]] bool let_in(void* door);
/// Throws zmqrt::error when it is closed.
void let_in(zmqrt::socket& door);

} // namespace zmqrt::bench
