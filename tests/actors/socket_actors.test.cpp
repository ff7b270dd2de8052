// SPDX-License-Identifier: MPL-2.0
//
// Sockets as actors: each verb as a message, what they answer to misuse, and
// the same socket in handles and actors at once.

#include "tests/actors/actor_scene.hpp"

namespace zmqrt::test {

using namespace std::chrono_literals;

TEST_CASE("socket actors: messages go from actor to actor") {
  ON_EVERY(where, places());
  actor_scene it{where};
  const auto pull = it.spawn(socket_type::pull);
  const auto push = it.spawn(socket_type::push);
  const auto endpoint = it.bind(pull);
  it.must(push, verb::connect{endpoint});
  const bool batches = GENERATE(false, true);
  if (batches)
    it.must(pull, verb::receive_batches{it.self, 16, 64});
  else
    it.must(pull, verb::receive{it.self, 10});
  constexpr std::size_t count = 1000;
  for (std::size_t i = 0; i < count; ++i)
    it.self->send(push, verb::send{message{numbered(i)}});
  std::size_t next = 0;
  while (next < count) {
    bool came = false;
    it.self->receive(
      [&](message& what) {
        came = !batches && what.str() == numbered(next);
        ++next;
      },
      [&](std::vector<message>& run) {
        came = batches && !run.empty() && run.size() <= 16;
        for (const auto& each : run)
          came = came && each.str() == numbered(next++);
      },
      caf::after(patience) >> [] {});
    REQUIRE(came);
  }
  const auto counted = it.ask<socket_statistics>(pull, verb::statistics{});
  REQUIRE(counted.value);
  CHECK(counted.value->received.messages == count);
  const auto peers = it.ask<std::vector<peer_info>>(pull, verb::peers{});
  REQUIRE(peers.value);
  CHECK(peers.value->size() == 1);
}

TEST_CASE("socket actors: batches are sent whole, or say how far they went") {
  ON_EVERY(where, over_tcp());
  actor_scene it{where};
  const auto pull = it.spawn(socket_type::pull);
  const auto push = it.spawn(socket_type::push);
  it.must(push, verb::connect{it.bind(pull)});
  std::vector<message> run;
  for (std::size_t i = 0; i < 500; ++i)
    run.emplace_back(numbered(i));
  CHECK(it.ask<std::size_t>(push, verb::send_batch{run}).value == 500U);
  it.must(pull, verb::receive{it.self});
  for (std::size_t i = 0; i < 500; ++i)
    REQUIRE(it.next().str() == numbered(i));
  SECTION("one that is none") {
    run.resize(3);
    run[2] = message{};
    const auto got = it.ask<std::size_t>(push, verb::send_batch{run});
    CHECK(got.code() == errc::invalid_argument);
    CHECK(explain(got.why).find("2 of 3") != std::string::npos);
    CHECK(it.next().str() == numbered(0));
    CHECK(it.next().str() == numbered(1));
  }
}

TEST_CASE("socket actors: options are set, and told") {
  ON_EVERY(where, over_tcp());
  actor_scene it{where};
  const auto sub = it.spawn(socket_type::sub, {{option::rcvhwm, 7}});
  const auto got = it.ask<option_value>(sub, verb::get{option::rcvhwm});
  REQUIRE(got.value);
  CHECK(*got.value == option_value{7});
  it.must(sub, verb::set{option::subscribe, "weather"});
  const auto pub = it.spawn(socket_type::xpub);
  it.must(pub, verb::receive{it.self});
  it.must(sub, verb::connect{it.bind(pub)});
  CHECK(it.next().str() == "\1weather");
  const auto wrong = it.tell(sub, verb::set{option::rcvhwm, -4});
  CHECK(code_of(wrong) == errc::invalid_argument);
  CHECK(explain(wrong).find("rcvhwm") != std::string::npos);
  CHECK_THROWS_AS(it.spawn(socket_type::sub, {{option::rcvhwm, -4}}), error);
  // Numbers that are no option of ours.
  verb::set unknown{option::rcvhwm, 1};
  unknown.option = 4711;
  CHECK(code_of(it.tell(sub, unknown)) == errc::invalid_argument);
  verb::get unknown_too{option::rcvhwm};
  unknown_too.option = 4711;
  CHECK(it.ask<option_value>(sub, unknown_too).code()
        == errc::invalid_argument);
}

TEST_CASE("socket actors: endpoints come, go, and are refused") {
  ON_EVERY(where, places());
  actor_scene it{where};
  const auto pull = it.spawn(socket_type::pull);
  const auto endpoint = it.bind(pull);
  CHECK(it.ask<std::string>(pull, verb::bind{endpoint}).code()
        == errc::address_in_use);
  it.must(pull, verb::unbind{endpoint});
  CHECK(it.ask<std::string>(pull, verb::bind{endpoint}).value == endpoint);
  CHECK(code_of(it.tell(pull, verb::unbind{"tcp://127.0.0.1:1"}))
        == errc::no_such_endpoint);
  const auto push = it.spawn(socket_type::push);
  it.must(push, verb::connect{endpoint});
  it.must(push, verb::disconnect{endpoint});
  CHECK(code_of(it.tell(push, verb::disconnect{endpoint}))
        == errc::no_such_endpoint);
  CHECK(code_of(it.tell(push, verb::connect{"gopher://x"}))
        == errc::protocol_not_supported);
  CHECK(it.ask<std::uint32_t>(push, verb::connect_peer{endpoint}).code()
        == errc::not_supported);
}

TEST_CASE("socket actors: what a type does not do is an error, and told") {
  ON_EVERY(where, over_tcp());
  actor_scene it{where};
  const auto pull = it.spawn(socket_type::pull);
  const auto push = it.spawn(socket_type::push);
  CHECK(code_of(it.tell(pull, verb::send{message{"x"}}))
        == errc::not_supported);
  CHECK(it.ask<std::size_t>(pull, verb::send_batch{{message{"x"}}}).code()
        == errc::not_supported);
  CHECK(code_of(it.tell(push, verb::receive{it.self})) == errc::not_supported);
  CHECK(it.ask<message>(push, message{"x"}).code() == errc::not_supported);
  CHECK(code_of(it.tell(push, verb::serve{it.self})) == errc::not_supported);
  CHECK(code_of(it.tell(push, verb::join{"group"})) == errc::not_supported);
  CHECK(code_of(it.tell(push, verb::send{message{}}))
        == errc::invalid_argument);
  CHECK(code_of(it.tell(pull, verb::receive{it.self, 0}))
        == errc::invalid_argument);
  CHECK(code_of(it.tell(pull, verb::receive{caf::actor{}}))
        == errc::invalid_argument);
  CHECK(code_of(it.tell(pull, verb::receive_batches{it.self, 0}))
        == errc::invalid_argument);
  // A message that no socket understands, behind the types' back.
  bool told = false;
  it.self
    ->request(caf::actor_cast<caf::actor>(pull), caf::infinite,
              std::string{"nonsense"})
    .receive([] {}, [&](const caf::error&) { told = true; });
  CHECK(told);
  const auto rep = it.spawn(socket_type::rep);
  CHECK(code_of(it.tell(rep, verb::send{message{"no request"}})) == errc::fsm);
}

TEST_CASE("socket actors: one socket in a handle and two actors") {
  ON_EVERY(where, over_tcp());
  actor_scene it{where};
  auto handle = it.ctx.socket(socket_type::dealer);
  const auto one = spawn_socket(handle);
  const auto two = spawn_socket(handle);
  auto peer = it.ctx.socket(socket_type::dealer);
  peer.connect(it.bind(one));
  handle.send("by handle");
  CHECK(peer.recv().str() == "by handle");
  it.must(two, verb::send{message{"by actor"}});
  CHECK(peer.recv().str() == "by actor");
  peer.send("to whom it may concern");
  CHECK(handle.recv().str() == "to whom it may concern");
  it.must(one, verb::receive{it.self});
  peer.send("to the actor");
  CHECK(it.next().str() == "to the actor");
  // It stays open as long as one of them has it.
  handle = {};
  it.must(two, verb::send{message{"still here"}});
  CHECK(peer.recv().str() == "still here");
}

TEST_CASE("socket actors: groups and routing ids") {
  ON_EVERY(where, over_tcp());
  actor_scene it{where};
  const auto dish = it.spawn(socket_type::dish);
  it.must(dish, verb::join{"news"});
  CHECK(code_of(it.tell(dish, verb::join{"news"})) == errc::invalid_argument);
  it.must(dish, verb::leave{"news"});
  const auto server = it.spawn(socket_type::server);
  const auto peer = it.spawn(socket_type::peer);
  const auto other = it.spawn(socket_type::peer);
  const auto id =
    it.ask<std::uint32_t>(peer, verb::connect_peer{it.bind(other)});
  REQUIRE(id.value);
  message hello{"hello"};
  hello.set_routing_id(*id.value);
  it.must(other, verb::receive{it.self});
  it.must(peer, verb::send{hello});
  CHECK(it.next().str() == "hello");
}

TEST_CASE("socket actors: where they cannot be made") {
  ON_EVERY(where, over_tcp());
  actor_scene it{where};
  CHECK(code_of([] {
          context alone;
          (void)spawn_socket(alone, socket_type::push);
        })
        == errc::not_supported);
  CHECK(code_of([] { (void)spawn_socket(socket{}); }) == errc::not_a_socket);
  auto closed = it.ctx.socket(socket_type::push);
  closed.close();
  CHECK(code_of([&] { (void)spawn_socket(closed); }) == errc::not_a_socket);
  it.ctx.term();
  CHECK(code_of([&] { (void)it.spawn(socket_type::push); })
        == errc::terminated);
}

} // namespace zmqrt::test
