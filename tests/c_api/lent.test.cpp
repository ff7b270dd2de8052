// SPDX-License-Identifier: MPL-2.0
//
// zmq_msg_init_data(3): memory that a program lends comes back once it is not
// needed any more, however little it is, and not before (pyzmq's trackers wait
// for it). Runs on libzmq, too.

#include <atomic>
#include <cstring>
#include <string>

#include <zmq.h>

#include "tests/support/catch.hpp"
#include "tests/support/eventually.hpp"

using zmqrt::test::eventually_is;

namespace {

void note_return(void* /*data*/, void* seen) {
  static_cast<std::atomic<int>*>(seen)->fetch_add(1);
}

} // namespace

TEST_CASE("lent memory comes back when its message has been sent") {
  const std::size_t size = GENERATE(1, 9, 300, 70'000);
  const int flags = GENERATE(0, ZMQ_SNDMORE);
  std::string lent(size, 'x');
  std::atomic<int> back{0};
  void* const ctx = zmq_ctx_new();
  void* const push = zmq_socket(ctx, ZMQ_PUSH);
  void* const pull = zmq_socket(ctx, ZMQ_PULL);
  REQUIRE(zmq_connect(push, "inproc://later") == 0);
  zmq_msg_t msg;
  REQUIRE(zmq_msg_init_data(&msg, lent.data(), size, note_return, &back) == 0);
  REQUIRE(zmq_msg_send(&msg, push, flags) == static_cast<int>(size));
  if (flags != 0)
    REQUIRE(zmq_send(push, "rest", 4, 0) == 4);
  CHECK(back == 0);
  REQUIRE(zmq_bind(pull, "inproc://later") == 0);
  REQUIRE(zmq_msg_init(&msg) == 0);
  REQUIRE(zmq_msg_recv(&msg, pull, 0) == static_cast<int>(size));
  CHECK(std::memcmp(zmq_msg_data(&msg), lent.data(), size) == 0);
  zmq_msg_close(&msg);
  if (flags != 0)
    REQUIRE(zmq_recv(pull, nullptr, 0, 0) == 4);
  eventually_is([&] { return back.load(); }, 1);
  zmq_close(push);
  zmq_close(pull);
  zmq_ctx_term(ctx);
  CHECK(back == 1);
}
