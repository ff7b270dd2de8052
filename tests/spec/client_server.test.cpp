// SPDX-License-Identifier: MPL-2.0
//
// RFC 41 (CLISRV), and RFC 51 (P2P) where it says more, clause by clause, over
// bare pipes and inproc.

#include <set>

#include "actors/gate/inproc_registry.hpp"
#include "libzmqrt/patterns/server.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/gate/fixtures.hpp"

using namespace zmqrt;
using namespace zmqrt::test;
using texts = std::vector<std::string>;

namespace {

message came(gate& from) {
  message next;
  REQUIRE_FALSE(from.recv(next, patience::never()));
  return next;
}

/// The routing id of that pipe, by what comes from there.
std::uint32_t route_of(gate& at, pipe_id pipe) {
  batch one = batch_of({"?"});
  REQUIRE(at.deliver(pipe, one));
  return came(at).routing_id();
}

std::error_code put_to(gate& into, std::uint32_t route, std::string_view text,
                       patience wait = patience::never()) {
  message what{text};
  what.set_routing_id(route);
  return into.send(what, wait);
}

} // namespace

// -- CLIENT -------------------------------------------------------------------

TEST_CASE("41.CLIENT.1 any number of SERVER peers, both ways") {
  const auto client = make_gate(socket_type::client);
  const auto a = *accept(*client);
  const auto b = *accept(*client);
  CHECK(fill(*client, 4) == 4);
  batch one = batch_of({"from b"});
  REQUIRE(client->deliver(b, one));
  CHECK(get(*client) == "from b");
  CHECK(taken(*client, a) == texts{"0", "2"});
  CHECK(compatible(socket_type::client, socket_type::server));
  CHECK_FALSE(compatible(socket_type::client, socket_type::client));
  CHECK_FALSE(compatible(socket_type::client, socket_type::router));
}

TEST_CASE("41.CLIENT.2 a double queue is there without a connection") {
  actors::inproc_registry names;
  const auto client = make_gate(socket_type::client);
  REQUIRE_FALSE(names.connect("later", client));
  CHECK(fill(*client, 2) == 2);
  const auto server = make_gate(socket_type::server);
  REQUIRE_FALSE(names.bind("later", server));
  CHECK(came(*server).str() == "0");
  CHECK(came(*server).str() == "1");
  names.leave(client);
  names.leave(server);
}

TEST_CASE("41.CLIENT.3 queue sizes are limited by an option") {
  const auto client = make_gate(socket_type::client, 3);
  (void)*accept(*client);
  CHECK(fill(*client) == 3);
}

TEST_CASE("41.CLIENT.4 messages go round robin to those with room") {
  const auto client = make_gate(socket_type::client, 1);
  const auto a = *accept(*client);
  const auto b = *accept(*client);
  CHECK(fill(*client) == 2);
  CHECK(taken(*client, b) == texts{"1"});
  CHECK(fill(*client) == 1);
  CHECK(taken(*client, a) == texts{"0"});
}

TEST_CASE("41.CLIENT.5 a send without an available peer is an error") {
  const auto client = make_gate(socket_type::client);
  CHECK(put(*client, "x") == errc::again);
  const auto pipe = *accept(*client);
  CHECK(taken(*client, pipe).empty()); // it was not accepted
}

TEST_CASE("41.CLIENT.6 messages are read from each peer in turn") {
  const auto client = make_gate(socket_type::client);
  for (const char* name : {"a", "b"}) {
    batch two = batch_of({std::string{name} + "1", std::string{name} + "2"});
    REQUIRE(client->deliver(*accept(*client), two));
  }
  for (const char* next : {"a1", "b1", "a2", "b2"})
    CHECK(get(*client) == next);
}

// -- SERVER -------------------------------------------------------------------

TEST_CASE("41.SERVER.1 each queue has a routing id, unique and not 0") {
  const auto type = GENERATE(socket_type::server, socket_type::peer);
  const auto server = make_gate(type);
  std::set<std::uint32_t> ids;
  for (int i = 0; i < 100; ++i)
    ids.insert(route_of(*server, *accept(*server)));
  CHECK(ids.size() == 100);
  CHECK_FALSE(ids.contains(0));
}

TEST_CASE("41.SERVER.2 a message goes to the queue of its routing id") {
  const auto type = GENERATE(socket_type::server, socket_type::peer);
  const auto server = make_gate(type);
  const auto a = *accept(*server);
  const auto b = *accept(*server);
  REQUIRE_FALSE(put_to(*server, route_of(*server, b), "for b"));
  CHECK(taken(*server, a).empty());
  CHECK(taken(*server, b) == texts{"for b"});
}

TEST_CASE("41.SERVER.3 a queue that does not exist is an error") {
  const auto server = make_gate(socket_type::server);
  CHECK(put(*server, "no id") == errc::host_unreachable);
  const auto pipe = *accept(*server);
  const auto route = route_of(*server, pipe);
  CHECK(put_to(*server, route + 1, "nobody") == errc::host_unreachable);
  batch none;
  server->detach(pipe, none);
  CHECK(put_to(*server, route, "gone") == errc::host_unreachable);
}

TEST_CASE("41.SERVER.4 a full queue makes the send wait, and loses nothing") {
  const auto server = make_gate(socket_type::server, 1);
  const auto full = *accept(*server);
  const auto other = *accept(*server);
  const auto route = route_of(*server, full);
  REQUIRE_FALSE(put_to(*server, route, "first"));
  CHECK(put_to(*server, route, "second") == errc::again);
  CHECK(put_to(*server, route, "second", {1'000'000}) == errc::again);
  REQUIRE_FALSE(put_to(*server, route_of(*server, other), "not blocked"));
  CHECK(taken(*server, full) == texts{"first"});
  REQUIRE_FALSE(put_to(*server, route, "second"));
  CHECK(taken(*server, full) == texts{"second"});
}

TEST_CASE("41.SERVER.5 messages are read from each peer in turn") {
  const auto server = make_gate(socket_type::server);
  for (const char* name : {"a", "b"}) {
    batch two = batch_of({std::string{name} + "1", std::string{name} + "2"});
    REQUIRE(server->deliver(*accept(*server), two));
  }
  for (const char* next : {"a1", "b1", "a2", "b2"})
    CHECK(get(*server) == next);
}

TEST_CASE("41.SERVER.6 what a peer sent before it went has its routing id") {
  const auto server = make_gate(socket_type::server);
  const auto pipe = *accept(*server);
  const auto route = route_of(*server, pipe);
  batch one = batch_of({"last words"});
  REQUIRE(server->deliver(pipe, one));
  batch none;
  server->detach(pipe, none);
  CHECK(came(*server).routing_id() == route);
}

TEST_CASE("41.SERVER.7 the id of a connect's queue outlives connections") {
  const auto server = make_gate(socket_type::server);
  const auto pipe = *server->attach({});
  REQUIRE(server->plug(pipe, nullptr, nullptr));
  const auto route = route_of(*server, pipe);
  batch none;
  server->unplug(pipe, none);
  REQUIRE_FALSE(put_to(*server, route, "while away"));
  REQUIRE(server->plug(pipe, nullptr, nullptr));
  CHECK(route_of(*server, pipe) == route);
  CHECK(taken(*server, pipe) == texts{"while away"});
}

// -- all of one frame ---------------------------------------------------------

TEST_CASE("41.ALL.1 a message has one frame") {
  const auto type =
    GENERATE(socket_type::client, socket_type::server, socket_type::peer,
             socket_type::scatter, socket_type::channel, socket_type::radio);
  const auto socket = make_gate(type);
  (void)*accept(*socket);
  CHECK(socket->send(message{"a", "b"}, patience::never())
        == errc::invalid_argument);
  std::vector<message> two{message{"a", "b"}, message{"c"}};
  std::size_t sent = 7;
  CHECK(socket->send_batch(two, patience::never(), sent)
        == errc::invalid_argument);
  CHECK(sent == 0);
}

// -- PEER ---------------------------------------------------------------------

TEST_CASE("51.PEER.1 any number of PEER peers") {
  CHECK(compatible(socket_type::peer, socket_type::peer));
  CHECK_FALSE(compatible(socket_type::peer, socket_type::server));
  CHECK_FALSE(compatible(socket_type::peer, socket_type::client));
}

TEST_CASE("51.PEER.2 connecting tells the routing id") {
  const auto peer = make_gate(socket_type::peer);
  const auto route = patterns::route_of_name(peer->reserve_name());
  REQUIRE(route != 0);
  const auto pipe = *peer->attach(peer->connect_setup());
  REQUIRE_FALSE(put_to(*peer, route, "early"));
  REQUIRE(peer->plug(pipe, nullptr, nullptr, {"a name of its own", true}));
  CHECK(route_of(*peer, pipe) == route);
  CHECK(taken(*peer, pipe) == texts{"early"});
  // The next one is another's.
  CHECK(patterns::route_of_name(peer->reserve_name()) != route);
}

TEST_CASE("51.PEER.3 a peer does not choose its routing id") {
  const auto peer = make_gate(socket_type::peer);
  actors::pipe_setup setup;
  setup.peer.emplace().routing_id = patterns::name_of_route(4711);
  const auto pipe = *peer->attach(std::move(setup));
  CHECK(route_of(*peer, pipe) != 4711);
}
