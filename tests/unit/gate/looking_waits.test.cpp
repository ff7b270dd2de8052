// SPDX-License-Identifier: MPL-2.0
//
// Gates whose pattern looks at what comes: what it drops makes room that
// somebody has to hear of, and what it read ahead is somebody's. Run under
// TSan.

#include <thread>

#include "actors/gate/inproc_registry.hpp"
#include "tests/support/eventually.hpp"
#include "tests/unit/gate/fixtures.hpp"

namespace zmqrt::test {

namespace {

struct receiver {
  explicit receiver(gate& from)
    : thread([this, &from] { why = from.recv(got, patience::forever()); }) {
  }
  void join() {
    thread.join();
  }
  message got;
  std::error_code why;
  std::thread thread;
};

} // namespace

TEST_CASE("a receiver that drops all there is has reading go on") {
  const auto sub = make_gate(socket_type::sub, 1000, 4);
  const auto bell = std::make_shared<counting_bell>();
  const auto pipe = *accept(*sub, "", true, bell);
  REQUIRE_FALSE(sub->subscribe("x", true));
  CHECK(takes_in(*sub, pipe) == 4); // reading pauses
  REQUIRE_FALSE(sub->subscribe("x", false));
  REQUIRE_FALSE(sub->subscribe("y", true));
  const int before = bell->rung;
  receiver waits(*sub);
  eventually([&] { return bell->rung.load(); },
             [&](int rung) { return rung > before; });
  CHECK(sub->wants_input(pipe));
  comes(*sub, pipe, message{"y"});
  waits.join();
  CHECK_FALSE(waits.why);
  CHECK(joined(waits.got) == "y");
}

TEST_CASE("credit of several links comes back when much is dropped at once") {
  actors::inproc_registry names;
  const auto a = make_gate(socket_type::xpub, 2);
  const auto b = make_gate(socket_type::xpub, 2);
  const auto sub = make_gate(socket_type::sub, 1000, 2);
  REQUIRE_FALSE(names.bind("a", a));
  REQUIRE_FALSE(names.bind("b", b));
  REQUIRE_FALSE(names.connect("a", sub));
  REQUIRE_FALSE(names.connect("b", sub));
  REQUIRE_FALSE(sub->subscribe("x", true));
  for (const auto& from : {a, b})
    for (int i = 0; from->statistics().dropped.full == 0; ++i) {
      REQUIRE(i < 100);
      REQUIRE_FALSE(put(*from, "x"));
    }
  REQUIRE_FALSE(sub->subscribe("x", false));
  REQUIRE_FALSE(sub->subscribe("y", true));
  CHECK(get(*sub) == "-"); // nothing of it is wanted any more
  for (const auto& from : {a, b}) {
    const auto before = from->statistics().dropped.full;
    REQUIRE_FALSE(put(*from, "y"));
    CHECK(from->statistics().dropped.full == before);
  }
  CHECK(get(*sub) == "y");
  CHECK(get(*sub) == "y");
  for (const auto& each : {a, b, sub})
    names.leave(each);
}

TEST_CASE("what a poll has read ahead is a waiting receiver's") {
  const auto sub = make_gate(socket_type::sub);
  const auto pipe = *accept(*sub, "", true);
  REQUIRE_FALSE(sub->subscribe("", true));
  receiver waits(*sub);
  batch one = batch_of({"large"});
  REQUIRE(sub->deliver(pipe, one, false)); // whoever waits is called later
  (void)sub->poll(actors::poll_in, nullptr);
  sub->call_receiver();
  waits.join();
  CHECK_FALSE(waits.why);
  CHECK(joined(waits.got) == "large");
}

TEST_CASE("who was evicted and comes back has its name again") {
  socket_options options;
  options.router_handover = true;
  gate router(socket_type::router, options);
  const auto bell = std::make_shared<counting_bell>();
  const auto first = *router.attach({});
  REQUIRE(router.plug(first, bell, nullptr, {"a", false}));
  const auto second = *accept(router, "a");
  CHECK(router.fate(first) == actors::pipe_fate::evicted);
  batch none;
  router.unplug(first, none);
  router.detach(second, none);
  REQUIRE(router.plug(first, bell, nullptr, {"a", false}));
  CHECK(router.fate(first) == actors::pipe_fate::stays);
  REQUIRE_FALSE(router.send(message{"a", "x"}, patience::never()));
  CHECK(taken(router, first) == std::vector<std::string>{"x"});
}

TEST_CASE("on inproc an evicted peer is let go of") {
  actors::inproc_registry names;
  socket_options called;
  called.routing_id = "a";
  socket_options handover;
  handover.router_handover = true;
  const auto router = std::make_shared<gate>(socket_type::router, handover);
  const auto first = std::make_shared<gate>(socket_type::dealer, called);
  const auto second = std::make_shared<gate>(socket_type::dealer, called);
  REQUIRE_FALSE(names.bind("r", router));
  REQUIRE_FALSE(names.connect("r", first));
  REQUIRE_FALSE(names.connect("r", second));
  CHECK(put(*first, "to nobody") == errc::again);
  REQUIRE_FALSE(put(*second, "question"));
  CHECK(get(*router) == "a|question");
  CHECK(get(*router) == "-");
  for (const auto& each : {router, first, second})
    names.leave(each);
}

TEST_CASE("a REQ is told that its inproc server went while it waits") {
  actors::inproc_registry names;
  const auto req = make_gate(socket_type::req);
  const auto rep = make_gate(socket_type::rep);
  REQUIRE_FALSE(names.bind("n", rep));
  REQUIRE_FALSE(names.connect("n", req));
  REQUIRE_FALSE(put(*req, "question"));
  CHECK(get(*rep) == "question");
  receiver waits(*req);
  names.leave(rep);
  waits.join();
  CHECK(waits.why == errc::connection_reset);
  names.leave(req);
}

TEST_CASE("a REQ is told that its server went, behind what was stale") {
  socket_options options;
  options.req_relaxed = options.req_correlate = true;
  gate req(socket_type::req, options);
  const auto pipe = *req.attach({});
  const auto bell = std::make_shared<counting_bell>();
  REQUIRE(req.plug(pipe, bell, nullptr));
  REQUIRE_FALSE(put(req, "question"));
  CHECK(taken(req, pipe).size() == 1);
  comes(req, pipe, message{"no envelope"});
  batch none;
  req.unplug(pipe, none);
  CHECK(get(req) == "!" + make_error_code(errc::connection_reset).message());
}

} // namespace zmqrt::test
