// SPDX-License-Identifier: MPL-2.0
//
// What a gate tells of its peers: only of those that are connected, by the
// names that the pattern reaches them by.

#include "actors/gate/inproc_registry.hpp"
#include "libzmqrt/patterns/server.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/gate/fixtures.hpp"

using namespace zmqrt;
using namespace zmqrt::test;
using actors::inproc_registry;

namespace {

pipe_id accept_known(gate& at, const std::string& name,
                     std::string endpoint = "tcp://127.0.0.1:1") {
  actors::pipe_setup setup;
  setup.bell = std::make_shared<counting_bell>();
  setup.peer = facts(name, std::move(endpoint));
  return *at.attach(std::move(setup));
}

std::vector<std::string> names(const gate& of) {
  std::vector<std::string> all;
  for (const auto& each : of.peers())
    all.push_back(each.routing_id);
  return all;
}

using texts = std::vector<std::string>;

} // namespace

TEST_CASE("a ROUTER's peers are told by the names that reach them") {
  const auto router = make_gate(socket_type::router, 1);
  CHECK(router->peers().empty());
  const auto a = accept_known(*router, "a", "tcp://127.0.0.1:7");
  accept_known(*router, "");
  const auto all = router->peers();
  REQUIRE(all.size() == 2);
  CHECK(all[0].routing_id == "a");
  CHECK(all[0].routing_number == 0);
  CHECK(all[0].endpoint == "tcp://127.0.0.1:7");
  CHECK(all[0].protocol == "ZMTP/3.1");
  CHECK(all[0].property("x-COLOUR") == "blue");
  CHECK(all[0].properties().size() == 2);
  CHECK_FALSE(all[0].has_property("User-Id"));
  CHECK_THROWS_AS(all[0].property("User-Id"), error);
  // The other one has the name that it was given here.
  REQUIRE(all[1].routing_id.size() == 5);
  CHECK(router->find_peer(all[1].routing_id));
  REQUIRE(router->find_peer("a"));
  CHECK_FALSE(router->find_peer("nobody"));
  CHECK_FALSE(router->find_peer(""));
  CHECK_FALSE(router->find_peer(1U));

  CHECK(router->find_peer("a")->writable);
  REQUIRE_FALSE(router->send(message{"a", "x"}, patience::never()));
  CHECK_FALSE(router->find_peer("a")->writable);
  (void)taken(*router, a);
  CHECK(router->find_peer("a")->writable);
}

TEST_CASE("only peers that are connected are told of") {
  const auto dealer = make_gate(socket_type::dealer);
  const auto pipe = *dealer->attach({}); // a connect that is pending
  batch none;
  CHECK(dealer->peers().empty());
  const auto bell = std::make_shared<counting_bell>();
  dealer->plug(pipe, bell, nullptr, facts("first", "tcp://127.0.0.1:1"));
  CHECK(names(*dealer) == texts{"first"});
  dealer->unplug(pipe, none);
  CHECK(dealer->peers().empty());
  CHECK_FALSE(dealer->find_peer("first"));
  dealer->plug(pipe, bell, nullptr, facts("second", "tcp://127.0.0.1:1"));
  CHECK(names(*dealer) == texts{"second"});
  CHECK(dealer->find_peer("second"));
  comes(*dealer, pipe, message{"unread"});
  dealer->detach(pipe, none);
  CHECK(dealer->peers().empty());
  CHECK_FALSE(dealer->find_peer("second"));
}

TEST_CASE("who has lost its name to another is not told of") {
  socket_options options;
  options.router_handover = true;
  gate router(socket_type::router, options);
  accept_known(router, "a", "tcp://127.0.0.1:1");
  accept_known(router, "a", "tcp://127.0.0.1:2");
  REQUIRE(router.peers().size() == 1);
  CHECK(router.peers()[0].endpoint == "tcp://127.0.0.1:2");
  CHECK(router.find_peer("a")->endpoint == "tcp://127.0.0.1:2");
}

TEST_CASE("a SERVER's peers are told by their numbers") {
  const auto server = make_gate(socket_type::server);
  const auto pipe = accept_known(*server, "its own name");
  comes(*server, pipe, message{"hello"});
  message got;
  REQUIRE_FALSE(server->recv(got, patience::never()));
  REQUIRE(server->peers().size() == 1);
  CHECK(server->peers()[0].routing_number == got.routing_id());
  CHECK(server->peers()[0].routing_id.empty());
  CHECK(server->find_peer(got.routing_id()));
  CHECK_FALSE(server->find_peer(got.routing_id() + 1));
  CHECK_FALSE(server->find_peer(0U));
  CHECK_FALSE(server->find_peer(patterns::name_of_route(got.routing_id())));
  CHECK_FALSE(server->find_peer("its own name"));
}

TEST_CASE("nothing can be sent to a PULL's peer") {
  const auto pull = make_gate(socket_type::pull);
  accept_known(*pull, "");
  REQUIRE(pull->peers().size() == 1);
  CHECK_FALSE(pull->peers()[0].writable);
  CHECK(pull->peers()[0].routing_id.empty());
}

TEST_CASE("inproc peers are told of, without handshakes") {
  inproc_registry names_here;
  socket_options named;
  named.routing_id = "me";
  const auto router = make_gate(socket_type::router);
  const auto dealer = std::make_shared<gate>(socket_type::dealer, named);
  REQUIRE_FALSE(names_here.connect("room", dealer));
  CHECK(dealer->peers().empty());
  REQUIRE_FALSE(names_here.bind("room", router));
  REQUIRE(dealer->peers().size() == 1);
  CHECK(dealer->peers()[0].property("Socket-Type") == "ROUTER");
  const auto seen = router->find_peer("me");
  REQUIRE(seen);
  CHECK(seen->endpoint == "inproc://room");
  CHECK(seen->protocol == "inproc");
  CHECK(seen->property("Socket-Type") == "DEALER");
  names_here.leave(dealer);
  CHECK(router->peers().empty());
  names_here.leave(router);
}
