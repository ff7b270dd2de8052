// SPDX-License-Identifier: MPL-2.0
//
// The proxies: what goes through, what the capture sees, what control does.

#include <cstring>
#include <future>
#include <thread>

#include "tests/actors/fixture.hpp"
#include "tests/support/eventually.hpp"

namespace zmqrt::test {

namespace {

/// A proxy on a thread of its own, and who tells it what to do.
struct running {
  running(scene& it, socket frontend, socket backend, socket capture = {},
          socket_type type = socket_type::pair)
    : controller(it.open(type == socket_type::rep ? socket_type::req
                                                  : socket_type::pair)) {
    auto control = it.open(type);
    controller.connect(control.bind("inproc://control"));
    ended = std::async(std::launch::async, [=] {
      return proxy_steerable(frontend, backend, capture, control);
    });
  }

  running(const running&) = delete;
  running& operator=(const running&) = delete;
  ~running() {
    if (ended.valid())
      (void)controller.try_send("TERMINATE");
  }

  proxy_end end() {
    controller.send("TERMINATE");
    return ended.get();
  }
  std::vector<std::uint64_t> statistics() {
    controller.send("STATISTICS");
    const auto told = controller.recv();
    std::vector<std::uint64_t> numbers(told.size());
    for (std::size_t i = 0; i < told.size(); ++i) {
      REQUIRE(told[i].size() == sizeof numbers[i]);
      std::memcpy(&numbers[i], told[i].bytes().data(), sizeof numbers[i]);
    }
    return numbers;
  }

  socket controller;
  std::future<proxy_end> ended;
};

using texts = std::vector<std::string>;
using numbers = std::vector<std::uint64_t>;

} // namespace

TEST_CASE("proxy: a shared queue of requests") {
  ON_EVERY(where, places());
  scene it{where};
  auto clients = it.open(socket_type::router);
  auto workers = it.open(socket_type::dealer);
  const auto front = clients.bind(it.fresh());
  const auto back = workers.bind(it.fresh());
  running queue{it, clients, workers};
  constexpr int each = 500;
  std::vector<std::thread> threads;
  for (int worker = 0; worker < 2; ++worker)
    threads.emplace_back([&] {
      auto rep = it.open(socket_type::rep);
      rep.set(option::linger, patience); // for the last answer
      rep.connect(back);
      for (auto task = rep.recv(); task.str() != "end"; task = rep.recv())
        rep.send(std::move(task));
      rep.send("bye");
    });
  std::atomic<int> right{0};
  std::vector<std::thread> asking;
  for (int client = 0; client < 3; ++client)
    asking.emplace_back([&, client] {
      auto req = it.open(socket_type::req);
      req.connect(front);
      for (int i = 0; i < each; ++i) {
        const auto text = std::to_string(client) + ":" + std::to_string(i);
        req.send(text);
        right += req.recv().str() == text ? 1 : 0;
      }
    });
  for (auto& one : asking)
    one.join();
  CHECK(right == 3 * each);
  auto last = it.open(socket_type::req);
  last.connect(front);
  for (int worker = 0; worker < 2; ++worker) {
    last.send("end");
    CHECK(last.recv().str() == "bye");
  }
  for (auto& one : threads)
    one.join();
  CHECK(queue.end() == proxy_end::told);
}

TEST_CASE("proxy: a forwarder passes subscriptions and news") {
  ON_EVERY(where, places());
  scene it{where};
  auto front = it.open(socket_type::xsub);
  auto back = it.open(socket_type::xpub);
  auto pub = it.open(socket_type::pub);
  auto sub = it.open(socket_type::sub);
  pub.connect(front.bind(it.fresh()));
  sub.connect(back.bind(it.fresh()));
  running forwarder{it, front, back};
  sub.subscribe("a");
  eventually_is([&] { return pub.get(option::topics_count); }, 1);
  pub.send("b");
  pub.send("a");
  CHECK(sub.recv().str() == "a");
  sub.unsubscribe("a");
  eventually_is([&] { return pub.get(option::topics_count); }, 0);
  CHECK(forwarder.end() == proxy_end::told);
}

TEST_CASE("proxy: the capture sees all, in order, whole") {
  ON_EVERY(where, places());
  scene it{where};
  auto front = it.pair();
  auto back = it.pair();
  auto left = it.pair();
  auto right = it.pair();
  auto capture = it.push();
  auto seen = it.pull();
  left.connect(front.bind(it.fresh()));
  right.connect(back.bind(it.fresh()));
  capture.connect(seen.bind(it.fresh()));
  running tapped{it, front, back, capture};
  const std::string large(100'000, 'x');
  left.send(message{"a", "", large});
  CHECK(right.recv().size() == 3);
  right.send("back");
  CHECK(left.recv().str() == "back");
  const auto first = seen.recv();
  REQUIRE(first.size() == 3);
  CHECK(first[2].view() == large);
  CHECK(seen.recv().str() == "back");
  CHECK(tapped.end() == proxy_end::told);
}

TEST_CASE("proxy: control pauses, resumes, counts, and ends") {
  ON_EVERY(where, places());
  scene it{where};
  const auto type = GENERATE(socket_type::pair, socket_type::rep);
  auto front = it.pull();
  auto back = it.push();
  auto push = it.push();
  auto pull = it.pull();
  push.connect(front.bind(it.fresh()));
  pull.connect(back.bind(it.fresh()));
  running streamer{it, front, back, {}, type};
  const auto say = [&](const char* word) {
    streamer.controller.send(word);
    if (type == socket_type::rep)
      CHECK(streamer.controller.recv().str().empty());
  };
  push.send("12345");
  push.send(message{"123", "45", ""});
  CHECK(pull.recv().str() == "12345");
  CHECK(pull.recv().size() == 3);
  CHECK(streamer.statistics() == numbers{2, 10, 0, 0, 0, 0, 2, 10});
  say("PAUSE");
  say("what?");
  CHECK(streamer.statistics().size() == 8); // it has paused
  push.send("later");
  CHECK(streamer.statistics() == numbers{2, 10, 0, 0, 0, 0, 2, 10});
  CHECK_FALSE(pull.try_recv());
  say("RESUME");
  CHECK(pull.recv().str() == "later");
  say("TERMINATE");
  CHECK(streamer.ended.get() == proxy_end::told);
  push.send("to nobody");
  CHECK_FALSE(pull.try_recv());
}

TEST_CASE("proxy: nothing is taken while there is no room") {
  ON_EVERY(where, places());
  scene it{where};
  auto front = it.pull();
  auto back = it.push();
  auto push = it.push();
  push.connect(front.bind(it.fresh()));
  running streamer{it, front, back};
  push.send("waits");
  CHECK(streamer.statistics()[0] == 0);
  CHECK(streamer.end() == proxy_end::told);
  CHECK(front.recv().str() == "waits");
}

TEST_CASE("proxy: all that was taken is sent, whatever the HWM") {
  ON_EVERY(where, places());
  scene it{where};
  auto front = it.pull();
  auto back = it.push(hwm{1});
  auto push = it.push();
  auto pull = it.pull(hwm{1});
  push.connect(front.bind(it.fresh()));
  pull.connect(back.bind(it.fresh()));
  running streamer{it, front, back};
  for (int i = 0; i < 100; ++i)
    push.send(std::to_string(i));
  eventually_is([&] { return streamer.statistics()[0] > 2; }, true);
  streamer.controller.send("TERMINATE");
  texts passed;
  texts kept; // not taken by then
  const auto drain = [](socket& from, texts& into) {
    while (const auto next = from.try_recv())
      into.push_back(next->str());
  };
  while (streamer.ended.wait_for(milliseconds{0}) != std::future_status::ready)
    drain(pull, passed);
  CHECK(streamer.ended.get() == proxy_end::told);
  const auto all_there = [&] {
    drain(pull, passed);
    drain(front, kept);
    return passed.size() + kept.size();
  };
  eventually_is(all_there, std::size_t{100});
  passed.insert(passed.end(), kept.begin(), kept.end());
  for (std::size_t i = 0; i < passed.size(); ++i)
    CHECK(passed[i] == std::to_string(i));
}

TEST_CASE("proxy: ends with a socket, or with the context") {
  ON_EVERY(where, places());
  scene it{where};
  auto front = it.pull();
  auto back = it.push();
  auto ended =
    std::async(std::launch::async, [=] { return proxy(front, back); });
  SECTION("socket") {
    front.close();
  }
  SECTION("context") {
    it.ctx.term();
  }
  CHECK(ended.get() == proxy_end::closed);
}

TEST_CASE("proxy: one socket as both sends back what it receives") {
  ON_EVERY(where, places());
  scene it{where};
  auto mirror = it.pair();
  auto pair = it.pair();
  pair.connect(mirror.bind(it.fresh()));
  running reflecting{it, mirror, mirror};
  for (const char* text : {"a", "b"}) {
    pair.send(text);
    CHECK(pair.recv().str() == text);
  }
  CHECK(reflecting.end() == proxy_end::told);
}

TEST_CASE("proxy: a REP as both answers what it is asked") {
  ON_EVERY(where, places());
  scene it{where};
  auto rep = it.open(socket_type::rep);
  auto req = it.open(socket_type::req);
  auto other = it.open(socket_type::req);
  const auto at = rep.bind(it.fresh());
  req.connect(at);
  other.connect(at);
  running reflecting{it, rep, rep};
  for (const char* text : {"a", "b"}) {
    req.send(text);
    other.send(text);
    CHECK(req.recv().str() == text);
    CHECK(other.recv().str() == text);
  }
  CHECK(reflecting.end() == proxy_end::told);
}

TEST_CASE("proxy: an empty handle is refused at once") {
  ON_EVERY(where, places());
  scene it{where};
  const auto pull = it.pull();
  CHECK(code_of([&] { (void)proxy(pull, {}); }) == errc::not_a_socket);
  CHECK(code_of([&] { (void)proxy({}, pull); }) == errc::not_a_socket);
}

} // namespace zmqrt::test
