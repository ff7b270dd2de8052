// SPDX-License-Identifier: MPL-2.0
//
// Requests as CAF makes them, and sockets that an actor serves.

#include <future>

#include "tests/actors/actor_scene.hpp"

namespace zmqrt::test {

using namespace std::chrono_literals;

namespace {

/// Asks, and answers the reply's text, or "!" and why there is none.
std::string asked(actor_scene& it, const socket_actor& whom, message what,
                  caf::duration limit = caf::duration{patience}) {
  auto got = it.ask<message>(whom, std::move(what), limit);
  if (!got.value)
    return '!' + explain(got.why);
  std::string text;
  for (std::size_t i = 0; i < got.value->size(); ++i)
    text += (i == 0 ? "" : "|") + std::string{(*got.value)[i].view()};
  return text;
}

/// Answers the last frame in capitals; ends at "die", errs at "err".
request_handler::behavior_type shout(request_handler::pointer self, int) {
  return {[self](const message& what) -> caf::result<message> {
    std::string text{what[what.size() - 1].view()};
    if (text == "die")
      self->quit(caf::exit_reason::unhandled_exception);
    if (text == "err" || text == "die")
      return caf::sec::runtime_error;
    for (auto& each : text)
      each = static_cast<char>(std::toupper(each));
    return message{text};
  }};
}

} // namespace

TEST_CASE("socket actor requests: a REQ asks, an actor behind a REP answers") {
  ON_EVERY(where, places());
  actor_scene it{where};
  const auto rep = it.spawn(socket_type::rep);
  const auto req = it.spawn(socket_type::req);
  it.must(req, verb::connect{it.bind(rep)});
  it.must(rep, verb::serve{it.system.made->spawn(shout, 0)});
  CHECK(asked(it, req, message{"hello"}) == "HELLO");
  CHECK(asked(it, req, message{"a", "b"}) == "B");
  // Nobody waits for ever where the handler fails.
  CHECK(asked(it, req, message{"err"}).empty());
  CHECK(asked(it, req, message{"again"}) == "AGAIN");
}

TEST_CASE("socket actor requests: a DEALER asks many things at once") {
  ON_EVERY(where, over_tcp());
  const auto type = GENERATE(socket_type::router, socket_type::rep);
  CAPTURE(to_string(type));
  actor_scene it{where};
  const auto server = it.spawn(type);
  const auto dealer = it.spawn(socket_type::dealer);
  it.must(dealer, verb::connect{it.bind(server)});
  it.must(server, verb::serve{it.system.made->spawn(shout, 0), 8});
  constexpr int count = 300;
  int right = 0;
  std::string wrong;
  auto asker = it.system.made->spawn(
    [&](caf::event_based_actor* self, int) -> caf::behavior {
      return {[&, self](const socket_actor& whom) {
        for (int i = 0; i < count; ++i)
          self->request(whom, caf::infinite, message{"q" + std::to_string(i)})
            .then(
              [&, i](message& got) {
                right += got.str() == "Q" + std::to_string(i) ? 1 : 0;
              },
              [&](const caf::error& why) { wrong = explain(why); });
        self->become([] {});
      }};
    },
    0);
  it.self->monitor(asker);
  it.self->send(asker, dealer);
  asker = {};
  // It ends as unreachable when the last reply is there.
  CHECK(it.down() == caf::exit_reason::unreachable);
  CHECK(wrong.empty());
  CHECK(right == count);
}

TEST_CASE("socket actor requests: after a timeout the socket is as before") {
  ON_EVERY(where, over_tcp());
  const auto type = GENERATE(socket_type::req, socket_type::dealer);
  CAPTURE(to_string(type));
  actor_scene it{where};
  auto server = it.ctx.socket(socket_type::router);
  server.set(option::rcvtimeo, patience);
  const auto client = it.spawn(type);
  it.must(client, verb::connect{server.bind("tcp://127.0.0.1:*")});
  CHECK(it.ask<message>(client, message{"first"}, caf::duration{1ms}).why
        == caf::sec::request_timeout);
  auto late = server.recv();
  CHECK(late[late.size() - 1].view() == "first");
  // The late reply is nobody's, the next one is the next request's.
  server.send(late);
  std::thread serving{[&] {
    auto next = server.recv();
    server.send(next);
  }};
  CHECK(asked(it, client, message{"second"}) == "second");
  serving.join();
}

TEST_CASE("socket actor requests: actors take turns on one REQ") {
  ON_EVERY(where, over_tcp());
  actor_scene it{where};
  auto server = it.ctx.socket(socket_type::router);
  server.set(option::rcvtimeo, patience);
  const auto req = it.spawn(socket_type::req);
  it.must(req, verb::connect{server.bind("tcp://127.0.0.1:*")});
  caf::scoped_actor other{*it.system.made};
  auto first = it.self->request(req, caf::infinite, message{"first"});
  auto at_server = server.recv();
  CHECK(at_server[3].view() == "first");
  auto second = other->request(req, caf::infinite, message{"second"});
  SECTION("the reply lets the other one go") {
    server.send(at_server);
    first.receive([](message& got) { CHECK(got.str() == "first"); },
                  [](const caf::error& why) { FAIL(explain(why)); });
  }
  SECTION("so does another request of the same actor, which is next") {
    auto third = it.self->request(req, caf::infinite, message{"third"});
    first.receive(
      [](message&) { FAIL("a reply"); },
      [](const caf::error& why) { CHECK(code_of(why) == errc::fsm); });
    at_server = server.recv();
    CHECK(at_server[3].view() == "third");
    server.send(at_server);
    third.receive([](message& got) { CHECK(got.str() == "third"); },
                  [](const caf::error& why) { FAIL(explain(why)); });
  }
  at_server = server.recv();
  CHECK(at_server[3].view() == "second");
  server.send(at_server);
  second.receive([](message& got) { CHECK(got.str() == "second"); },
                 [](const caf::error& why) { FAIL(explain(why)); });
}

TEST_CASE("socket actor requests: who asked and has ended holds up nobody") {
  ON_EVERY(where, over_tcp());
  actor_scene it{where};
  auto server = it.ctx.socket(socket_type::router);
  server.set(option::rcvtimeo, patience);
  const auto req = it.spawn(socket_type::req);
  it.must(req, verb::connect{server.bind("tcp://127.0.0.1:*")});
  std::optional<caf::scoped_actor> gone{*it.system.made};
  (void)(*gone)->request(req, caf::infinite, message{"first"});
  (void)server.recv();
  auto second = it.self->request(req, caf::infinite, message{"second"});
  gone.reset();
  auto at_server = server.recv();
  CHECK(at_server[3].view() == "second");
  server.send(at_server);
  second.receive([](message& got) { CHECK(got.str() == "second"); },
                 [](const caf::error& why) { FAIL(explain(why)); });
}

TEST_CASE("socket actor requests: a peer that goes ends the request") {
  ON_EVERY(where, over_tcp());
  actor_scene it{where};
  auto server = it.ctx.socket(socket_type::router);
  server.set(option::rcvtimeo, patience);
  const auto req = it.spawn(socket_type::req);
  it.must(req, verb::connect{server.bind("tcp://127.0.0.1:*")});
  auto asking = it.self->request(req, caf::infinite, message{"anyone?"});
  (void)server.recv();
  server.close();
  asking.receive([](message&) { FAIL("a reply"); },
                 [](const caf::error& why) {
                   CHECK(code_of(why) == errc::connection_reset);
                 });
}

TEST_CASE("socket actor requests: strict ones are refused amid another") {
  ON_EVERY(where, over_tcp());
  actor_scene it{where};
  auto server = it.ctx.socket(socket_type::router);
  server.set(option::rcvtimeo, patience);
  const auto req = it.spawn(socket_type::req, {{option::req_relaxed, false},
                                               {option::req_correlate, false}});
  it.must(req, verb::connect{server.bind("tcp://127.0.0.1:*")});
  auto first = it.self->request(req, caf::infinite, message{"first"});
  auto at_server = server.recv();
  CHECK(at_server.size() == 3); // no number
  CHECK(it.ask<message>(req, message{"second"}).code() == errc::fsm);
  server.send(at_server);
  first.receive([](message& got) { CHECK(got.str() == "first"); },
                [](const caf::error& why) { FAIL(explain(why)); });
}

TEST_CASE(
  "socket actor requests: a handler keeps a promise across other work") {
  ON_EVERY(where, over_tcp());
  actor_scene it{where};
  const auto router = it.spawn(socket_type::router);
  auto one = it.ctx.socket(socket_type::req);
  auto two = it.ctx.socket(socket_type::req);
  for (auto* each : {&one, &two})
    each->set(option::rcvtimeo, patience);
  const auto endpoint = it.bind(router);
  one.connect(endpoint);
  two.connect(endpoint);
  // It answers the first request when it has answered the second.
  std::promise<void> asked;
  auto handler = it.system.made->spawn(
    [](request_handler::stateful_pointer<
         std::optional<caf::typed_response_promise<message>>>
         self,
       std::promise<void>* there) -> request_handler::behavior_type {
      return {[=](message& what) -> caf::result<message> {
        if (!self->state) {
          self->state = self->make_response_promise<message>();
          there->set_value();
          return *self->state;
        }
        self->state->deliver(message{"first"});
        return std::move(what);
      }};
    },
    &asked);
  it.must(router, verb::serve{handler});
  one.send("who is first?");
  REQUIRE(asked.get_future().wait_for(patience) == std::future_status::ready);
  two.send("second");
  CHECK(two.recv().str() == "second");
  CHECK(one.recv().str() == "first");
}

TEST_CASE("socket actor requests: a handler that ends leaves nobody waiting") {
  ON_EVERY(where, over_tcp());
  const auto type = GENERATE(socket_type::router, socket_type::rep);
  CAPTURE(to_string(type));
  actor_scene it{where};
  const auto server = it.spawn(type);
  auto client = it.ctx.socket(socket_type::req);
  client.set(option::rcvtimeo, patience);
  client.connect(it.bind(server));
  verb::serve how{it.system.made->spawn(shout, 0)};
  how.instead = message{"sorry"};
  it.must(server, how);
  CHECK(code_of(it.tell(server, how)) == errc::fsm); // it is served
  CHECK(code_of(it.tell(server, verb::receive{it.self})) == errc::fsm);
  client.send("die");
  CHECK(client.recv().str() == "sorry");
  how.by = caf::actor_cast<caf::actor>(it.system.made->spawn(shout, 0));
  // It is over when the socket has heard of it: the next one finds another.
  while (code_of(it.tell(server, how)) == errc::fsm) {
  }
  client.send("hello");
  CHECK(client.recv().str() == "HELLO");
  it.must(server, verb::stop{how.by});
  it.must(server, how);
  client.send("again");
  CHECK(client.recv().str() == "AGAIN");
}

TEST_CASE("socket actor requests: a SERVER is served, with no more at once") {
  ON_EVERY(where, over_tcp());
  actor_scene it{where};
  const auto server = it.spawn(socket_type::server);
  auto client = it.ctx.socket(socket_type::client);
  client.set(option::rcvtimeo, patience);
  client.connect(it.bind(server));
  verb::serve how{it.system.made->spawn(shout, 0), 1};
  how.instead = message{};
  it.must(server, how);
  client.send("err"); // answered with nothing
  for (int i = 0; i < 50; ++i)
    client.send("hello " + std::to_string(i));
  for (int i = 0; i < 50; ++i)
    REQUIRE(client.recv().str() == "HELLO " + std::to_string(i));
}

TEST_CASE("socket actor requests: a DEALER's other messages go to receivers") {
  ON_EVERY(where, over_tcp());
  actor_scene it{where};
  auto peer = it.ctx.socket(socket_type::dealer);
  peer.set(option::rcvtimeo, patience);
  const auto dealer = it.spawn(socket_type::dealer);
  it.must(dealer, verb::connect{peer.bind("tcp://127.0.0.1:*")});
  it.must(dealer, verb::receive{it.self});
  auto asking = it.self->request(dealer, caf::infinite, message{"question"});
  const auto question = peer.recv();
  peer.send("by the way");
  auto forged = question;
  forged[0] = frame{std::string(16, 'x')};
  peer.send(forged);
  peer.send(question);
  peer.send(question); // twice: dropped
  peer.send("the end");
  asking.receive([](message& got) { CHECK(got.str() == "question"); },
                 [](const caf::error& why) { FAIL(explain(why)); });
  CHECK(it.next().str() == "by the way");
  CHECK(it.next().size() == 3);
  CHECK(it.next().str() == "the end");
}

} // namespace zmqrt::test
