// SPDX-License-Identifier: MPL-2.0
//
// Values that libzmq takes though its manual does not speak of them, and types
// that it takes them for. Programs set them, and give up where they are
// refused. Runs on libzmq, too.

#include <cerrno>

#include "tests/c_api/scene.hpp"

namespace zmqrt::test {

namespace {

outcome set(const socket& of, int option, int value) {
  return zmq_setsockopt(of, option, &value, sizeof value);
}

struct yes_or_no {
  int type;
  int option;
};

} // namespace

TEST_CASE("options: any number above 0 is yes") {
  const auto which = GENERATE(
    yes_or_no{ZMQ_ROUTER, ZMQ_ROUTER_MANDATORY},
    yes_or_no{ZMQ_ROUTER, ZMQ_ROUTER_HANDOVER},
    yes_or_no{ZMQ_ROUTER, ZMQ_PROBE_ROUTER},
    yes_or_no{ZMQ_DEALER, ZMQ_PROBE_ROUTER},
    yes_or_no{ZMQ_REQ, ZMQ_REQ_CORRELATE}, yes_or_no{ZMQ_REQ, ZMQ_REQ_RELAXED},
    yes_or_no{ZMQ_XPUB, ZMQ_XPUB_VERBOSE},
    yes_or_no{ZMQ_XPUB, ZMQ_XPUB_VERBOSER},
    yes_or_no{ZMQ_XPUB, ZMQ_XPUB_NODROP}, yes_or_no{ZMQ_PUB, ZMQ_XPUB_NODROP},
    yes_or_no{ZMQ_XPUB, ZMQ_XPUB_MANUAL},
    yes_or_no{ZMQ_XPUB, ZMQ_INVERT_MATCHING});
  const context ctx;
  auto it = ctx.open(which.type);
  for (const int value : {0, 1, 2, 1'000})
    CHECK(set(it, which.option, value) == 0);
  if (which.option != ZMQ_INVERT_MATCHING)
    CHECK(set(it, which.option, -1) == failure(EINVAL));
}

TEST_CASE("options: a ROUTER is as mandatory by 2 as by 1") {
  const context ctx;
  auto router = ctx.open(ZMQ_ROUTER);
  REQUIRE(set(router, ZMQ_ROUTER_MANDATORY, 2) == 0);
  CHECK(outcome{zmq_send(router, "nobody", 6, ZMQ_SNDMORE)}
        == failure(EHOSTUNREACH));
}

TEST_CASE("options: those of other types may be set") {
  const int option = GENERATE(ZMQ_CONFLATE, ZMQ_INVERT_MATCHING);
  const context ctx;
  for (int type = ZMQ_PAIR; type <= ZMQ_STREAM; ++type) {
    auto it = ctx.open(type);
    for (const int value : {1, 0})
      CHECK(set(it, option, value) == 0);
  }
  auto pair = ctx.open(ZMQ_PAIR);
  CHECK(outcome{zmq_setsockopt(pair, option, "abc", 3)} == failure(EINVAL));
}

TEST_CASE("options: keepalive figures of 0") {
  const int option = GENERATE(ZMQ_TCP_KEEPALIVE_CNT, ZMQ_TCP_KEEPALIVE_IDLE,
                              ZMQ_TCP_KEEPALIVE_INTVL);
  const context ctx;
  auto pair = ctx.open(ZMQ_PAIR);
  CHECK(set(pair, option, 5) == 0);
  CHECK(set(pair, option, 0) == 0);
  CHECK(pair.get(option) == (on_ours() ? -1 : 0));
  CHECK(set(pair, option, -2) == failure(EINVAL));
}

} // namespace zmqrt::test
