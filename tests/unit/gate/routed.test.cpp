// SPDX-License-Identifier: MPL-2.0
//
// The gate with patterns that look at messages: envelopes, one message to many
// pipes, subscriptions in both dialects, peers that are refused or evicted.

#include <thread>

#include "actors/gate/inproc_registry.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/gate/fixtures.hpp"

using namespace zmqrt;
using namespace zmqrt::test;
using actors::inproc_registry;
using actors::pipe_fate;
using texts = std::vector<std::string>;

namespace {

std::error_code send_parts(gate& into, const message& what) {
  return into.send(what, patience::never());
}

} // namespace

// -- routing ------------------------------------------------------------------

TEST_CASE("a ROUTER's message goes to the peer that it names, without it") {
  const auto router = make_gate(socket_type::router);
  const auto a = *accept(*router, "a");
  const auto b = *accept(*router, "b");
  REQUIRE_FALSE(send_parts(*router, message{"b", "for", "you"}));
  REQUIRE_FALSE(send_parts(*router, message{"nobody", "lost"}));
  CHECK(taken(*router, a).empty());
  CHECK(taken(*router, b) == texts{"for|you"});
  comes(*router, a, message{"hello"});
  CHECK(get(*router) == "a|hello");
}

TEST_CASE("a large body is routed by reference") {
  const auto router = make_gate(socket_type::router);
  const auto a = *accept(*router, "a");
  const std::string large(100'000, 'x');
  message what{"a"};
  what.push_back(std::string_view{large});
  REQUIRE_FALSE(send_parts(*router, what));
  CHECK(taken(*router, a) == texts{large});
}

TEST_CASE("what came before its pipe ended still bears its name") {
  const auto router = make_gate(socket_type::router);
  const auto a = *accept(*router, "a");
  comes(*router, a, message{"last words"});
  batch none;
  router->detach(a, none);
  CHECK(get(*router) == "a|last words");
  CHECK(get(*router) == "-");
}

TEST_CASE("a second peer of a name is refused, or evicts the first") {
  socket_options options;
  options.router_handover = GENERATE(false, true);
  CAPTURE(options.router_handover);
  gate router(socket_type::router, options);
  const auto bell = std::make_shared<counting_bell>();
  const auto first = *accept(router, "a", false, bell);
  const auto second = accept(router, "a");
  CHECK(second.has_value() == options.router_handover);
  CHECK((router.fate(first) == pipe_fate::evicted) == options.router_handover);
  CHECK(bell->rung == (options.router_handover ? 1 : 0));
  REQUIRE_FALSE(send_parts(router, message{"a", "x"}));
  const auto holder = options.router_handover ? *second : first;
  CHECK(taken(router, holder) == texts{"x"});
}

TEST_CASE("room at one peer wakes whoever waits for that one") {
  socket_options options;
  options.sndhwm = 1;
  options.router_mandatory = true;
  gate router(socket_type::router, options);
  const auto a = *accept(router, "a");
  const auto b = *accept(router, "b");
  REQUIRE_FALSE(send_parts(router, message{"a", "1"}));
  REQUIRE_FALSE(send_parts(router, message{"b", "1"}));
  std::vector<std::thread> others;
  for (int i = 0; i < 4; ++i)
    others.emplace_back([&] {
      (void)router.send(message{"a", "2"}, patience::forever());
    });
  std::error_code why = make_error_code(errc::again);
  std::thread wanted([&] {
    why = router.send(message{"b", "2"}, patience::forever());
  });
  CHECK(taken(router, b) == texts{"1"});
  wanted.join();
  CHECK_FALSE(why);
  batch none;
  router.detach(a, none); // and those are told
  for (auto& other : others)
    other.join();
}

TEST_CASE("who waits for room at a peer that goes is told") {
  socket_options options;
  options.sndhwm = 1;
  options.router_mandatory = true;
  gate router(socket_type::router, options);
  const auto pipe = *accept(router, "a");
  REQUIRE_FALSE(send_parts(router, message{"a", "1"}));
  std::error_code why;
  std::thread sender([&] {
    why = router.send(message{"a", "2"}, patience::forever());
  });
  batch none;
  router.detach(pipe, none);
  sender.join();
  CHECK(why == errc::host_unreachable);
}

TEST_CASE("CONNECT_ROUTING_ID names one connect's peer") {
  socket_options options;
  options.connect_routing_id = "friend";
  gate router(socket_type::router, options);
  const auto pipe = *router.attach(router.connect_setup());
  CHECK(router.connect_setup().name.empty());
  REQUIRE_FALSE(send_parts(router, message{"friend", "early"}));
  CHECK(router.plug(pipe, nullptr, nullptr, {"its own name", true}));
  CHECK(taken(router, pipe) == texts{"early"});
  comes(router, pipe, message{"hi"});
  CHECK(get(router) == "friend|hi");
}

TEST_CASE("HELLO_MSG and PROBE_ROUTER go before what is queued") {
  socket_options options;
  options.hello_msg = "hello";
  options.probe_router = true;
  gate dealer(socket_type::dealer, options);
  const auto pipe = *dealer.attach({});
  REQUIRE_FALSE(put(dealer, "queued"));
  dealer.plug(pipe, std::make_shared<counting_bell>(), nullptr);
  CHECK(taken(dealer, pipe) == texts{"", "hello", "queued"});
  CHECK(dealer.unsent() == 0);
}

TEST_CASE("HICCUP_MSG and DISCONNECT_MSG are the last that is received") {
  socket_options options;
  options.hiccup_msg = "hiccup";
  options.disconnect_msg = "gone";
  gate router(socket_type::router, options);
  const auto pipe = *router.attach({});
  batch none;
  router.plug(pipe, nullptr, nullptr, {"a", true});
  comes(router, pipe, message{"one"});
  router.unplug(pipe, none);
  router.plug(pipe, nullptr, nullptr, {"a", true});
  comes(router, pipe, message{"two"});
  router.detach(pipe, none);
  for (const char* expected : {"a|one", "a|hiccup", "a|two", "a|gone"})
    CHECK(get(router) == expected);
}

// -- request/reply ------------------------------------------------------------

TEST_CASE("REQ and REP take turns") {
  const auto req = make_gate(socket_type::req);
  const auto pipe = *req->attach({});
  message next;
  CHECK(req->recv(next, patience::never()) == errc::fsm);
  REQUIRE_FALSE(put(*req, "question"));
  CHECK(put(*req, "another") == errc::fsm);
  CHECK(taken(*req, pipe) == texts{"|question"});
  CHECK_FALSE(req->readable());
  comes(*req, pipe, message{"stray"});
  comes(*req, pipe, message{"", "answer"});
  CHECK(req->readable());
  CHECK_FALSE(req->writable());
  CHECK(get(*req) == "answer");
  CHECK(req->writable());

  const auto rep = make_gate(socket_type::rep);
  const auto from = *accept(*rep);
  CHECK(put(*rep, "early") == errc::fsm);
  comes(*rep, from, message{"no delimiter"});
  comes(*rep, from, message{"hop", "", "question"});
  comes(*rep, from, message{"", "next"});
  CHECK(get(*rep) == "question");
  CHECK(rep->recv(next, patience::never()) == errc::fsm);
  REQUIRE_FALSE(put(*rep, "answer"));
  CHECK(taken(*rep, from) == texts{"hop||answer"});
  CHECK(get(*rep) == "next");
}

TEST_CASE("looking whether REP is readable changes no turn") {
  const auto rep = make_gate(socket_type::rep);
  const auto from = *accept(*rep);
  comes(*rep, from, message{"", "question"});
  CHECK(rep->readable());
  CHECK(put(*rep, "early") == errc::fsm);
  CHECK(get(*rep) == "question");
}

TEST_CASE("of many threads that send at once on a REQ one wins") {
  const auto req = make_gate(socket_type::req);
  std::atomic<int> won{0};
  std::atomic<int> refused{0};
  std::vector<std::thread> senders;
  for (int i = 0; i < 10; ++i)
    senders.emplace_back([&] {
      const auto why = req->send(message{"x"}, patience::forever());
      ++(why == errc::fsm ? refused : won);
    });
  const auto pipe = *req->attach({});
  for (auto& sender : senders)
    sender.join();
  CHECK(won == 1);
  CHECK(refused == 9);
  CHECK(taken(*req, pipe).size() == 1);
}

TEST_CASE("a lost server frees who waits for its answer") {
  const auto req = make_gate(socket_type::req);
  const auto pipe = *req->attach({});
  req->plug(pipe, std::make_shared<counting_bell>(), nullptr);
  REQUIRE_FALSE(put(*req, "question"));
  std::error_code why;
  std::thread waiting([&] {
    message next;
    why = req->recv(next, patience::forever());
  });
  batch none;
  SECTION("its connection is lost when the question was sent") {
    taken(*req, pipe);
    req->unplug(pipe, none);
  }
  SECTION("its pipe ends") {
    req->detach(pipe, none);
  }
  waiting.join();
  CHECK(why == errc::connection_reset);
  (void)req->attach({});
  CHECK_FALSE(put(*req, "again"));
}

TEST_CASE("a question that was not sent yet is sent to the next server") {
  const auto req = make_gate(socket_type::req);
  const auto pipe = *req->attach({});
  REQUIRE_FALSE(put(*req, "question"));
  batch unaccepted;
  req->plug(pipe, nullptr, nullptr);
  req->take(pipe, unaccepted);
  req->unplug(pipe, unaccepted);
  CHECK(get(*req) == "-");
  req->plug(pipe, nullptr, nullptr);
  CHECK(taken(*req, pipe) == texts{"|question"});
}

// -- publish/subscribe --------------------------------------------------------

TEST_CASE("one message goes to every pipe that wants it") {
  const auto pub = make_gate(socket_type::pub);
  const auto a = *accept(*pub);
  const auto b = *accept(*pub);
  const auto c = *accept(*pub);
  comes(*pub, a, message{"\1"});
  comes(*pub, b, message{"\1t"});
  CHECK(pub->topics() == 2);
  texts some;
  texts all;
  for (int i = 0; i < 200; ++i) {
    const auto text = (i % 3 == 0 ? "t" : "x") + std::to_string(i);
    REQUIRE_FALSE(put(*pub, text));
    all.push_back(text);
    if (i % 3 == 0)
      some.push_back(text);
  }
  CHECK(taken(*pub, a) == all);
  CHECK(taken(*pub, b) == some);
  CHECK(taken(*pub, c).empty());
}

TEST_CASE("messages of every size are shared whole") {
  const auto pub = make_gate(socket_type::pub);
  const auto a = *accept(*pub);
  const auto b = *accept(*pub);
  comes(*pub, a, message{"\1"});
  comes(*pub, b, message{"\1"});
  texts sent;
  for (const std::size_t size : {0, 1, 62, 63, 500, 4095, 4096, 100'000, 3}) {
    message what{std::string_view{std::string(size, 'x')}};
    what.push_back("tail");
    REQUIRE_FALSE(send_parts(*pub, what));
    sent.push_back(std::string(size, 'x') + "|tail");
  }
  CHECK(taken(*pub, a) == sent);
  CHECK(taken(*pub, b) == sent);
}

TEST_CASE("a full subscriber loses its own messages only") {
  const auto pub = make_gate(socket_type::pub, 2);
  const auto slow = *accept(*pub);
  const auto quick = *accept(*pub);
  comes(*pub, slow, message{"\1"});
  comes(*pub, quick, message{"\1"});
  texts got;
  for (int i = 0; i < 5; ++i) {
    REQUIRE_FALSE(put(*pub, std::to_string(i)));
    for (auto& text : taken(*pub, quick))
      got.push_back(text);
  }
  CHECK(got == texts{"0", "1", "2", "3", "4"});
  CHECK(taken(*pub, slow) == texts{"0", "1"});
}

TEST_CASE("a subscriber tells each peer, in the peer's own dialect") {
  const auto sub = make_gate(socket_type::sub);
  REQUIRE_FALSE(sub->subscribe("early", true));
  const auto old = *sub->attach({});
  const auto fresh = *sub->attach({});
  sub->plug(old, std::make_shared<counting_bell>(), nullptr, {"", false});
  sub->plug(fresh, std::make_shared<counting_bell>(), nullptr, {"", true});
  REQUIRE_FALSE(sub->subscribe("late", true));
  REQUIRE_FALSE(sub->subscribe("late", true)); // counted, told again
  REQUIRE_FALSE(sub->subscribe("late", false));
  REQUIRE_FALSE(sub->subscribe("early", false));
  CHECK(sub->topics() == 1);
  CHECK(taken(*sub, old)
        == texts{"\1early", "\1late", "\1late", std::string{'\0'} + "early"});
  batch out;
  sub->take(fresh, out);
  std::string wire;
  for (const auto& part : out.segments())
    wire.append(reinterpret_cast<const char*>(part.data), part.size);
  CHECK(wire
        == "\4\17\11SUBSCRIBEearly"
           "\4\16\11SUBSCRIBElate"
           "\4\16\11SUBSCRIBElate"
           "\4\14\6CANCELearly");
  CHECK(out.messages() == 4);
}

TEST_CASE("all subscriptions are told again after a loss, beyond SNDHWM") {
  const auto sub = make_gate(socket_type::sub, 2);
  const auto pipe = *sub->attach({});
  for (int i = 0; i < 100; ++i)
    REQUIRE_FALSE(sub->subscribe(std::to_string(i), true));
  batch none;
  for (int round = 0; round < 2; ++round) {
    sub->plug(pipe, std::make_shared<counting_bell>(), nullptr);
    batch unaccepted;
    sub->take(pipe, unaccepted);
    CHECK(unaccepted.messages() == 100);
    sub->unplug(pipe, unaccepted);
    CHECK(sub->unsent() == 0);
  }
}

TEST_CASE("a SUB gives only what it subscribed to") {
  const auto sub = make_gate(socket_type::sub);
  const auto pipe = *accept(*sub);
  REQUIRE_FALSE(sub->subscribe("a", true));
  comes(*sub, pipe, message{"b"});
  CHECK_FALSE(sub->readable());
  comes(*sub, pipe, message{"ab", "body"});
  CHECK(sub->readable());
  CHECK(get(*sub) == "ab|body");
  CHECK(put(*sub, "x") == errc::not_supported);
}

TEST_CASE("inproc: PUB has a subscription as soon as it was made") {
  inproc_registry names;
  const auto pub = make_gate(socket_type::pub);
  const auto sub = make_gate(socket_type::sub);
  const bool bind_first = GENERATE(true, false);
  REQUIRE_FALSE(sub->subscribe("a", true));
  if (bind_first) {
    REQUIRE_FALSE(names.bind("here", pub));
    REQUIRE_FALSE(names.connect("here", sub));
  } else {
    REQUIRE_FALSE(names.connect("here", sub));
    REQUIRE_FALSE(names.bind("here", pub));
  }
  CHECK(pub->topics() == 1);
  REQUIRE_FALSE(sub->subscribe("b", true));
  CHECK(pub->topics() == 2);
  for (const char* text : {"a1", "b1", "c1"})
    REQUIRE_FALSE(put(*pub, text));
  CHECK(get(*sub) == "a1");
  CHECK(get(*sub) == "b1");
  CHECK(get(*sub) == "-");
  REQUIRE_FALSE(sub->subscribe("a", false));
  CHECK(pub->topics() == 1);
  names.leave(sub);
  CHECK(pub->topics() == 0);
}

TEST_CASE("inproc: REQ and REP, ROUTER and DEALER") {
  inproc_registry names;
  socket_options named;
  named.routing_id = "me";
  const auto rep = make_gate(socket_type::rep);
  const auto req = make_gate(socket_type::req);
  REQUIRE_FALSE(names.bind("rep", rep));
  REQUIRE_FALSE(names.connect("rep", req));
  for (int i = 0; i < 3; ++i) {
    REQUIRE_FALSE(put(*req, "question"));
    CHECK(get(*rep) == "question");
    REQUIRE_FALSE(put(*rep, "answer"));
    CHECK(get(*req) == "answer");
  }
  const auto router = make_gate(socket_type::router);
  const auto dealer = std::make_shared<gate>(socket_type::dealer, named);
  REQUIRE_FALSE(names.connect("router", dealer));
  REQUIRE_FALSE(put(*dealer, "early"));
  REQUIRE_FALSE(names.bind("router", router));
  CHECK(get(*router) == "me|early");
  REQUIRE_FALSE(send_parts(*router, message{"me", "back"}));
  CHECK(get(*dealer) == "back");
  for (const auto& who : {rep, req, router, dealer})
    names.leave(who);
}
