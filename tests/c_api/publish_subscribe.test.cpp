// SPDX-License-Identifier: MPL-2.0
//
// Publish/subscribe: who filters, what a slow subscriber loses, what a
// reconnect keeps (RFC 29). An XPUB in place of a PUB says when a subscription
// has arrived.

#include <atomic>
#include <deque>
#include <future>
#include <memory>
#include <set>

#include "tests/actors/raw_peer.hpp"
#include "tests/c_api/c_scene.hpp"
#include "tests/support/eventually.hpp"

namespace zmqrt::test {

namespace {

socket open_sub(scene& it, const std::string& endpoint,
                const std::vector<std::string>& topics) {
  auto made = it.open(ZMQ_SUB);
  for (const auto& each : topics)
    made.set(ZMQ_SUBSCRIBE, each);
  made.connect(endpoint);
  return made;
}

bool readable(const socket& which) {
  return (which.number(ZMQ_EVENTS) & ZMQ_POLLIN) != 0;
}

const std::string on{"\1"};
const std::string off(1, '\0');

} // namespace

TEST_CASE("publish: topics overlap, and are counted") {
  OVER_ALL(transport);
  scene it{transport};
  auto pub = it.open(ZMQ_XPUB);
  auto sub = open_sub(it, pub.bind(it.fresh()), {"a", "a", "ab", ""});
  std::set<std::string> heard;
  for (int i = 0; i < 3; ++i)
    heard.insert(pub.recv());
  CHECK(heard == std::set<std::string>{on, on + "a", on + "ab"});
  pub.send("abc");
  CHECK(sub.recv() == "abc"); // once, by three topics
  sub.set(ZMQ_UNSUBSCRIBE, "");
  CHECK(pub.recv() == off);
  sub.set(ZMQ_UNSUBSCRIBE, "a");
  sub.set(ZMQ_UNSUBSCRIBE, "ab");
  CHECK(pub.recv() == off + "ab");
  pub.send("b");
  pub.send("ab");
  CHECK(sub.recv() == "ab");
  sub.set(ZMQ_UNSUBSCRIBE, "a");
  CHECK(pub.recv() == off + "a");
  pub.send("ab");
  sub.set(ZMQ_SUBSCRIBE, "last");
  CHECK(pub.recv() == on + "last");
  pub.send("last");
  CHECK(sub.recv() == "last");
  CHECK_FALSE(sub.try_recv());
}

TEST_CASE("publish: the publisher filters, nothing unwanted is sent") {
  OVER_WIRES(transport);
  scene it{transport};
  auto pub = it.open(ZMQ_XPUB);
  const raw_peer sub{pub.bind(it.fresh())};
  REQUIRE(sub.write(greeting()));
  (void)sub.read(64);
  (void)sub.read(static_cast<unsigned char>(sub.read(2)[1])); // READY
  REQUIRE(sub.write(ready("SUB") + message_of("\1wanted")));
  CHECK(pub.recv() == "\1wanted");
  for (int i = 0; i < 1000; ++i)
    pub.send("unwanted");
  pub.send("wanted");
  CHECK(sub.read(8) == message_of("wanted"));
}

TEST_CASE("publish: a slow subscriber loses its own, and delays nobody") {
  OVER_ALL(transport);
  scene it{transport};
  auto pub = it.open(ZMQ_XPUB, 10);
  const auto endpoint = pub.bind(it.fresh());
  auto slow = it.open(ZMQ_SUB, 10);
  slow.set(ZMQ_SUBSCRIBE, "s");
  slow.connect(endpoint);
  CHECK(pub.recv() == on + "s");
  auto quick = it.open(ZMQ_SUB, 0);
  quick.set(ZMQ_SUBSCRIBE, "");
  quick.connect(endpoint);
  CHECK(pub.recv() == on);
  const std::string large(100'000, 's');
  for (int i = 0; i < 200; ++i) {
    pub.send(large); // never waits
    REQUIRE((quick.recv() == large));
    look_around(pub);
  }
  int got = 0;
  slow.set(ZMQ_RCVTIMEO, 100);
  while (zmq_recv(slow.get(), nullptr, 0, 0) >= 0)
    ++got;
  CHECK(got >= 10);
  CHECK(got < 200);
  // It is heard again once there is room.
  pub.send("s again");
  slow.set(ZMQ_RCVTIMEO, patience_ms);
  CHECK(slow.recv() == "s again");
}

TEST_CASE("publish: subscriptions are sent again after a reconnect") {
  OVER_WIRES(transport);
  // libzmq loses those above SNDHWM.
  const int count = ours() ? 3000 : 500;
  scene it{transport};
  auto sub = it.open(ZMQ_SUB);
  sub.set(ZMQ_RECONNECT_IVL, 1);
  if (ours())
    sub.set(ZMQ_SNDHWM, 5);
  for (int i = 0; i < count; ++i)
    sub.set(ZMQ_SUBSCRIBE, "topic " + std::to_string(i));
  auto first = std::make_unique<socket>(it.open(ZMQ_XPUB, 0));
  const auto endpoint = first->bind(it.fresh());
  sub.connect(endpoint);
  for (int i = 0; i < count; ++i)
    REQUIRE(first->recv().substr(0, 7) == on + "topic ");
  first.reset();
  auto second = it.open(ZMQ_XPUB, 0);
  while (zmq_bind(second.get(), endpoint.c_str()) != 0)
    REQUIRE(errno == EADDRINUSE); // libzmq closes some time later
  // libzmq's SUB tells them anew when it is asked for something.
  eventually_is([&] { return (look_around(sub), readable(second)); }, true);
  for (int i = 0; i < count; ++i)
    REQUIRE(second.recv().substr(0, 7) == on + "topic ");
  second.send("topic " + std::to_string(count - 1));
  CHECK(sub.recv() == "topic " + std::to_string(count - 1));
}

TEST_CASE("publish: many subscribe and leave while traffic runs") {
  OVER_ALL(transport);
  constexpr int subscribers = 8;
  constexpr int topics = 500;
  scene it{transport};
  auto pub = it.open(ZMQ_PUB);
  const auto endpoint = pub.bind(it.fresh());
  std::atomic<bool> done{false};
  auto speaker = std::async(std::launch::async, [&] {
    while (!done)
      pub.send("news");
  });
  std::vector<std::future<std::string>> threads;
  for (int t = 0; t < subscribers; ++t)
    threads.push_back(std::async(std::launch::async, [&, t] {
      auto sub = open_sub(it, endpoint, {"news"});
      const auto name = "t" + std::to_string(t) + ':';
      for (int i = 0; i < topics; ++i)
        sub.set(ZMQ_SUBSCRIBE, name + std::to_string(i));
      for (int i = 0; i < topics; i += 2)
        sub.set(ZMQ_UNSUBSCRIBE, name + std::to_string(i));
      return sub.recv();
    }));
  for (auto& thread : threads)
    CHECK(thread.get() == "news");
  done = true;
  speaker.get();
}

// -- XPUB and XSUB ------------------------------------------------------------

TEST_CASE("publish: XPUB hears of a first subscription, and of a last end") {
  OVER_ALL(transport);
  scene it{transport};
  auto xpub = it.open(ZMQ_XPUB);
  xpub.set(ZMQ_XPUB_WELCOME_MSG, "welcome");
  const auto endpoint = xpub.bind(it.fresh());
  auto one = open_sub(it, endpoint, {"a", "welcome"});
  const auto first = std::set<std::string>{xpub.recv(), xpub.recv()};
  CHECK(first == std::set<std::string>{on + "a", on + "welcome"});
  CHECK(one.recv() == "welcome");
  auto two = open_sub(it, endpoint, {"a", "b"});
  CHECK(xpub.recv() == on + "b"); // "a" is known
  one.close();
  CHECK(xpub.recv() == off + "welcome"); // not "a"
  two.close();
  const auto last = std::set<std::string>{xpub.recv(), xpub.recv()};
  CHECK(last == std::set<std::string>{off + "a", off + "b"});
}

TEST_CASE("publish: XPUB_VERBOSE hears of all, XPUB_VERBOSER of all ends") {
  OVER_ALL(transport);
  const bool verboser = GENERATE(false, true);
  scene it{transport};
  auto xpub = it.open(ZMQ_XPUB);
  xpub.set(verboser ? ZMQ_XPUB_VERBOSER : ZMQ_XPUB_VERBOSE, 1);
  const auto endpoint = xpub.bind(it.fresh());
  auto one = open_sub(it, endpoint, {"a"});
  CHECK(xpub.recv() == on + "a");
  auto two = open_sub(it, endpoint, {"a"});
  CHECK(xpub.recv() == on + "a");
  one.set(ZMQ_UNSUBSCRIBE, "a");
  if (verboser)
    CHECK(xpub.recv() == off + "a");
  two.set(ZMQ_UNSUBSCRIBE, "a");
  CHECK(xpub.recv() == off + "a");
  CHECK_FALSE(xpub.try_recv());
}

TEST_CASE("publish: XPUB_MANUAL subscribes for whom it has just heard") {
  OVER_ALL(transport);
  scene it{transport};
  auto xpub = it.open(ZMQ_XPUB);
  xpub.set(ZMQ_XPUB_MANUAL, 1);
  auto sub = open_sub(it, xpub.bind(it.fresh()), {"asked"});
  CHECK(xpub.recv() == on + "asked");
  xpub.set(ZMQ_SUBSCRIBE, "given");
  xpub.send("asked");
  xpub.send("given");
  CHECK(sub.try_recv() == std::nullopt); // filters itself, too
  sub.set(ZMQ_SUBSCRIBE, "given");
  CHECK(xpub.recv() == on + "given");
  xpub.send("given again");
  auto got = sub.recv();
  if (got == "given") // was on its way while it did not want it
    got = sub.recv();
  CHECK(got == "given again");
}

TEST_CASE("publish: XPUB_NODROP is EAGAIN where a subscriber is full") {
  scene it{"inproc"};
  auto xpub = it.open(ZMQ_XPUB, 2);
  xpub.set(ZMQ_XPUB_NODROP, 1);
  auto sub = it.open(ZMQ_SUB, 2);
  sub.set(ZMQ_SUBSCRIBE, "");
  sub.connect(xpub.bind(it.fresh()));
  CHECK(xpub.recv() == on);
  int sent = 0;
  while (xpub.try_send(std::to_string(sent)))
    ++sent;
  CHECK(sent == 4);
  for (int i = 0; i < sent; ++i)
    CHECK(sub.recv() == std::to_string(i));
  look_around(xpub);
  xpub.send("more");
  CHECK(sub.recv() == "more");
}

TEST_CASE("publish: XSUB subscribes by messages, and says others upstream") {
  OVER_ALL(transport);
  scene it{transport};
  auto xpub = it.open(ZMQ_XPUB);
  auto xsub = it.connected(ZMQ_XSUB, xpub.bind(it.fresh()));
  xsub.send(on + "topic");
  CHECK(xpub.recv() == on + "topic");
  xsub.send("hello upstream");
  CHECK(xpub.recv() == "hello upstream");
  xpub.send_parts({"topic", "body"});
  CHECK(xsub.recv_parts() == parts{"topic", "body"});
  xsub.send(off + "topic");
  CHECK(xpub.recv() == off + "topic");
}

TEST_CASE("publish: a chain through XSUB and XPUB by hand") {
  OVER_ALL(transport);
  scene it{transport};
  auto source = it.open(ZMQ_XPUB);
  auto xsub = it.open(ZMQ_XSUB);
  auto xpub = it.open(ZMQ_XPUB);
  auto sub = it.open(ZMQ_SUB);
  xsub.connect(source.bind(it.fresh()));
  sub.connect(xpub.bind(it.fresh()));
  sub.set(ZMQ_SUBSCRIBE, "topic");
  xsub.send(xpub.recv());
  CHECK(source.recv() == on + "topic");
  source.send_parts({"topic", "body"});
  xpub.send_parts(xsub.recv_parts());
  CHECK(sub.recv_parts() == parts{"topic", "body"});
}

TEST_CASE("publish: forwarding through a proxy") {
  OVER_ALL(transport);
  scene it{transport};
  auto source = it.open(ZMQ_XPUB);
  auto xsub = it.connected(ZMQ_XSUB, source.bind(it.fresh()));
  auto xpub = it.open(ZMQ_XPUB);
  const auto endpoint = xpub.bind(it.fresh());
  auto proxy = std::async(std::launch::async, [&] {
    const int why = errno_of(zmq_proxy(xsub.get(), xpub.get(), nullptr));
    xsub.close();
    xpub.close();
    return why;
  });
  auto sub = open_sub(it, endpoint, {"topic"});
  CHECK(source.recv() == on + "topic");
  source.send_parts({"topic", "body"});
  CHECK(sub.recv_parts() == parts{"topic", "body"});
  sub.close();
  CHECK(source.recv() == off + "topic");
  it.ctx.shutdown();
  CHECK(proxy.get() == ETERM);
}

TEST_CASE("publish: a last value is for whom it has just heard of") {
  constexpr int xpub_manual_last_value = 98; // a draft's number
  if (!ours())
    return;
  OVER_ALL(transport);
  scene it{transport};
  auto xpub = it.open(ZMQ_XPUB);
  xpub.set(xpub_manual_last_value, 1);
  const auto endpoint = xpub.bind(it.fresh());
  auto one = open_sub(it, endpoint, {"t"});
  CHECK(xpub.recv() == on + "t");
  xpub.set(ZMQ_SUBSCRIBE, "t");
  xpub.send("t for the first");
  CHECK(one.recv() == "t for the first");
  auto two = open_sub(it, endpoint, {"t"});
  CHECK(xpub.recv() == on + "t");
  xpub.set(ZMQ_SUBSCRIBE, "t");
  xpub.send("t for the second");
  CHECK(two.recv() == "t for the second");
  CHECK_FALSE(one.try_recv());
}

TEST_CASE("publish: verbs that the types do not have") {
  scene it{"tcp"};
  auto pub = it.open(ZMQ_PUB);
  auto sub = it.open(ZMQ_SUB);
  CHECK(errno_of(zmq_recv(pub.get(), nullptr, 0, 0)) == ENOTSUP);
  CHECK(sub.refusal("x") == ENOTSUP);
  CHECK(errno_of(zmq_setsockopt(pub.get(), ZMQ_SUBSCRIBE, "x", 1)) == EINVAL);
  pub.send("nobody listens"); // is dropped, does not wait
}

} // namespace zmqrt::test
