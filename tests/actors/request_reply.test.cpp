// SPDX-License-Identifier: MPL-2.0
//
// Request/reply and routing, as acceptance.md has them: states at the call,
// peers that come, go and misbehave, names.

#include <atomic>
#include <map>
#include <set>
#include <thread>

#include "tests/actors/fixture.hpp"
#include "tests/actors/threads.hpp"
#include "tests/support/eventually.hpp"

namespace zmqrt::test {

namespace {

std::string text_of(const message& what) {
  std::string text;
  for (std::size_t i = 0; i < what.size(); ++i)
    text += (i == 0 ? "" : "|") + std::string{what[i].view()};
  return text;
}

} // namespace

TEST_CASE("request/reply: states are errors at the call") {
  ON_EVERY(where, places());
  scene it{where};
  auto rep = it.open(socket_type::rep);
  auto req = it.open(socket_type::req);
  CHECK(code_of([&] { (void)req.recv(); }) == errc::fsm);
  CHECK(code_of([&] { rep.send("early"); }) == errc::fsm);
  req.connect(rep.bind(it.fresh()));
  for (int round = 0; round < 3; ++round) {
    req.send("question");
    CHECK(code_of([&] { req.send("another"); }) == errc::fsm);
    CHECK(rep.recv().str() == "question");
    CHECK(code_of([&] { (void)rep.recv(); }) == errc::fsm);
    rep.send(message{"answer", "part two"});
    CHECK(text_of(req.recv()) == "answer|part two");
  }
}

TEST_CASE("request/reply: a thousand rounds on each of four threads") {
  ON_EVERY(where, places());
  scene it{where};
  auto rep = it.open(socket_type::rep);
  const auto endpoint = rep.bind(it.fresh());
  std::vector<std::thread> clients;
  std::atomic<int> wrong{0};
  for (int i = 0; i < 4; ++i)
    clients.emplace_back([&, i] {
      auto req = it.ctx.socket(socket_type::req);
      req.connect(endpoint);
      for (int n = 0; n < 1000; ++n) {
        const auto question = std::to_string(i) + ':' + std::to_string(n);
        req.send(question);
        wrong += req.recv().str() == question ? 0 : 1;
      }
    });
  for (int n = 0; n < 4000; ++n)
    rep.send(rep.recv());
  for (auto& client : clients)
    client.join();
  CHECK(wrong == 0);
}

TEST_CASE("request/reply: a server that goes frees who waits") {
  ON_EVERY(where, places_of({"tcp", "ipc"}));
  scene it{where};
  auto rep = it.open(socket_type::rep);
  auto req = it.open(socket_type::req);
  req.set(option::reconnect_ivl, milliseconds{1});
  const auto endpoint = rep.bind(it.fresh());
  req.connect(endpoint);
  req.send("question");
  CHECK(rep.recv().str() == "question");
  rep.close();
  CHECK(code_of([&] { (void)req.recv(); }) == errc::connection_reset);
  auto next = it.open(socket_type::rep);
  eventually_is([&] { return code_of([&] { (void)next.bind(endpoint); }); },
                std::error_code{});
  req.send("again");
  CHECK(next.recv().str() == "again");
  next.send("answer");
  CHECK(req.recv().str() == "answer");
}

TEST_CASE("request/reply: the reply to a requester that went is dropped") {
  ON_EVERY(where, places());
  scene it{where};
  auto rep = it.open(socket_type::rep);
  auto events = rep.monitor();
  const auto endpoint = rep.bind(it.fresh());
  auto gone = it.open(socket_type::req);
  gone.connect(endpoint);
  gone.send("question");
  CHECK(rep.recv().str() == "question");
  gone.close();
  if (it.is_wire())
    await(events, event_kind::disconnected);
  rep.send("answer");
  auto next = it.open(socket_type::req);
  next.connect(endpoint);
  next.send("next");
  CHECK(rep.recv().str() == "next");
}

TEST_CASE("request/reply: many that misbehave, and an end in the middle") {
  ON_EVERY(where, places());
  const auto seed = 1U;
  auto it = std::make_unique<scene>(where);
  std::vector<std::string> endpoints;
  std::vector<socket> replies;
  for (int i = 0; i < 5; ++i) {
    replies.push_back(it->ctx.socket(socket_type::rep));
    endpoints.push_back(replies.back().bind(it->fresh()));
  }
  std::atomic<int> calls{0};
  threads_inside all;
  const auto misbehave = [&](socket made) {
    all.add_repeating([&calls, made]() mutable {
      ++calls;
      const auto one = calls % 3 == 0
                         ? code_of([&] { (void)made.try_recv(); })
                         : code_of([&] { (void)made.try_send("x"); });
      if (one == errc::terminated)
        throw error{one, "test"};
      if (one && one != errc::fsm && one != errc::connection_reset)
        throw error{one, "test"};
    });
  };
  for (std::size_t i = 0; i < 10; ++i) {
    auto req = it->ctx.socket(socket_type::req);
    req.set(option::req_relaxed, (i + seed) % 2 == 0);
    req.connect(endpoints[i % 5]);
    misbehave(std::move(req));
    misbehave(replies[i % 5]);
  }
  eventually([&] { return calls.load(); }, [](int n) { return n > 20'000; });
  it->ctx.term();
  all.require_all_end_with({errc::terminated});
}

// -- routing ------------------------------------------------------------------

TEST_CASE("routing: five hundred that connect at once get as many names") {
  ON_EVERY(where, over_tcp());
  scene it{where};
  auto router = it.open(socket_type::router);
  const auto endpoint = router.bind(it.fresh());
  std::vector<socket> dealers;
  for (int i = 0; i < 500; ++i) {
    dealers.push_back(it.open(socket_type::dealer));
    dealers.back().connect(endpoint);
    dealers.back().send(std::to_string(i));
  }
  std::map<std::string, std::string> names;
  for (int i = 0; i < 500; ++i) {
    const auto heard = router.recv();
    REQUIRE(heard.size() == 2);
    REQUIRE(names.emplace(heard[0].view(), heard[1].view()).second);
  }
  for (const auto& [name, number] : names) {
    message back{std::string_view{name}};
    back.push_back(std::string_view{number});
    router.send(std::move(back));
  }
  for (int i = 0; i < 500; ++i)
    CHECK(dealers[i].recv().str() == std::to_string(i));
}

TEST_CASE("routing: ROUTER_MANDATORY answers at the call") {
  ON_EVERY(where, places());
  scene it{where};
  auto router = it.open(socket_type::router);
  router.set(option::router_mandatory, true);
  router.set(option::sndhwm, 1);
  CHECK(code_of([&] {
          router.send(message{"nobody", "x"});
        })
        == errc::host_unreachable);
  auto dealer = it.open(socket_type::dealer);
  dealer.set(option::routing_id, "d");
  dealer.set(option::rcvhwm, 1);
  dealer.connect(router.bind(it.fresh()));
  const message large{"d", std::string(300'000, 'x')};
  eventually_is([&] { return code_of([&] { (void)router.try_send(large); }); },
                std::error_code{});
  int sent = 1;
  while (router.try_send(large))
    ++sent;
  router.set(option::sndtimeo, milliseconds{1});
  // As tcp takes it, one more may fit a moment later.
  eventually_is([&] { return code_of([&] { router.send(large); }); },
                make_error_code(errc::again));
  CHECK(dealer.recv().bytes() == 300'000);
}

TEST_CASE("routing: waves of clients leave nothing behind") {
  ON_EVERY(where, places());
  scene it{where, patience};
  auto router = it.open(socket_type::router);
  const auto endpoint = router.bind(it.fresh());
  for (int wave = 0; wave < 10; ++wave) {
    for (int i = 0; i < 50; ++i) {
      auto dealer = it.open(socket_type::dealer);
      dealer.connect(endpoint);
      dealer.send("hello");
    }
    std::set<std::string> names;
    for (int i = 0; i < 50; ++i) {
      const auto heard = router.recv();
      CHECK(names.emplace(heard[0].view()).second);
    }
  }
}

TEST_CASE("routing: a chain of ROUTERs, with the envelope of each hop") {
  ON_EVERY(where, places());
  scene it{where};
  auto front = it.open(socket_type::router);
  auto back = it.open(socket_type::dealer);
  auto rep = it.open(socket_type::rep);
  auto req = it.open(socket_type::req);
  req.set(option::routing_id, "req");
  req.connect(front.bind(it.fresh()));
  back.connect(rep.bind(it.fresh()));
  req.send("question");
  auto passing = front.recv();
  CHECK(text_of(passing) == "req||question");
  back.send(std::move(passing));
  CHECK(rep.recv().str() == "question");
  rep.send("answer");
  front.send(back.recv());
  CHECK(req.recv().str() == "answer");
}

TEST_CASE("routing: ROUTER_HANDOVER gives the name to the newcomer") {
  ON_EVERY(where, places_of({"tcp", "ipc"}));
  scene it{where};
  auto router = it.open(socket_type::router);
  router.set(option::router_handover, true);
  auto events = router.monitor();
  const auto endpoint = router.bind(it.fresh());
  std::vector<socket> dealers;
  for (int i = 0; i < 2; ++i) {
    dealers.push_back(it.open(socket_type::dealer));
    dealers.back().set(option::routing_id, "same");
    dealers.back().set(option::reconnect_ivl, infinite);
    dealers.back().connect(endpoint);
    dealers.back().send(std::to_string(i));
    CHECK(text_of(router.recv()) == "same|" + std::to_string(i));
  }
  await(events, event_kind::disconnected);
  router.send(message{"same", "for the second"});
  CHECK(dealers[1].recv().str() == "for the second");
}

} // namespace zmqrt::test
