// SPDX-License-Identifier: MPL-2.0
//
// Publish/subscribe, as acceptance.md has it: who filters, what a slow
// subscriber loses, what a reconnect keeps.

#include <atomic>
#include <thread>

#include "tests/actors/fixture.hpp"
#include "tests/support/eventually.hpp"

namespace zmqrt::test {

namespace {

void await_topics(const socket& pub, int count) {
  eventually_is([&] { return pub.get(option::topics_count); }, count);
}

} // namespace

TEST_CASE("publish: topics overlap, and are counted") {
  ON_EVERY(where, places());
  scene it{where};
  auto pub = it.open(socket_type::pub);
  auto sub = it.open(socket_type::sub);
  sub.subscribe("a");
  sub.subscribe("a");
  sub.subscribe("ab");
  sub.connect(pub.bind(it.fresh()));
  await_topics(pub, 2);
  pub.send("abc");
  pub.send("b");
  pub.send("a");
  CHECK(sub.recv().str() == "abc"); // once, by two topics
  CHECK(sub.recv().str() == "a");
  sub.unsubscribe("a");
  sub.unsubscribe("ab");
  await_topics(pub, 1);
  pub.send("ab");
  CHECK(sub.recv().str() == "ab");
  sub.unsubscribe("a");
  await_topics(pub, 0);
  sub.subscribe("");
  await_topics(pub, 1);
  pub.send("");
  CHECK(sub.recv().str().empty());
}

TEST_CASE("publish: the publisher filters, nothing unwanted is sent") {
  ON_EVERY(where, places());
  scene it{where};
  auto pub = it.open(socket_type::pub);
  auto xsub = it.open(socket_type::xsub); // does not filter
  xsub.send(std::string_view{"\1wanted"});
  xsub.connect(pub.bind(it.fresh()));
  await_topics(pub, 1);
  for (int i = 0; i < 1000; ++i)
    pub.send("unwanted");
  pub.send("wanted");
  CHECK(xsub.recv().str() == "wanted");
}

TEST_CASE("publish: a slow subscriber loses its own, and delays nobody") {
  ON_EVERY(where, places());
  scene it{where};
  auto pub = it.open(socket_type::pub);
  pub.set(option::sndhwm, 10);
  const auto endpoint = pub.bind(it.fresh());
  auto slow = it.open(socket_type::sub);
  slow.set(option::rcvhwm, 10);
  slow.subscribe("s");
  slow.connect(endpoint);
  auto quick = it.open(socket_type::sub);
  quick.subscribe("");
  quick.connect(endpoint);
  await_topics(pub, 2);
  std::string large(100'000, 's');
  for (int i = 0; i < 300; ++i) {
    large[1] = static_cast<char>('a' + i % 26);
    pub.send(large); // never waits
    REQUIRE(quick.recv().str() == large);
  }
  int got = 0;
  while (slow.recv_for(milliseconds{200}))
    ++got;
  CHECK(got >= 10);
  CHECK(got < 300);
}

TEST_CASE("publish: subscriptions beyond SNDHWM survive a reconnect") {
  ON_EVERY(where, wires());
  scene it{where};
  auto sub = it.open(socket_type::sub);
  sub.set(option::sndhwm, 5);
  sub.set(option::reconnect_ivl, milliseconds{1});
  for (int i = 0; i < 3000; ++i)
    sub.subscribe("topic " + std::to_string(i));
  auto first = std::make_unique<socket>(it.open(socket_type::pub));
  const auto endpoint = first->bind(it.fresh());
  sub.connect(endpoint);
  await_topics(*first, 3000);
  first->close();
  auto second = it.open(socket_type::pub);
  eventually_is([&] { return code_of([&] { (void)second.bind(endpoint); }); },
                std::error_code{});
  await_topics(second, 3000);
  second.send("topic 2999");
  CHECK(sub.recv().str() == "topic 2999");
}

TEST_CASE("publish: twenty threads subscribe while traffic runs") {
  ON_EVERY(where, places());
  scene it{where};
  auto pub = it.open(socket_type::pub);
  auto sub = it.open(socket_type::sub);
  sub.subscribe("news");
  sub.connect(pub.bind(it.fresh()));
  await_topics(pub, 1);
  std::atomic<bool> done{false};
  std::thread speaker([&] {
    while (!done)
      pub.send("news");
  });
  std::vector<std::thread> threads;
  for (int t = 0; t < 20; ++t)
    threads.emplace_back([&, t] {
      const auto name = "t" + std::to_string(t) + ':';
      for (int i = 0; i < 500; ++i)
        sub.subscribe(name + std::to_string(i));
      for (int i = 0; i < 500; i += 2)
        sub.unsubscribe(name + std::to_string(i));
    });
  for (auto& thread : threads)
    thread.join();
  await_topics(pub, 1 + 20 * 250);
  CHECK(sub.recv().str() == "news");
  done = true;
  speaker.join();
  sub.close();
  await_topics(pub, 0);
}

TEST_CASE("publish: XPUB hears of subscriptions, and of their end") {
  ON_EVERY(where, places());
  scene it{where};
  auto xpub = it.open(socket_type::xpub);
  xpub.set(option::xpub_welcome_msg, "welcome");
  auto sub = it.open(socket_type::sub);
  sub.subscribe("");
  sub.connect(xpub.bind(it.fresh()));
  CHECK(xpub.recv().str() == "\1");
  CHECK(sub.recv().str() == "welcome");
  xpub.send("news");
  CHECK(sub.recv().str() == "news");
  sub.close();
  CHECK(xpub.recv().str() == std::string(1, '\0'));
}

TEST_CASE("publish: a chain through XSUB and XPUB by hand") {
  ON_EVERY(where, places());
  scene it{where};
  auto pub = it.open(socket_type::pub);
  auto xsub = it.open(socket_type::xsub);
  auto xpub = it.open(socket_type::xpub);
  auto sub = it.open(socket_type::sub);
  xsub.connect(pub.bind(it.fresh()));
  sub.connect(xpub.bind(it.fresh()));
  sub.subscribe("topic");
  xsub.send(xpub.recv());
  await_topics(pub, 1);
  pub.send(message{"topic", "body"});
  xpub.send(xsub.recv());
  const auto heard = sub.recv();
  REQUIRE(heard.size() == 2);
  CHECK(heard[1].view() == "body");
}

TEST_CASE("publish: verbs that the types do not have") {
  scene it{over_tcp().front()};
  auto pub = it.open(socket_type::pub);
  auto sub = it.open(socket_type::sub);
  CHECK(code_of([&] { (void)pub.recv(); }) == errc::not_supported);
  CHECK(code_of([&] { sub.send("x"); }) == errc::not_supported);
  CHECK(code_of([&] { pub.subscribe("x"); }) == errc::invalid_argument);
  auto xpub = it.open(socket_type::xpub);
  CHECK(code_of([&] { xpub.subscribe("x"); }) == errc::invalid_argument);
  pub.send("nobody listens"); // is dropped, does not wait
  CHECK(sub.get(option::topics_count) == 0);
}

} // namespace zmqrt::test
