// SPDX-License-Identifier: MPL-2.0
//
// Request/reply: states at the call, and peers that come, go and misbehave
// (RFC 28).

#include <atomic>
#include <deque>
#include <future>
#include <memory>
#include <thread>

#include "tests/actors/raw_peer.hpp"
#include "tests/c_api/c_scene.hpp"

namespace zmqrt::test {

namespace {

int recv_errno(socket& from, int flags = ZMQ_DONTWAIT) {
  return errno_of(zmq_recv(from.get(), nullptr, 0, flags));
}

} // namespace

TEST_CASE("request/reply: states are errors at the call") {
  OVER_ALL(transport);
  scene it{transport};
  auto rep = it.open(ZMQ_REP);
  auto req = it.open(ZMQ_REQ);
  CHECK(recv_errno(req, 0) == EFSM);
  CHECK(rep.refusal("early", 0) == EFSM);
  req.connect(rep.bind(it.fresh()));
  for (int round = 0; round < 3; ++round) {
    req.send("question");
    CHECK(req.refusal("another", 0) == EFSM);
    CHECK(rep.recv() == "question");
    CHECK(recv_errno(rep, 0) == EFSM);
    rep.send_parts({"answer", "part two"});
    CHECK(req.recv_parts() == parts{"answer", "part two"});
  }
}

TEST_CASE("request/reply: REQ_RELAXED asks again, and hears the last answer") {
  OVER_ALL(transport);
  scene it{transport};
  auto rep = it.open(ZMQ_ROUTER);
  auto req = it.open(ZMQ_REQ);
  req.set(ZMQ_REQ_RELAXED, 1);
  req.set(ZMQ_REQ_CORRELATE, 1);
  req.connect(rep.bind(it.fresh()));
  req.send("first");
  const auto first = rep.recv_parts();
  req.send("second");
  const auto second = rep.recv_parts();
  // Who it is, the request's number, the delimiter, the question.
  REQUIRE(first.size() == 4);
  REQUIRE(second.size() == 4);
  CHECK(first[1] != second[1]);
  CHECK(second[3] == "second");
  const auto answer = [&](const parts& to, const std::string& number) {
    rep.send_parts({to[0], number, "", "to " + to[3]});
  };
  answer(first, first[1]);
  answer(second, "none");
  answer(second, second[1]);
  CHECK(req.recv() == "to second");
}

TEST_CASE("request/reply: an answer of a peer that was not asked is dropped") {
  OVER_ALL(transport);
  scene it{transport};
  auto asked = it.open(ZMQ_ROUTER);
  auto other = it.open(ZMQ_ROUTER);
  auto req = it.open(ZMQ_REQ);
  req.set(ZMQ_ROUTING_ID, "r");
  req.connect(asked.bind(it.fresh()));
  req.connect(other.bind(it.fresh()));
  // The other one is asked, to be known.
  req.send("1");
  CHECK(asked.recv_parts() == parts{"r", "", "1"});
  asked.send_parts({"r", "", "answer"});
  CHECK(req.recv() == "answer");
  req.send("2");
  CHECK(other.recv_parts() == parts{"r", "", "2"});
  other.send_parts({"r", "", "answer"});
  CHECK(req.recv() == "answer");
  req.send("3");
  CHECK(asked.recv_parts() == parts{"r", "", "3"});
  other.send_parts({"r", "", "unasked"});
  if (ours()) // libzmq hangs up on it
    asked.send_parts({"r", "no delimiter"});
  asked.send_parts({"r", "", "right"});
  CHECK(req.recv() == "right");
}

TEST_CASE("request/reply: a REQ whose REP has gone keeps waiting") {
  OVER_WIRES(transport);
  scene it{transport};
  auto rep = it.open(ZMQ_REP);
  auto req = it.open(ZMQ_REQ);
  req.set(ZMQ_RECONNECT_IVL, 1);
  monitor events{it.ctx, req};
  const auto endpoint = rep.bind(it.fresh());
  req.connect(endpoint);
  req.send("question");
  CHECK(rep.recv() == "question");
  rep.close();
  events.await(ZMQ_EVENT_DISCONNECTED);
  CHECK(recv_errno(req) == EAGAIN);
  CHECK(req.refusal("again") == EFSM);
  // Another one at that place does not know of the question.
  auto next = it.open(ZMQ_REP);
  while (zmq_bind(next.get(), endpoint.c_str()) != 0)
    REQUIRE(errno == EADDRINUSE); // libzmq closes some time later
  events.await(ZMQ_EVENT_HANDSHAKE_SUCCEEDED);
  CHECK(recv_errno(req) == EAGAIN);
  CHECK_FALSE(next.try_recv());
  req.set(ZMQ_RCVTIMEO, 20);
  CHECK(recv_errno(req, 0) == EAGAIN);
}

TEST_CASE("request/reply: REQ_RELAXED is the way out of that") {
  OVER_WIRES(transport);
  scene it{transport};
  auto rep = it.open(ZMQ_REP);
  auto req = it.open(ZMQ_REQ);
  req.set(ZMQ_RECONNECT_IVL, 1);
  req.set(ZMQ_REQ_RELAXED, 1);
  req.set(ZMQ_REQ_CORRELATE, 1);
  monitor events{it.ctx, req};
  const auto endpoint = rep.bind(it.fresh());
  req.connect(endpoint);
  req.send("question");
  CHECK(rep.recv() == "question");
  rep.close();
  events.await(ZMQ_EVENT_DISCONNECTED);
  auto next = it.open(ZMQ_REP);
  while (zmq_bind(next.get(), endpoint.c_str()) != 0)
    REQUIRE(errno == EADDRINUSE);
  events.await(ZMQ_EVENT_HANDSHAKE_SUCCEEDED);
  req.send("again");
  CHECK(next.recv() == "again");
  next.send("answer");
  CHECK(req.recv() == "answer");
}

TEST_CASE("request/reply: the reply to a requester that went is dropped") {
  OVER_ALL(transport);
  scene it{transport};
  auto rep = it.open(ZMQ_REP);
  monitor events{it.ctx, rep};
  const auto endpoint = rep.bind(it.fresh());
  auto gone = it.connected(ZMQ_REQ, endpoint);
  gone.send("question");
  CHECK(rep.recv() == "question");
  gone.close();
  if (it.is_wire())
    events.await(ZMQ_EVENT_DISCONNECTED);
  rep.send("answer");
  auto next = it.connected(ZMQ_REQ, endpoint);
  next.send("next");
  CHECK(rep.recv() == "next");
  rep.send("to the next");
  CHECK(next.recv() == "to the next");
}

TEST_CASE("request/reply: REP restores the envelope, and skips a bad one") {
  OVER_ALL(transport);
  scene it{transport};
  auto rep = it.open(ZMQ_REP);
  auto dealer = it.connected(ZMQ_DEALER, rep.bind(it.fresh()));
  dealer.send("no delimiter");
  dealer.send_parts({"none", "here", "either"});
  dealer.send_parts({"hop two", "hop one", "", "question", "part two"});
  CHECK(rep.recv_parts() == parts{"question", "part two"});
  rep.send("answer");
  CHECK(dealer.recv_parts() == parts{"hop two", "hop one", "", "answer"});
}

TEST_CASE("request/reply: a thousand rounds on each of four threads") {
  OVER_ALL(transport);
  scene it{transport};
  auto rep = it.open(ZMQ_REP);
  const auto endpoint = rep.bind(it.fresh());
  std::vector<std::future<int>> clients;
  for (int i = 0; i < 4; ++i)
    clients.push_back(std::async(std::launch::async, [&, i] {
      auto req = it.connected(ZMQ_REQ, endpoint);
      int wrong = 0;
      for (int n = 0; n < 1000; ++n) {
        const auto question = std::to_string(i) + ':' + std::to_string(n);
        req.send(question);
        wrong += req.recv() == question ? 0 : 1;
      }
      return wrong;
    }));
  for (int n = 0; n < 4000; ++n)
    rep.send(rep.recv());
  for (auto& client : clients)
    CHECK(client.get() == 0);
}

TEST_CASE("request/reply: many that misbehave, and an end in the middle") {
  OVER_ALL(transport);
  auto it = std::make_unique<scene>(transport);
  std::deque<socket> all;
  for (int i = 0; i < 5; ++i) {
    const auto endpoint = all.emplace_back(it->open(ZMQ_REP)).bind(it->fresh());
    for (int n = 0; n < 2; ++n) {
      auto& req = all.emplace_back(it->open(ZMQ_REQ));
      req.set(ZMQ_REQ_RELAXED, n);
      req.connect(endpoint);
    }
  }
  std::atomic<int> calls{0};
  std::vector<std::future<int>> threads;
  // A socket's calls in an order that makes no sense, until its end.
  for (auto& each : all)
    threads.push_back(std::async(std::launch::async, [&] {
      for (int n = 0;; ++n) {
        ++calls;
        const int why = n % 3 == 0 ? recv_errno(each) : each.refusal("x");
        if (why != 0 && why != EAGAIN && why != EFSM) {
          each.close();
          return why;
        }
      }
    }));
  while (calls < 20'000)
    std::this_thread::yield();
  it->ctx.term();
  for (auto& thread : threads)
    CHECK(thread.get() == ETERM);
}

} // namespace zmqrt::test
