// SPDX-License-Identifier: MPL-2.0
//
// Frame by frame (ZMQ_SNDMORE, ZMQ_RCVMORE): a message is one thing to
// everybody else, and what there is to refuse is refused at its first part
// (zmq_send(3), zmq_msg_more(3)).

#include <array>
#include <future>

#include <sys/uio.h>

#include "tests/c_api/c_scene.hpp"

namespace zmqrt::test {

namespace {

/// Two sockets that are connected to a third one.
struct two_and_one {
  two_and_one(scene& it, int many, int one)
    : to(it.open(one)), endpoint(to.bind(it.fresh())), first(it.open(many)),
      second(it.open(many)) {
    first.connect(endpoint);
    second.connect(endpoint);
  }

  socket to;
  std::string endpoint;
  socket first;
  socket second;
};

} // namespace

// -- receiving ----------------------------------------------------------------

TEST_CASE("frames: each says whether more follow") {
  OVER_ALL(transport);
  scene it{transport};
  auto pull = it.open(ZMQ_PULL);
  CHECK_FALSE(pull.receives_more());
  auto push = it.connected(ZMQ_PUSH, pull.bind(it.fresh()));
  push.send_parts({"a", "", "c"});
  push.send("alone");
  for (const char* wanted : {"a", "", "c", "alone"}) {
    msg got;
    REQUIRE(zmq_msg_recv(got.get(), pull.get(), 0)
            == static_cast<int>(std::strlen(wanted)));
    CHECK(got.text() == wanted);
    const bool more = *wanted == 'a' ? *(wanted + 1) == 0 : *wanted == 0;
    CHECK(got.more() == more);
    CHECK(zmq_msg_get(got.get(), ZMQ_MORE) == (more ? 1 : 0));
    CHECK(pull.receives_more() == more);
  }
  // What is refused changes nothing of that.
  push.send_parts({"one", "two"});
  CHECK(pull.recv() == "one");
  CHECK(pull.recv() == "two");
  CHECK_FALSE(pull.try_recv());
  CHECK_FALSE(pull.receives_more());
}

TEST_CASE("frames: a buffer that is too small loses what it has no room for") {
  OVER_ALL(transport);
  scene it{transport};
  auto pull = it.open(ZMQ_PULL);
  auto push = it.connected(ZMQ_PUSH, pull.bind(it.fresh()));
  push.send_parts({"0123456789", std::string(1000, 'x'), "last"});
  std::array<char, 4> buffer{};
  CHECK(zmq_recv(pull.get(), buffer.data(), buffer.size(), 0) == 10);
  CHECK(std::string(buffer.data(), 4) == "0123");
  CHECK(pull.receives_more());
  CHECK(zmq_recv(pull.get(), nullptr, 0, 0) == 1000);
  CHECK(pull.receives_more());
  CHECK(pull.recv() == "last");
  CHECK_FALSE(pull.receives_more());
}

TEST_CASE("frames: a socket with a message half read has something to read") {
  OVER_ALL(transport);
  scene it{transport};
  auto pull = it.open(ZMQ_PULL);
  auto push = it.connected(ZMQ_PUSH, pull.bind(it.fresh()));
  push.send_parts({"a", "b"});
  CHECK(pull.recv() == "a");
  CHECK((pull.number(ZMQ_EVENTS) & ZMQ_POLLIN) != 0);
  CHECK(pull.recv(ZMQ_DONTWAIT) == "b");
  CHECK((pull.number(ZMQ_EVENTS) & ZMQ_POLLIN) == 0);
}

TEST_CASE("frames: a socket that closes amid a message takes it along") {
  OVER_ALL(transport);
  scene it{transport};
  auto first = it.open(ZMQ_PULL);
  auto push = it.open(ZMQ_PUSH);
  first.connect(push.bind(it.fresh()));
  push.send_parts({"a", "b", "c"});
  CHECK(first.recv() == "a");
  first.close();
  auto second = it.open(ZMQ_PULL);
  const auto other = second.bind(it.fresh());
  push.connect(other);
  push.send("for the second");
  // libzmq may give it to the one that has closed.
  if (ours())
    CHECK(second.recv() == "for the second");
}

// -- sending ------------------------------------------------------------------

TEST_CASE("frames: a message is sent with its last part") {
  OVER_ALL(transport);
  scene it{transport};
  two_and_one all{it, ZMQ_PUSH, ZMQ_PULL};
  all.first.send("a", ZMQ_SNDMORE);
  require_passes(all.second, all.to, "whole");
  all.first.send("b", ZMQ_SNDMORE);
  require_passes(all.second, all.to, "whole again");
  CHECK_FALSE(all.to.try_recv());
  all.first.send("c");
  CHECK(all.to.recv_parts() == parts{"a", "b", "c"});
}

TEST_CASE("frames: of a message that its sender did not end nothing comes") {
  OVER_ALL(transport);
  const auto size = GENERATE(std::size_t{1}, std::size_t{100'000});
  scene it{transport};
  two_and_one all{it, ZMQ_PUSH, ZMQ_PULL};
  require_passes(all.first, all.to, "whole");
  all.first.set(ZMQ_LINGER, -1);
  all.first.send("before");
  all.first.send(std::string(size, 'a'), ZMQ_SNDMORE);
  all.first.send(std::string(size, 'b'), ZMQ_SNDMORE);
  all.first.close();
  CHECK(all.to.recv() == "before");
  require_passes(all.second, all.to, "from another");
  CHECK_FALSE(all.to.receives_more());
}

TEST_CASE("frames: threads with sockets of their own never mix their parts") {
  OVER_ALL(transport);
  constexpr std::size_t threads = 4;
  constexpr std::size_t each = 1000;
  scene it{transport};
  auto pull = it.open(ZMQ_PULL);
  const auto endpoint = pull.bind(it.fresh());
  std::vector<std::future<socket>> senders;
  for (std::size_t t = 0; t < threads; ++t)
    senders.push_back(std::async(std::launch::async, [&, t] {
      auto push = it.connected(ZMQ_PUSH, endpoint);
      const auto name = std::to_string(t);
      for (std::size_t i = 0; i < each; ++i) {
        const auto number = std::to_string(i);
        push.send_parts({name, number, name + '/' + number});
      }
      return push; // it stays until all has come
    }));
  std::array<std::size_t, threads> next{};
  std::size_t wrong = 0;
  for (std::size_t i = 0; i < threads * each; ++i) {
    const auto got = pull.recv_parts();
    const bool right =
      got.size() == 3 && got[2] == got[0] + '/' + got[1]
      && got[1] == std::to_string(next.at(std::stoul(got[0]))++);
    wrong += right ? 0 : 1;
  }
  CHECK(wrong == 0);
  for (auto& sender : senders)
    (void)sender.get();
}

TEST_CASE("frames: a full peer refuses the first part, and no other") {
  scene it{"inproc"};
  auto pull = it.open(ZMQ_PULL, 1);
  auto push = it.open(ZMQ_PUSH, 1);
  push.connect(pull.bind(it.fresh()));
  const parts many(100, "part");
  push.set(ZMQ_SNDTIMEO, 0);
  // A message counts once, however many parts it has.
  push.send_parts(many);
  push.send_parts(many);
  CHECK(push.refusal("part", ZMQ_SNDMORE) == EAGAIN);
  CHECK(push.refusal("part", ZMQ_SNDMORE | ZMQ_DONTWAIT) == EAGAIN);
  CHECK(push.refusal("alone", 0) == EAGAIN);
  CHECK(pull.recv_parts() == many);
  look_around(push);
  push.send_parts(many);
  CHECK(push.refusal("alone", 0) == EAGAIN);
  CHECK(pull.recv_parts() == many);
  CHECK(pull.recv_parts() == many);
  look_around(push);
  // What was refused left nothing behind.
  require_passes(push, pull, "alone");
  CHECK_FALSE(pull.receives_more());
}

TEST_CASE("frames: what was refused is still the caller's") {
  OVER_ALL(transport);
  scene it{transport};
  auto push = it.open(ZMQ_PUSH, 1);
  push.connect(it.vacant());
  push.send("fills it");
  for (const std::size_t size : {3, 100, 100'000}) {
    msg kept{std::string(size, 'k')};
    for (const int flags : {ZMQ_DONTWAIT, ZMQ_DONTWAIT | ZMQ_SNDMORE}) {
      CHECK(errno_of(zmq_msg_send(kept.get(), push.get(), flags)) == EAGAIN);
      CHECK(kept.text() == std::string(size, 'k'));
    }
  }
}

TEST_CASE("frames: what was sent is the library's, and the message empty") {
  OVER_ALL(transport);
  scene it{transport};
  auto pull = it.open(ZMQ_PULL);
  auto push = it.connected(ZMQ_PUSH, pull.bind(it.fresh()));
  for (const std::size_t size : {3, 100, 100'000}) {
    msg given{std::string(size, 'k')};
    CHECK(zmq_msg_send(given.get(), push.get(), ZMQ_SNDMORE)
          == static_cast<int>(size));
    CHECK(zmq_msg_size(given.get()) == 0);
    push.send("last");
    CHECK(pull.recv_parts() == parts{std::string(size, 'k'), "last"});
  }
}

TEST_CASE("frames: in one call, by an array of buffers") {
  OVER_ALL(transport);
  scene it{transport};
  auto pull = it.open(ZMQ_PULL);
  auto push = it.connected(ZMQ_PUSH, pull.bind(it.fresh()));
  std::string one = "one";
  std::string two(1000, '2');
  std::array<iovec, 2> out{
    {{one.data(), one.size()}, {two.data(), two.size()}}};
  REQUIRE(zmq_sendiov(push.get(), out.data(), out.size(), ZMQ_SNDMORE) >= 0);
  std::array<iovec, 4> in{};
  std::size_t count = in.size();
  REQUIRE(zmq_recviov(pull.get(), in.data(), &count, 0) >= 0);
  REQUIRE(count == 2);
  CHECK(in[0].iov_len == 3);
  CHECK(in[1].iov_len == 1000);
  for (std::size_t i = 0; i < count; ++i)
    std::free(in[i].iov_base);
}

// -- where the pattern looks at messages --------------------------------------

TEST_CASE("frames: ROUTER refuses an unknown peer at the first part") {
  OVER_ALL(transport);
  scene it{transport};
  auto router = it.open(ZMQ_ROUTER);
  router.set(ZMQ_ROUTER_MANDATORY, 1);
  auto dealer = it.open(ZMQ_DEALER);
  dealer.set(ZMQ_ROUTING_ID, "d");
  dealer.connect(router.bind(it.fresh()));
  dealer.send("here I am");
  CHECK(router.recv_parts() == parts{"d", "here I am"});
  CHECK(router.refusal("nobody", ZMQ_SNDMORE) == EHOSTUNREACH);
  // It is the first part again that comes next.
  router.send_parts({"d", "a", "b"});
  CHECK(dealer.recv_parts() == parts{"a", "b"});
  CHECK(router.refusal("nobody", ZMQ_SNDMORE) == EHOSTUNREACH);
}

TEST_CASE("frames: ROUTER without that drops all parts for an unknown peer") {
  OVER_ALL(transport);
  scene it{transport};
  auto router = it.open(ZMQ_ROUTER);
  auto dealer = it.open(ZMQ_DEALER);
  dealer.set(ZMQ_ROUTING_ID, "d");
  dealer.connect(router.bind(it.fresh()));
  dealer.send("here I am");
  CHECK(router.recv_parts() == parts{"d", "here I am"});
  router.send_parts({"nobody", "d", "not for d"});
  router.send_parts({"d", "for d"});
  CHECK(dealer.recv_parts() == parts{"for d"});
  CHECK_FALSE(dealer.try_recv());
}

TEST_CASE("frames: ROUTER tells of a full peer at the first part") {
  scene it{"inproc"};
  auto router = it.open(ZMQ_ROUTER, 1);
  router.set(ZMQ_ROUTER_MANDATORY, 1);
  auto dealer = it.open(ZMQ_DEALER, 1);
  dealer.set(ZMQ_ROUTING_ID, "d");
  dealer.connect(router.bind(it.fresh()));
  dealer.send("here I am");
  CHECK(router.recv_parts() == parts{"d", "here I am"});
  router.send_parts({"d", "1", "one"});
  router.send_parts({"d", "2", "two"});
  CHECK(router.refusal("d", ZMQ_SNDMORE | ZMQ_DONTWAIT) == EAGAIN);
  CHECK(dealer.recv_parts() == parts{"1", "one"});
  router.send_parts({"d", "3", "three"});
  CHECK(dealer.recv_parts() == parts{"2", "two"});
  CHECK(dealer.recv_parts() == parts{"3", "three"});
}

TEST_CASE("frames: REQ and REP take turns by messages") {
  OVER_ALL(transport);
  scene it{transport};
  auto rep = it.open(ZMQ_REP);
  auto req = it.connected(ZMQ_REQ, rep.bind(it.fresh()));
  for (int round = 0; round < 3; ++round) {
    req.send("a", ZMQ_SNDMORE);
    CHECK(errno_of(zmq_recv(req.get(), nullptr, 0, ZMQ_DONTWAIT)) == EFSM);
    req.send("b");
    CHECK(req.refusal("c", ZMQ_SNDMORE | ZMQ_DONTWAIT) == EFSM);
    CHECK(rep.recv() == "a");
    CHECK(rep.refusal("too early") == EFSM); // the question has another part
    CHECK(rep.number(ZMQ_EVENTS) == ZMQ_POLLIN);
    CHECK(rep.recv() == "b");
    CHECK(errno_of(zmq_recv(rep.get(), nullptr, 0, ZMQ_DONTWAIT)) == EFSM);
    rep.send("1", ZMQ_SNDMORE);
    CHECK(errno_of(zmq_recv(rep.get(), nullptr, 0, ZMQ_DONTWAIT)) == EFSM);
    rep.send("2");
    CHECK(req.recv() == "1");
    CHECK(req.refusal("too early") == EFSM); // so has the answer
    CHECK(req.recv() == "2");
  }
}

TEST_CASE("frames: a relaxed REQ forgets the rest of an answer") {
  OVER_ALL(transport);
  scene it{transport};
  auto rep = it.open(ZMQ_REP);
  auto req = it.open(ZMQ_REQ);
  req.set(ZMQ_REQ_RELAXED, 1);
  req.set(ZMQ_REQ_CORRELATE, 1);
  req.connect(rep.bind(it.fresh()));
  req.send("first");
  CHECK(rep.recv() == "first");
  rep.send_parts({"1", "2"});
  CHECK(req.recv() == "1");
  req.send("second");
  CHECK(rep.recv() == "second");
  rep.send("3");
  CHECK(req.recv() == "3");
}

TEST_CASE("frames: PUB looks at the first part only") {
  OVER_ALL(transport);
  scene it{transport};
  auto pub = it.open(ZMQ_XPUB);
  auto sub = it.open(ZMQ_SUB);
  sub.set(ZMQ_SUBSCRIBE, "topic");
  sub.connect(pub.bind(it.fresh()));
  CHECK(pub.recv() == "\1topic");
  pub.send_parts({"other", "topic", "topic"});
  pub.send_parts({"topic", "other", ""});
  pub.send_parts({"topical"});
  CHECK(sub.recv_parts() == parts{"topic", "other", ""});
  CHECK(sub.recv_parts() == parts{"topical"});
  CHECK_FALSE(sub.try_recv());
}

} // namespace zmqrt::test
