// SPDX-License-Identifier: MPL-2.0
//
// CLIENT SERVER PEER RADIO DISH SCATTER GATHER CHANNEL as sockets: what their
// patterns leave to the runtime (handshakes, joins as commands, routing ids
// that connect_peer() tells), on every transport and backend.

#include <map>
#include <thread>

#include "tests/actors/fixture.hpp"
#include "tests/actors/raw_peer.hpp"
#include "tests/support/eventually.hpp"

namespace zmqrt::test {

namespace {

message to_peer(std::uint32_t route, std::string_view text) {
  message what{text};
  what.set_routing_id(route);
  return what;
}

message to_group(std::string_view group, std::string_view text) {
  message what{text};
  what.set_group(group);
  return what;
}

} // namespace

TEST_CASE("single: a SERVER answers each of its CLIENTs") {
  ON_EVERY(where, places());
  scene it{where};
  auto server = it.open(socket_type::server);
  const auto endpoint = server.bind(it.fresh());
  std::vector<socket> clients;
  for (int i = 0; i < 5; ++i) {
    clients.push_back(it.open(socket_type::client));
    clients.back().connect(endpoint);
    clients.back().send(std::to_string(i));
  }
  std::map<std::string, std::uint32_t> routes;
  for (int i = 0; i < 5; ++i) {
    const auto asked = server.recv();
    CHECK(asked.routing_id() != 0);
    routes[asked.str()] = asked.routing_id();
  }
  REQUIRE(routes.size() == 5);
  for (const auto& [name, route] : routes)
    for (int i = 0; i < 100; ++i) // not one reply, as with REP
      server.send(to_peer(route, "for " + name));
  for (int i = 0; i < 5; ++i)
    for (int k = 0; k < 100; ++k)
      REQUIRE(clients[static_cast<std::size_t>(i)].recv().str()
              == "for " + std::to_string(i));
  CHECK(code_of([&] { server.send("to nobody"); }) == errc::host_unreachable);
  CHECK(code_of([&] {
          server.send(message{"a", "b"});
        })
        == errc::invalid_argument);
}

TEST_CASE("single: a SERVER loses a CLIENT") {
  ON_EVERY(where, places());
  scene it{where};
  auto server = it.open(socket_type::server);
  auto client = it.open(socket_type::client);
  client.connect(server.bind(it.fresh()));
  client.send("hello");
  const auto route = server.recv().routing_id();
  client.close();
  eventually_is(
    [&] { return code_of([&] { server.send(to_peer(route, "?")); }); },
    make_error_code(errc::host_unreachable));
}

TEST_CASE("single: PEERs speak to whom they connected") {
  ON_EVERY(where, places());
  scene it{where};
  auto one = it.open(socket_type::peer);
  auto other = it.open(socket_type::peer);
  const auto endpoint = one.bind(it.fresh());
  const auto route = other.connect_peer(endpoint);
  REQUIRE(route != 0);
  other.send(to_peer(route, "hello"));
  const auto asked = one.recv();
  CHECK(asked.str() == "hello");
  one.send(to_peer(asked.routing_id(), "hello yourself"));
  const auto answer = other.recv();
  CHECK(answer.str() == "hello yourself");
  CHECK(answer.routing_id() == route);
  CHECK(other.connect_peer(endpoint) != route);
}

TEST_CASE("single: connect_peer before there is anybody") {
  ON_EVERY(where, places());
  scene it{where};
  auto peer = it.open(socket_type::peer);
  peer.set(option::reconnect_ivl, milliseconds{1});
  const auto endpoint = it.vacant();
  const auto route = peer.connect_peer(endpoint);
  peer.send(to_peer(route, "early"));
  auto other = it.open(socket_type::peer);
  eventually_is([&] { return code_of([&] { (void)other.bind(endpoint); }); },
                std::error_code{});
  CHECK(other.recv().str() == "early");
}

TEST_CASE("single: connect_peer refuses") {
  ON_EVERY(where, places());
  scene it{where};
  auto client = it.open(socket_type::client);
  CHECK(code_of([&] { (void)client.connect_peer(it.vacant()); })
        == errc::not_supported);
  auto peer = it.open(socket_type::peer);
  CHECK(code_of([&] { (void)peer.connect_peer("nowhere"); })
        == errc::invalid_argument);
  peer.set(option::immediate, true);
  CHECK(code_of([&] { (void)peer.connect_peer(it.vacant()); })
        == errc::invalid_argument);
}

TEST_CASE("single: a RADIO sends to those who joined, both ways to connect") {
  ON_EVERY(where, places());
  scene it{where};
  const auto radio_binds = GENERATE(true, false);
  CAPTURE(radio_binds);
  auto radio = it.open(socket_type::radio);
  auto dish = it.open(socket_type::dish);
  dish.join("before");
  if (radio_binds)
    dish.connect(radio.bind(it.fresh()));
  else
    radio.connect(dish.bind(it.fresh()));
  dish.join("after");
  // A RADIO tells nobody who has joined: until it is heard.
  std::optional<message> heard;
  const auto hears = [&] {
    radio.send(to_group("after", "is it there?"));
    heard = dish.recv_for(milliseconds{1});
    return heard.has_value();
  };
  eventually_is(hears, true);
  CHECK(heard->group() == "after");
  radio.send(to_group("bef", "no prefix"));
  radio.send(to_group("other", "nobody"));
  radio.send(to_group("before", "end"));
  message last = dish.recv();
  while (last.group() == "after")
    last = dish.recv();
  CHECK(last.str() == "end");
  CHECK(last.group() == "before");
  dish.leave("before");
  radio.send(to_group("before", "filtered, at either end"));
  radio.send(to_group("after", "still"));
  CHECK(dish.recv().str() == "still");
}

TEST_CASE("single: joins survive a reconnect") {
  ON_EVERY(where, wires());
  scene it{where};
  auto dish = it.open(socket_type::dish);
  dish.set(option::reconnect_ivl, milliseconds{1});
  dish.set(option::sndhwm, 2);
  for (int i = 0; i < 100; ++i)
    dish.join("group " + std::to_string(i));
  auto first = it.open(socket_type::radio);
  const auto endpoint = first.bind(it.fresh());
  dish.connect(endpoint);
  const auto heard_from = [&](socket& radio) {
    radio.send(to_group("group 99", "x"));
    return dish.recv_for(milliseconds{1}).has_value();
  };
  eventually_is([&] { return heard_from(first); }, true);
  first.close();
  auto second = it.open(socket_type::radio);
  eventually_is([&] { return code_of([&] { (void)second.bind(endpoint); }); },
                std::error_code{});
  while (dish.try_recv()) {
  }
  eventually_is([&] { return heard_from(second); }, true);
}

TEST_CASE("single: groups are a DISH's, and joined once") {
  scene it{places().front()};
  auto dish = it.open(socket_type::dish);
  dish.join("g");
  CHECK(code_of([&] { dish.join("g"); }) == errc::invalid_argument);
  CHECK(code_of([&] { dish.leave("h"); }) == errc::invalid_argument);
  CHECK(code_of([&] { dish.join(std::string(256, 'g')); })
        == errc::invalid_argument);
  CHECK(code_of([&] { dish.send("x"); }) == errc::not_supported);
  auto radio = it.open(socket_type::radio);
  CHECK(code_of([&] { radio.join("g"); }) == errc::not_supported);
  CHECK(code_of([&] { (void)radio.recv(); }) == errc::not_supported);
  dish.close();
  CHECK(code_of([&] { dish.join("x"); }) == errc::not_a_socket);
}

TEST_CASE("single: SCATTER deals to GATHERs, a CHANNEL speaks both ways") {
  ON_EVERY(where, places());
  scene it{where};
  auto scatter = it.open(socket_type::scatter);
  auto gather = it.open(socket_type::gather);
  scatter.connect(gather.bind(it.fresh()));
  for (int i = 0; i < 1000; ++i)
    scatter.send(std::to_string(i));
  for (int i = 0; i < 1000; ++i)
    REQUIRE(gather.recv().str() == std::to_string(i));
  auto left = it.open(socket_type::channel);
  auto right = it.open(socket_type::channel);
  left.connect(right.bind(it.fresh()));
  left.send("over");
  CHECK(right.recv().str() == "over");
  right.send("out");
  CHECK(left.recv().str() == "out");
}

TEST_CASE("single: many threads share one socket") {
  ON_EVERY(where, places());
  scene it{where};
  auto server = it.open(socket_type::server);
  auto client = it.open(socket_type::client);
  client.connect(server.bind(it.fresh()));
  constexpr int threads = 4;
  constexpr int each = 200;
  std::vector<std::thread> all;
  for (int i = 0; i < threads; ++i) {
    all.emplace_back([server]() mutable {
      for (int k = 0; k < each; ++k) {
        auto asked = server.recv();
        server.send(std::move(asked)); // its routing id leads back
      }
    });
    all.emplace_back([client]() mutable {
      for (int k = 0; k < each; ++k)
        client.send("ping");
    });
  }
  for (int k = 0; k < threads * each; ++k)
    REQUIRE(client.recv().str() == "ping");
  for (auto& one : all)
    one.join();
}

TEST_CASE("single: a peer that sends more than one frame is disconnected") {
  ON_EVERY(where, wires());
  scene it{where};
  auto gather = it.open(socket_type::gather);
  auto events = gather.monitor();
  raw_peer peer{gather.bind(it.fresh())};
  const auto text = [](std::string_view bytes) { return std::string{bytes}; };
  // The greeting of 3.1 with NULL, and READY.
  std::string bytes = "\xff" + std::string(8, '\0') + "\x7f\x03\x01" + "NULL"
                      + std::string(48, '\0');
  const std::string ready =
    "\x05READY\x0bSocket-Type" + std::string(3, '\0') + "\x07SCATTER";
  bytes += "\x04" + std::string(1, static_cast<char>(ready.size())) + ready;
  bytes += text({"\x00\x01z", 3}); // one frame
  bytes += text({"\x01\x01"
                 "a"
                 "\x00\x01"
                 "b",
                 6}); // MORE
  REQUIRE(peer.write(bytes));
  CHECK(gather.recv().str() == "z");
  await(events, event_kind::disconnected);
  CHECK_FALSE(gather.try_recv());
}

} // namespace zmqrt::test
