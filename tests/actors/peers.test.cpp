// SPDX-License-Identifier: MPL-2.0
//
// What a socket tells of its peers: who they are, where, and whether they can
// take a message.

#include <atomic>
#include <thread>

#include "tests/actors/fixture.hpp"
#include "tests/support/eventually.hpp"

namespace zmqrt::test {

TEST_CASE("peers: a ROUTER knows who it hears") {
  ON_EVERY(where, places());
  scene it{where};
  auto router = it.open(socket_type::router);
  auto dealer = it.open(socket_type::dealer);
  dealer.set(option::routing_id, "ann");
  dealer.set(option::metadata, "X-colour:blue");
  CHECK(router.peers().empty());
  CHECK_FALSE(router.peer_info("ann"));
  const auto endpoint = router.bind(it.fresh());
  dealer.connect(endpoint);
  dealer.send("hello");
  const auto hello = router.recv();
  const auto ann = router.peer_info(hello[0].view());
  REQUIRE(ann);
  CHECK(ann->routing_id == "ann");
  CHECK(ann->writable);
  CHECK(ann->property("Socket-Type") == "DEALER");
  CHECK(ann->property("Routing-Id") == "ann");
  CHECK(ann->protocol == (it.is_wire() ? "ZMTP/3.1" : "inproc"));
  CHECK(ann->endpoint.starts_with(where.transport));
  if (it.is_wire()) // no METADATA on inproc, as in libzmq
    CHECK(ann->property("x-colour") == hello.property("X-Colour"));
  REQUIRE(router.peers().size() == 1);
  CHECK(router.peers()[0].routing_id == "ann");

  REQUIRE(dealer.peers().size() == 1);
  CHECK(dealer.peers()[0].property("Socket-Type") == "ROUTER");
  if (where.transport != "ipc") // there the file's name is all there is
    CHECK(dealer.peers()[0].endpoint == endpoint);
  dealer.close();
  eventually_is([&] { return router.peers().empty(); }, true);
  CHECK_FALSE(router.peer_info("ann"));
}

TEST_CASE("peers: one that does not read cannot take more") {
  ON_EVERY(where, places());
  scene it{where};
  auto router = it.open(socket_type::router);
  auto dealer = it.open(socket_type::dealer);
  router.set(option::router_mandatory, true);
  router.set(option::sndhwm, 2);
  dealer.set(option::rcvhwm, 2);
  dealer.set(option::routing_id, "ann");
  dealer.connect(router.bind(it.fresh()));
  dealer.send("hello");
  (void)router.recv();
  message large{"ann"};
  large.push_back(frame::uninitialized(1'000'000));
  std::size_t sent = 0;
  // The kernel takes some, a while later.
  eventually_is(
    [&] {
      while (router.try_send(large))
        ++sent;
      return !router.peer_info("ann")->writable;
    },
    true);
  for (; sent != 0; --sent)
    REQUIRE(dealer.recv().bytes() == 1'000'000);
  eventually_is([&] { return router.peer_info("ann")->writable; }, true);
}

TEST_CASE("peers: a SERVER's are known by their numbers") {
  ON_EVERY(where, places());
  scene it{where};
  auto server = it.open(socket_type::server);
  auto client = it.open(socket_type::client);
  client.connect(server.bind(it.fresh()));
  client.send("hello");
  const auto id = server.recv().routing_id();
  const auto known = server.peer_info(id);
  REQUIRE(known);
  CHECK(known->routing_number == id);
  CHECK(known->property("Socket-Type") == "CLIENT");
  CHECK_FALSE(server.peer_info(id + 1));
  CHECK_FALSE(client.peer_info(id));
}

TEST_CASE("peers: of other types they are known by what they call themselves") {
  ON_EVERY(where, places());
  scene it{where};
  auto rep = it.open(socket_type::rep);
  auto req = it.open(socket_type::req);
  req.set(option::routing_id, "bob");
  req.connect(rep.bind(it.fresh()));
  req.send("question");
  (void)rep.recv();
  REQUIRE(rep.peer_info("bob"));
  CHECK(rep.peer_info("bob")->property("Socket-Type") == "REQ");
  CHECK_FALSE(rep.peer_info("ann"));
}

TEST_CASE("peers: those that are not there yet, or no more, do not show") {
  ON_EVERY(where, places());
  scene it{where};
  const auto endpoint = it.vacant();
  auto push = it.eager_push();
  push.connect(endpoint);
  CHECK(push.peers().empty());
  auto pull = it.pull();
  (void)pull.bind(endpoint);
  eventually_is([&] { return push.peers().size() == 1; }, true);
  CHECK(push.peers()[0].writable);
  eventually_is([&] { return pull.peers().size() == 1; }, true);
  CHECK_FALSE(pull.peers()[0].writable);
  pull.close();
  eventually_is([&] { return push.peers().empty(); }, true);
  CHECK(code_of([&] { (void)pull.peers(); }) == errc::not_a_socket);
  CHECK(code_of([&] { (void)socket{}.peers(); }) == errc::not_a_socket);
}

TEST_CASE("peers: looked at while they come and go") {
  ON_EVERY(where, places());
  scene it{where};
  auto router = it.open(socket_type::router);
  const auto endpoint = router.bind(it.fresh());
  std::atomic<bool> over{false};
  std::size_t most = 0;
  std::thread looking{[&] {
    while (!over)
      for (const auto& each : router.peers()) {
        most = std::max(most, each.routing_id.size());
        (void)router.peer_info(each.routing_id);
      }
  }};
  for (int round = 0; round < 20; ++round) {
    std::vector<socket> clients(10);
    for (auto& client : clients) {
      client = it.open(socket_type::dealer);
      client.connect(endpoint);
      client.send("hello");
    }
    for (std::size_t i = 0; i < clients.size(); ++i) {
      auto hello = router.recv();
      CHECK(router.peer_info(hello[0].view()));
      router.send(std::move(hello));
    }
    for (auto& client : clients)
      CHECK(client.recv().str() == "hello");
  }
  eventually_is([&] { return router.peers().empty(); }, true);
  over = true;
  looking.join();
  CHECK(most <= 5);
}

} // namespace zmqrt::test
