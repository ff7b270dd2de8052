// SPDX-License-Identifier: MPL-2.0
//
// Socket actors amid trouble: what was asked is answered, once, whatever ends
// meanwhile, and nobody gets what is another one's.

#include "tests/actors/actor_scene.hpp"
#include "tests/support/eventually.hpp"

namespace zmqrt::test {

using namespace std::chrono_literals;

namespace {

/// Answers a request by so many bytes; holds those that say "hold".
struct sized_state {
  std::vector<caf::response_promise> held;
};

caf::behavior sized(caf::stateful_actor<sized_state>* self, int) {
  return {[self](const message& what) -> caf::result<message> {
            const auto text = what[what.size() - 1].view();
            if (text == "hold") {
              auto kept = self->make_response_promise();
              self->state.held.push_back(kept);
              return kept;
            }
            return message{std::string(std::stoul(std::string{text}), 'r')};
          },
          [self](bool) {
            for (auto& each : self->state.held)
              each.deliver(message{"kept"});
            self->state.held.clear();
          }};
}

} // namespace

TEST_CASE("socket actor trouble: who asked hears, also when it is killed") {
  ON_EVERY(where, over_tcp());
  actor_scene it{where};
  for (int round = 0; round < 20; ++round) {
    const auto pull = it.spawn(socket_type::pull);
    auto endpoint = it.bind(pull);
    auto unbinding =
      it.self->request(pull, caf::infinite, verb::unbind{std::move(endpoint)});
    auto binding =
      it.self->request(pull, caf::infinite, verb::bind{"tcp://localhost:*"});
    it.self->send_exit(pull, caf::exit_reason::kill);
    unbinding.receive(
      [] {},
      [](const caf::error& why) { CHECK(code_of(why) == errc::not_a_socket); });
    binding.receive(
      [](const std::string&) {},
      [](const caf::error& why) { CHECK(code_of(why) == errc::not_a_socket); });
  }
}

TEST_CASE("socket actor trouble: a kill amid lingering tells what is lost") {
  ON_EVERY(where, over_tcp());
  actor_scene it{where, milliseconds{-1}};
  const auto push = it.spawn(socket_type::push, {{option::sndhwm, 5}});
  it.must(push, verb::connect{"tcp://127.0.0.1:1"});
  for (int i = 0; i < 8; ++i)
    it.self->send(push, verb::send{message{"x"}});
  auto closing = it.self->request(push, caf::infinite, verb::close{});
  it.self->send_exit(push, caf::exit_reason::kill);
  closing.receive([](std::uint64_t unsent) { CHECK(unsent == 8); },
                  [](const caf::error& why) { FAIL(explain(why)); });
}

TEST_CASE("socket actor trouble: the longest linger is no limit") {
  ON_EVERY(where, over_tcp());
  actor_scene it{where};
  const auto push = it.spawn(socket_type::push);
  const auto endpoint = "tcp://127.0.0.1:1";
  it.must(push, verb::connect{endpoint});
  it.must(push, verb::send{message{"x"}});
  auto closing =
    it.self->request(push, caf::infinite, verb::close{milliseconds::max()});
  const auto shorter = it.ask<std::uint64_t>(push, verb::close{0ms});
  CHECK(shorter.value == 1U);
  closing.receive([](std::uint64_t unsent) { CHECK(unsent == 1); },
                  [](const caf::error& why) { FAIL(explain(why)); });
}

TEST_CASE("socket actor trouble: a REQ is one actor's while it asks") {
  ON_EVERY(where, over_tcp());
  actor_scene it{where};
  auto server = it.ctx.socket(socket_type::router);
  server.set(option::rcvtimeo, patience);
  const auto req = it.spawn(socket_type::req);
  it.must(req, verb::connect{server.bind("tcp://127.0.0.1:*")});
  auto asking = it.self->request(req, caf::infinite, message{"question"});
  const auto question = server.recv();
  CHECK(code_of(it.tell(req, verb::send{message{"amid"}})) == errc::fsm);
  CHECK(it.ask<std::size_t>(req, verb::send_batch{{message{"amid"}}}).code()
        == errc::fsm);
  server.send(question);
  asking.receive([](message& got) { CHECK(got.str() == "question"); },
                 [](const caf::error& why) { FAIL(explain(why)); });
  it.must(req, verb::send{message{"after"}});
}

TEST_CASE("socket actor trouble: a strict REQ waits for what it has asked") {
  ON_EVERY(where, over_tcp());
  actor_scene it{where};
  auto server = it.ctx.socket(socket_type::router);
  server.set(option::rcvtimeo, patience);
  auto handle = it.ctx.socket(socket_type::req);
  const auto req = spawn_socket(handle, {{option::rcvtimeo, 1ms}});
  it.must(req, verb::connect{server.bind("tcp://127.0.0.1:*")});
  CHECK(it.ask<message>(req, message{"first"}).code() == errc::timed_out);
  const auto first = server.recv();
  it.must(req, verb::set{option::rcvtimeo, infinite});
  auto asking = it.self->request(req, caf::infinite, message{"second"});
  server.send(first); // nobody's any more
  const auto second = server.recv();
  CHECK(second[2].view() == "second");
  server.send(second);
  asking.receive([](message& got) { CHECK(got.str() == "second"); },
                 [](const caf::error& why) { FAIL(explain(why)); });
}

TEST_CASE("socket actor trouble: a reply that cannot go is replaced") {
  ON_EVERY(where, over_tcp());
  const auto type = GENERATE(socket_type::rep, socket_type::router);
  CAPTURE(to_string(type));
  own_system system;
  context_options options;
  options.backend = where.backend;
  options.linger = 0ms;
  options.max_msgsz = 1000;
  context ctx{*system.made, options};
  caf::scoped_actor self{*system.made};
  const auto server = spawn_socket(ctx, type);
  verb::serve how{system.made->spawn(sized, 0)};
  how.instead = message{"too much"};
  caf::anon_send(server, how);
  std::string endpoint;
  self->request(server, caf::infinite, verb::bind{"tcp://127.0.0.1:*"})
    .receive([&](std::string& bound) { endpoint = std::move(bound); },
             [](const caf::error& why) { FAIL(explain(why)); });
  context plain{context_options{.linger = 0ms}};
  auto client = plain.socket(socket_type::req);
  client.set(option::rcvtimeo, patience);
  client.connect(endpoint);
  client.send("5000");
  CHECK(client.recv().str() == "too much");
  client.send("3");
  CHECK(client.recv().str() == "rrr");
}

TEST_CASE("socket actor trouble: one that stops answers what it has in work") {
  ON_EVERY(where, over_tcp());
  actor_scene it{where};
  const auto router = it.spawn(socket_type::router);
  const auto endpoint = it.bind(router);
  auto one = it.ctx.socket(socket_type::req);
  auto two = it.ctx.socket(socket_type::req);
  for (auto* each : {&one, &two}) {
    each->set(option::rcvtimeo, patience);
    each->connect(endpoint);
  }
  const auto old = it.system.made->spawn(sized, 0);
  it.must(router, verb::serve{old});
  one.send("hold");
  two.send("1");
  CHECK(two.recv().str() == "r");
  it.must(router, verb::stop{old});
  it.must(router, verb::serve{it.system.made->spawn(sized, 0)});
  two.send("2");
  CHECK(two.recv().str() == "rr");
  it.self->send(old, true);
  CHECK(one.recv().str() == "kept");
}

TEST_CASE("socket actor trouble: requests end with shutdown, and their actor") {
  ON_EVERY(where, over_tcp());
  actor_scene it{where};
  auto dealer = it.spawn(socket_type::dealer);
  SECTION("with shutdown") {
    auto asking = it.self->request(dealer, caf::infinite, message{"anyone?"});
    (void)it.ask<socket_statistics>(dealer, verb::statistics{});
    it.ctx.shutdown();
    asking.receive(
      [](message&) { FAIL("a reply"); },
      [](const caf::error& why) { CHECK(code_of(why) == errc::terminated); });
  }
  SECTION("with their actor, so that the socket may end") {
    auto peer = it.ctx.socket(socket_type::dealer);
    it.must(dealer, verb::connect{peer.bind("tcp://127.0.0.1:*")});
    it.self->monitor(dealer);
    {
      caf::scoped_actor other{*it.system.made};
      (void)other->request(dealer, caf::infinite, message{"anyone?"});
      peer.set(option::rcvtimeo, patience);
      (void)peer.recv();
    }
    dealer = nullptr;
    CHECK(it.down() == caf::exit_reason::unreachable);
  }
}

TEST_CASE("socket actor trouble: a request that was given up is not sent") {
  ON_EVERY(where, over_tcp());
  actor_scene it{where};
  const auto dealer = it.spawn(socket_type::dealer, {{option::rcvtimeo, 1ms}});
  for (int i = 0; i < 3; ++i)
    CHECK(it.ask<message>(dealer, message{"old"}).code() == errc::timed_out);
  it.must(dealer, verb::set{option::rcvtimeo, infinite});
  auto peer = it.ctx.socket(socket_type::dealer);
  peer.set(option::rcvtimeo, patience);
  auto asking = it.self->request(dealer, caf::infinite, message{"new"});
  it.must(dealer, verb::connect{peer.bind("tcp://127.0.0.1:*")});
  const auto got = peer.recv();
  CHECK(got[2].view() == "new");
  peer.send(got);
  asking.receive([](message& reply) { CHECK(reply.str() == "new"); },
                 [](const caf::error& why) { FAIL(explain(why)); });
}

TEST_CASE("socket actor trouble: receivers take turns") {
  ON_EVERY(where, over_tcp());
  actor_scene it{where};
  const auto pull = it.spawn(socket_type::pull);
  auto push = it.ctx.socket(socket_type::push);
  push.connect(it.bind(pull));
  std::array<std::unique_ptr<caf::scoped_actor>, 3> all;
  for (auto& each : all) {
    each = std::make_unique<caf::scoped_actor>(*it.system.made);
    it.must(pull, verb::receive{*each});
  }
  for (int i = 0; i < 60; ++i)
    push.send("x");
  for (auto& each : all)
    for (int i = 0; i < 20; ++i) {
      bool came = false;
      (*each)->receive([&](const message&) { came = true; },
                       caf::after(patience) >> [] {});
      REQUIRE(came);
    }
}

TEST_CASE("socket actor trouble: a receiver's own answers are no requests") {
  ON_EVERY(where, over_tcp());
  actor_scene it{where};
  const auto dealer = it.spawn(socket_type::dealer);
  auto peer = it.ctx.socket(socket_type::dealer);
  peer.set(option::rcvtimeo, patience);
  it.must(dealer, verb::connect{peer.bind("tcp://127.0.0.1:*")});
  const auto echo = it.system.made->spawn(
    [](caf::event_based_actor*, int) -> caf::behavior {
      return {[](const message& what) { return what; }};
    },
    0);
  it.must(dealer, verb::receive{echo, 100});
  for (int i = 0; i < 10; ++i)
    peer.send("echo?");
  // What they have answered is there when this is.
  eventually(
    [&] {
      return it.ask<socket_statistics>(dealer, verb::statistics{})
        .value->received.messages;
    },
    [](std::uint64_t count) { return count == 10; });
  it.must(dealer, verb::stop{echo});
  it.must(dealer, verb::send{message{"the end"}});
  CHECK(peer.recv().str() == "the end");
}

TEST_CASE("socket actor trouble: monitoring again changes what is told") {
  ON_EVERY(where, over_tcp());
  actor_scene it{where};
  const auto pull = it.spawn(socket_type::pull);
  it.must(pull, verb::monitor{it.self});
  it.must(pull, verb::monitor{
                  it.self, static_cast<std::uint32_t>(event_kind::accepted)});
  (void)it.bind(pull); // listening: not told any more
  (void)it.ask<std::uint64_t>(pull, verb::close{});
  std::vector<event_kind> told;
  while (told.empty() || told.back() != event_kind::monitor_stopped) {
    bool came = false;
    it.self->receive(
      [&](const event& what) {
        came = true;
        told.push_back(what.kind);
      },
      caf::after(patience) >> [] {});
    REQUIRE(came);
  }
  CHECK(told == std::vector{event_kind::monitor_stopped});
}

TEST_CASE("socket actor trouble: unreachable, its monitors hear of the end") {
  ON_EVERY(where, over_tcp());
  actor_scene it{where};
  {
    const auto pull = it.spawn(socket_type::pull);
    it.must(pull, verb::monitor{it.self});
  }
  bool stopped = false;
  it.self->receive(
    [&](const event& what) {
      stopped = what.kind == event_kind::monitor_stopped;
    },
    caf::after(patience) >> [] {});
  CHECK(stopped);
}

TEST_CASE("socket actor trouble: a socket has one actor") {
  ON_EVERY(where, over_tcp());
  actor_scene it{where};
  auto handle = it.ctx.socket(socket_type::dealer);
  auto one = spawn_socket(handle);
  CHECK(spawn_socket(handle) == one);
  it.self->monitor(one);
  one = nullptr;
  CHECK(it.down() == caf::exit_reason::unreachable);
  one = spawn_socket(handle); // another one: the handle kept it open
  CHECK(it.ask<socket_statistics>(one, verb::statistics{}).value);
}

} // namespace zmqrt::test
