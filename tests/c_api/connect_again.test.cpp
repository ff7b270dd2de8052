// SPDX-License-Identifier: MPL-2.0
//
// Connecting twice to one endpoint, and what a disconnect ends (zmq_connect(3),
// zmq_disconnect(3)). Runs on libzmq, too.

#include "tests/c_api/c_scene.hpp"

using namespace zmqrt::test;

TEST_CASE("a SUB that connects twice gets each message once") {
  OVER_WIRES(transport);
  scene it{transport};
  auto pub = it.open(ZMQ_XPUB);
  const auto endpoint = pub.bind(it.fresh());
  auto sub = it.open(ZMQ_SUB);
  sub.set(ZMQ_SUBSCRIBE, "");
  sub.connect(endpoint);
  sub.connect(endpoint);
  CHECK(pub.recv() == "\1");
  pub.send("once");
  pub.send("end");
  CHECK(sub.recv() == "once");
  CHECK(sub.recv() == "end");
}

TEST_CASE("a disconnect ends every connect to that endpoint") {
  OVER_WIRES(transport);
  scene it{transport};
  const bool once = GENERATE(false, true); // a DEALER ignores the second one
  auto peer = it.open(once ? ZMQ_ROUTER : ZMQ_PULL);
  const auto endpoint = peer.bind(it.fresh());
  auto twice = it.open(once ? ZMQ_DEALER : ZMQ_PUSH);
  twice.connect(endpoint);
  twice.connect(endpoint);
  CHECK(zmq_disconnect(twice.get(), endpoint.c_str()) == 0);
  CHECK(errno_of(zmq_disconnect(twice.get(), endpoint.c_str())) == ENOENT);
}

TEST_CASE("what is sent behind a disconnect finds nobody") {
  OVER_WIRES(transport);
  for (int round = 0; round < 20; ++round) {
    scene it{transport};
    auto pull = it.open(ZMQ_PULL);
    const auto endpoint = pull.bind(it.fresh());
    auto push = it.open_lingering(ZMQ_PUSH);
    push.connect(endpoint);
    push.send("before");
    REQUIRE(zmq_disconnect(push.get(), endpoint.c_str()) == 0);
    CHECK(errno_of(zmq_send(push.get(), "behind", 6, ZMQ_DONTWAIT)) == EAGAIN);
    CHECK(pull.recv() == "before");
  }
}

TEST_CASE("the parts of a message that is refused are no message") {
  scene it{"inproc"};
  auto pull = it.open(ZMQ_PULL);
  const auto endpoint = pull.bind(it.fresh());
  auto push = it.open(ZMQ_PUSH);
  push.connect(endpoint);
  // zmqrt takes 65536 frames at most, libzmq any number.
  int refused = 0;
  for (int i = 0; i < 65'540; ++i)
    refused += errno_of(zmq_send(push.get(), "x", 1, ZMQ_SNDMORE)) == EMSGSIZE;
  refused += errno_of(zmq_send(push.get(), "x", 1, 0)) == EMSGSIZE;
  CHECK(refused == (ours() ? 5 : 0));
  if (!ours())
    for (int more = 1; more == 1;) {
      std::size_t size = sizeof more;
      (void)pull.recv();
      REQUIRE(zmq_getsockopt(pull.get(), ZMQ_RCVMORE, &more, &size) == 0);
    }
  push.send("next");
  CHECK(pull.recv() == "next");
}
