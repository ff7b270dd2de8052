// SPDX-License-Identifier: MPL-2.0
//
// ROUTER and DEALER: names, envelopes, and peers that come and go (RFC 28).

#include <deque>
#include <future>
#include <map>
#include <set>

#include "tests/actors/proc.hpp"
#include "tests/c_api/c_scene.hpp"
#include "tests/support/eventually.hpp"

namespace zmqrt::test {

namespace {

socket named_dealer(scene& it, std::string_view name,
                    const std::string& endpoint) {
  auto made = it.open(ZMQ_DEALER);
  made.set(ZMQ_ROUTING_ID, name);
  made.connect(endpoint);
  return made;
}

} // namespace

TEST_CASE("routing: an unknown peer is dropped, or told of with MANDATORY") {
  OVER_ALL(transport);
  scene it{transport};
  auto router = it.open(ZMQ_ROUTER);
  const auto endpoint = router.bind(it.fresh());
  router.send_parts({"nobody", "x"});
  router.set(ZMQ_ROUTER_MANDATORY, 1);
  CHECK(router.refusal("nobody", ZMQ_SNDMORE) == EHOSTUNREACH);
  auto dealer = named_dealer(it, "d", endpoint);
  dealer.send("hello");
  CHECK(router.recv_parts() == parts{"d", "hello"});
  router.send_parts({"d", "x"});
  CHECK(dealer.recv() == "x");
}

TEST_CASE("routing: a full peer is EAGAIN with MANDATORY") {
  OVER_ALL(transport);
  scene it{transport};
  auto router = it.open(ZMQ_ROUTER, 1);
  router.set(ZMQ_ROUTER_MANDATORY, 1);
  const auto endpoint = router.bind(it.fresh());
  auto dealer = it.open(ZMQ_DEALER, 1);
  dealer.set(ZMQ_ROUTING_ID, "d");
  dealer.connect(endpoint);
  dealer.send("hello");
  CHECK(router.recv_parts() == parts{"d", "hello"});
  const std::string large(300'000, 'x');
  router.set(ZMQ_SNDTIMEO, 30);
  int sent = 0;
  while (router.refusal("d", ZMQ_SNDMORE) == 0) {
    router.send(large);
    ++sent;
  }
  CHECK(errno == EAGAIN);
  CHECK(sent >= 1);
  CHECK(sent < 100);
  // All of them arrive, and then there is room again.
  for (int i = 0; i < sent; ++i)
    CHECK(dealer.recv().size() == large.size());
  router.set(ZMQ_SNDTIMEO, patience_ms);
  router.send_parts({"d", "last"});
  CHECK(dealer.recv() == "last");
}

TEST_CASE("routing: the same name twice, without HANDOVER and with") {
  OVER_WIRES(transport);
  const bool handover = GENERATE(false, true);
  CAPTURE(handover);
  scene it{transport};
  auto router = it.open(ZMQ_ROUTER);
  router.set(ZMQ_ROUTER_HANDOVER, handover ? 1 : 0);
  const auto endpoint = router.bind(it.fresh());
  auto first = named_dealer(it, "same", endpoint);
  first.send("from the first");
  CHECK(router.recv_parts() == parts{"same", "from the first"});
  auto second = it.open(ZMQ_DEALER);
  second.set(ZMQ_ROUTING_ID, "same");
  second.set(ZMQ_RECONNECT_IVL, -1);
  monitor fate{it.ctx, second};
  second.connect(endpoint);
  if (handover) {
    second.send("from the second");
    CHECK(router.recv_parts() == parts{"same", "from the second"});
    router.send_parts({"same", "for the second"});
    CHECK(second.recv() == "for the second");
    return;
  }
  // The newcomer is disconnected; libzmq leaves it connected, unheard.
  fate.await(ours() ? ZMQ_EVENT_DISCONNECTED : ZMQ_EVENT_HANDSHAKE_SUCCEEDED);
  first.send("still the first");
  CHECK(router.recv_parts() == parts{"same", "still the first"});
  router.send_parts({"same", "for the first"});
  CHECK(first.recv() == "for the first");
}

TEST_CASE("routing: what comes before the name is known keeps its order") {
  OVER_ALL(transport);
  scene it{transport};
  const auto endpoint = it.vacant();
  std::deque<socket> dealers;
  for (int i = 0; i < 3; ++i)
    send_numbered(
      dealers.emplace_back(named_dealer(it, std::to_string(i), endpoint)), 100);
  auto router = it.open(ZMQ_ROUTER);
  router.bind(endpoint);
  std::map<std::string, std::size_t> next;
  for (int i = 0; i < 300; ++i) {
    const auto heard = router.recv_parts();
    REQUIRE(heard.size() == 2);
    REQUIRE(heard[1] == numbered(next[heard[0]]++));
  }
  CHECK(next.size() == 3);
}

TEST_CASE("routing: two hundred that connect at once get as many names") {
  scene it{"tcp"};
  auto router = it.open(ZMQ_ROUTER);
  const auto endpoint = router.bind(it.fresh());
  std::deque<socket> dealers;
  for (int i = 0; i < 200; ++i)
    dealers.emplace_back(it.connected(ZMQ_DEALER, endpoint))
      .send(std::to_string(i));
  std::map<std::string, std::string> names;
  for (int i = 0; i < 200; ++i) {
    const auto heard = router.recv_parts();
    REQUIRE(heard.size() == 2);
    REQUIRE(names.emplace(heard[0], heard[1]).second);
  }
  for (const auto& [name, number] : names)
    router.send_parts({name, number});
  for (int i = 0; i < 200; ++i)
    CHECK(dealers[i].recv() == std::to_string(i));
}

TEST_CASE("routing: waves of clients that connect, send, and leave") {
  OVER_ALL(transport);
  scene it{transport};
  auto router = it.open(ZMQ_ROUTER);
  const auto endpoint = router.bind(it.fresh());
  std::size_t files = 0;
  for (int wave = 0; wave < 5; ++wave) {
    for (int i = 0; i < 50; ++i) {
      auto dealer = it.open_lingering(ZMQ_DEALER);
      dealer.connect(endpoint);
      dealer.send("hello");
    }
    std::set<std::string> names;
    for (int i = 0; i < 50; ++i)
      CHECK(names.insert(router.recv_parts()[0]).second);
    if (!ours()) // closes some time later, when asked for something
      continue;
    if (wave == 1)
      files = open_files();
    else if (wave > 1)
      eventually([] { return open_files(); },
                 [&](std::size_t now) { return now <= files; });
  }
}

TEST_CASE("routing: a chain of three, with the envelope of each hop") {
  OVER_ALL(transport);
  scene it{transport};
  auto front = it.open(ZMQ_ROUTER);
  auto back = it.open(ZMQ_DEALER);
  auto rep = it.open(ZMQ_REP);
  auto req = it.open(ZMQ_REQ);
  req.set(ZMQ_ROUTING_ID, "req");
  req.connect(front.bind(it.fresh()));
  back.connect(rep.bind(it.fresh()));
  req.send("question");
  const auto passing = front.recv_parts();
  CHECK(passing == parts{"req", "", "question"});
  back.send_parts(passing);
  CHECK(rep.recv() == "question");
  rep.send("answer");
  const auto back_again = back.recv_parts();
  CHECK(back_again == parts{"req", "", "answer"});
  front.send_parts(back_again);
  CHECK(req.recv() == "answer");
}

TEST_CASE("routing: ROUTER to ROUTER") {
  OVER_ALL(transport);
  scene it{transport};
  auto one = it.open(ZMQ_ROUTER);
  auto two = it.open(ZMQ_ROUTER);
  one.set(ZMQ_ROUTING_ID, "one");
  two.set(ZMQ_ROUTING_ID, "two");
  one.set(ZMQ_PROBE_ROUTER, 1);
  one.connect(two.bind(it.fresh()));
  CHECK(two.recv_parts() == parts{"one", ""}); // the probe
  two.send_parts({"one", "hello"});
  CHECK(one.recv_parts() == parts{"two", "hello"});
  one.send_parts({"two", "to you"});
  CHECK(two.recv_parts() == parts{"one", "to you"});
}

TEST_CASE("routing: CONNECT_ROUTING_ID names a peer before it speaks") {
  OVER_ALL(transport);
  scene it{transport};
  auto dealer = it.open(ZMQ_DEALER);
  auto router = it.open(ZMQ_ROUTER);
  router.set(ZMQ_ROUTER_MANDATORY, 1);
  router.set(ZMQ_CONNECT_ROUTING_ID, "by me");
  router.connect(dealer.bind(it.fresh()));
  router.send_parts({"by me", "hello"});
  CHECK(dealer.recv_parts() == parts{"hello"});
  dealer.send("to you");
  CHECK(router.recv_parts() == parts{"by me", "to you"});
}

TEST_CASE("routing: DEALER to DEALER, and DEALER to REP") {
  OVER_ALL(transport);
  scene it{transport};
  auto one = it.open(ZMQ_DEALER);
  auto two = it.connected(ZMQ_DEALER, one.bind(it.fresh()));
  two.send_parts({"", "a", "b"});
  CHECK(one.recv_parts() == parts{"", "a", "b"});
  one.send("c");
  CHECK(two.recv_parts() == parts{"c"});
  auto rep = it.open(ZMQ_REP);
  auto dealer = it.connected(ZMQ_DEALER, rep.bind(it.fresh()));
  dealer.send_parts({"", "1"});
  dealer.send_parts({"", "2"});
  for (const char* number : {"1", "2"}) {
    CHECK(rep.recv() == number);
    rep.send(number);
    CHECK(dealer.recv_parts() == parts{"", number});
  }
}

} // namespace zmqrt::test
