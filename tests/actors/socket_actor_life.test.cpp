// SPDX-License-Identifier: MPL-2.0
//
// How socket actors end, and what becomes of who depends on them: closed,
// killed, with their context, when nobody refers to them; and what is cleaned
// up when an actor of the application ends.

#include <thread>

#include "tests/actors/actor_scene.hpp"
#include "tests/support/eventually.hpp"

namespace zmqrt::test {

using namespace std::chrono_literals;

namespace {

/// Gets messages and events, until it gets a number.
caf::behavior deaf(caf::event_based_actor* self, int) {
  return {[](const message&) {}, [](const event&) {},
          [self](int) { self->quit(); }};
}

caf::behavior linked(caf::event_based_actor* self, const socket_actor& to) {
  self->link_to(to);
  return deaf(self, 0);
}

/// Until `whom` answers so; what it is asked does not change it.
template <class T, class What, class Test>
void until(actor_scene& it, const socket_actor& whom, What what, Test test) {
  eventually([&] { return it.ask<T>(whom, what).value; },
             [&](const auto& got) { return got && test(*got); });
}

} // namespace

TEST_CASE("socket actor life: closing answers when all is drained") {
  ON_EVERY(where, wires());
  actor_scene it{where, milliseconds{-1}};
  const auto push = it.spawn(socket_type::push, {{option::sndhwm, 10}});
  auto pull = it.ctx.socket(socket_type::pull);
  pull.set(option::rcvhwm, 10);
  pull.set(option::rcvtimeo, patience);
  it.must(push, verb::connect{pull.bind(it.fresh())});
  // More than queues and buffers hold, so that many wait in the actor.
  constexpr std::size_t count = 2000;
  for (std::size_t i = 0; i < count; ++i)
    it.self->send(push, verb::send{message{numbered(i, 16 * 1024)}});
  it.self->monitor(push);
  auto closing =
    it.self->request(push, caf::infinite, verb::close{milliseconds{-1}});
  for (std::size_t i = 0; i < count; ++i)
    REQUIRE(pull.recv().str() == numbered(i, 16 * 1024));
  closing.receive([](std::uint64_t unsent) { CHECK(unsent == 0); },
                  [](const caf::error& why) { FAIL(explain(why)); });
  CHECK(!it.down()); // no error: it was closed
}

TEST_CASE("socket actor life: what lingering drops is counted") {
  ON_EVERY(where, over_tcp());
  actor_scene it{where};
  const auto push = it.spawn(socket_type::push, {{option::sndhwm, 5}});
  it.must(push, verb::connect{"tcp://127.0.0.1:1"}); // nobody is there
  for (int i = 0; i < 8; ++i)
    it.self->send(push, verb::send{message{"x"}});
  it.self->monitor(push);
  const auto got = it.ask<std::uint64_t>(push, verb::close{milliseconds{0}});
  CHECK(got.value == 8U);
  CHECK(!it.down());
  // A dead one answers that it is dead.
  CHECK(it.ask<std::uint64_t>(push, verb::close{}).why
        == caf::sec::request_receiver_down);
}

TEST_CASE("socket actor life: a handle that closes ends the actor") {
  ON_EVERY(where, over_tcp());
  actor_scene it{where};
  auto handle = it.ctx.socket(socket_type::pull);
  const auto actor = spawn_socket(handle);
  const auto watcher = it.system.made->spawn(deaf, 0);
  it.must(actor, verb::receive{watcher});
  it.self->monitor(actor);
  handle.close();
  CHECK(!it.down());
}

TEST_CASE("socket actor life: the context's end is its reason") {
  ON_EVERY(where, over_tcp());
  actor_scene it{where};
  const auto actor = it.spawn(socket_type::push);
  const auto dealer = it.spawn(socket_type::dealer);
  it.self->monitor(actor);
  auto sending =
    it.self->request(actor, caf::infinite, verb::send{message{"no peer"}});
  auto asking = it.self->request(dealer, caf::infinite, message{"nobody"});
  (void)it.ask<socket_statistics>(actor, verb::statistics{});
  (void)it.ask<socket_statistics>(dealer, verb::statistics{});
  it.ctx.shutdown();
  CHECK(code_of(it.tell(actor, verb::set{option::linger, 0ms}))
        == errc::terminated);
  it.ctx.term();
  sending.receive(
    [] { FAIL("sent"); },
    [](const caf::error& why) { CHECK(code_of(why) == errc::terminated); });
  asking.receive(
    [](message&) { FAIL("a reply"); },
    [](const caf::error& why) { CHECK(code_of(why) == errc::terminated); });
  CHECK(code_of(it.down()) == errc::terminated);
  CHECK(it.ask<message>(dealer, message{"x"}).why
        == caf::sec::request_receiver_down);
}

TEST_CASE("socket actor life: killed, it releases endpoints and peers") {
  ON_EVERY(where, places());
  actor_scene it{where, milliseconds{-1}};
  const bool shut_down = GENERATE(false, true);
  auto actor = it.spawn(socket_type::pull);
  const auto endpoint = it.bind(actor);
  const auto push = it.spawn(socket_type::push);
  it.must(push, verb::connect{endpoint});
  until<std::vector<peer_info>>(
    it, actor, verb::peers{}, [](const auto& all) { return all.size() == 1; });
  it.must(actor, verb::receive{it.system.made->spawn(deaf, 0)});
  it.self->monitor(actor);
  const caf::error reason =
    shut_down ? caf::exit_reason::user_shutdown : caf::exit_reason::kill;
  it.self->send_exit(actor, reason);
  CHECK(it.down() == reason);
  // The endpoint is free, as soon as the socket is gone.
  const auto next = it.spawn(socket_type::pull);
  eventually(
    [&] { return it.ask<std::string>(next, verb::bind{endpoint}).code(); },
    [](const auto& code) { return !code; });
}

TEST_CASE("socket actor life: killed, it drops; shut down, it lingers") {
  ON_EVERY(where, wires());
  actor_scene it{where, milliseconds{-1}};
  auto pull = it.ctx.socket(socket_type::pull);
  pull.set(option::rcvhwm, 1);
  pull.set(option::rcvtimeo, patience);
  const auto endpoint = pull.bind(it.fresh());
  constexpr std::size_t count = 400;
  const bool lingers = GENERATE(true, false);
  CAPTURE(lingers);
  auto push = it.spawn(socket_type::push);
  it.must(push, verb::connect{endpoint});
  for (std::size_t i = 0; i < count; ++i)
    it.must(push, verb::send{message{numbered(i, 64 * 1024)}});
  it.self->monitor(push);
  it.self->send_exit(push, lingers ? caf::exit_reason::user_shutdown
                                   : caf::exit_reason::kill);
  (void)it.down();
  if (lingers) {
    for (std::size_t i = 0; i < count; ++i)
      REQUIRE(pull.recv().str() == numbered(i, 64 * 1024));
    return;
  }
  // The connection breaks off: what the kernels had comes, and no more.
  auto events = pull.monitor();
  std::size_t got = 0;
  for (;;) {
    while (pull.try_recv())
      ++got;
    const auto what = events.recv_for(10ms);
    if (what && what->kind == event_kind::disconnected)
      break;
    REQUIRE(got < count);
  }
}

TEST_CASE("socket actor life: linked, it dies with the other one") {
  ON_EVERY(where, over_tcp());
  actor_scene it{where};
  const auto actor = it.spawn(socket_type::pull);
  const auto endpoint = it.bind(actor);
  auto other = it.system.made->spawn(linked, actor);
  it.self->monitor(actor);
  SECTION("for a bad reason") {
    it.self->send_exit(other, caf::exit_reason::unhandled_exception);
    CHECK(it.down() == caf::exit_reason::unhandled_exception);
  }
  SECTION("not for a good one") {
    it.self->monitor(other);
    it.self->send(other, 1);
    CHECK(!it.down());
    CHECK(it.ask<socket_statistics>(actor, verb::statistics{}).value);
  }
}

TEST_CASE("socket actor life: it takes along who is linked to it") {
  ON_EVERY(where, over_tcp());
  actor_scene it{where};
  auto actor = it.spawn(socket_type::pull);
  auto other = it.system.made->spawn(linked, actor);
  it.self->monitor(other);
  it.ctx.term();
  CHECK(code_of(it.down()) == errc::terminated);
}

TEST_CASE("socket actor life: it closes when nobody refers to it") {
  ON_EVERY(where, wires());
  actor_scene it{where, milliseconds{-1}};
  auto pull = it.ctx.socket(socket_type::pull);
  pull.set(option::rcvtimeo, patience);
  const auto endpoint = pull.bind(it.fresh());
  auto events = pull.monitor();
  {
    auto push = it.spawn(socket_type::push);
    it.self->monitor(push);
    it.must(push, verb::connect{endpoint});
    it.self->send(push, verb::send{message{"last words"}});
  }
  CHECK(it.down() == caf::exit_reason::unreachable);
  CHECK(pull.recv().str() == "last words");
  (void)await(events, event_kind::disconnected);
}

TEST_CASE("socket actor life: it lives while somebody receives from it") {
  ON_EVERY(where, over_tcp());
  actor_scene it{where};
  auto push = it.ctx.socket(socket_type::push);
  auto receiving = it.system.made->spawn(deaf, 0);
  {
    auto pull = it.spawn(socket_type::pull);
    it.self->monitor(pull);
    push.connect(it.bind(pull));
    it.must(pull, verb::receive{receiving, 2});
  }
  for (int i = 0; i < 100; ++i)
    push.send("x");
  it.self->send(receiving, 1);
  CHECK(it.down() == caf::exit_reason::unreachable);
}

TEST_CASE("socket actor life: a receiver that dies is cleaned up") {
  ON_EVERY(where, over_tcp());
  actor_scene it{where};
  const auto pull = it.spawn(socket_type::pull);
  auto push = it.ctx.socket(socket_type::push);
  push.connect(it.bind(pull));
  auto gone = it.system.made->spawn(deaf, 0);
  it.must(pull, verb::receive{gone, 1});
  it.must(pull, verb::monitor{gone});
  it.must(pull, verb::receive{it.self, 1});
  it.self->monitor(gone);
  it.self->send(gone, 1);
  CHECK(!it.down());
  // Its turns go to the other one, once the socket has heard of it; what was
  // on its way to it is lost with it, one message at most.
  for (int i = 0; i < 50; ++i)
    push.send(numbered(i));
  std::size_t next = 0;
  std::size_t missing = 0;
  while (next < 50) {
    const auto got = it.next().str();
    for (; next < 50 && got != numbered(next); ++next)
      ++missing;
    ++next;
    if (next + missing >= 50 && got == numbered(49))
      break;
  }
  CHECK(missing <= 1);
}

TEST_CASE("socket actor life: events come typed, up to the last") {
  ON_EVERY(where, over_tcp());
  actor_scene it{where};
  auto pull = it.spawn(socket_type::pull);
  it.must(pull, verb::monitor{it.self});
  const auto endpoint = it.bind(pull);
  std::vector<event_kind> seen;
  const auto see = [&](event_kind last) {
    bool there = false;
    while (!there) {
      bool came = false;
      it.self->receive(
        [&](event& what) {
          came = true;
          seen.push_back(what.kind);
          there = what.kind == last;
        },
        caf::after(patience) >> [] {});
      REQUIRE(came);
    }
  };
  see(event_kind::listening);
  {
    auto push = it.ctx.socket(socket_type::push);
    push.connect(endpoint);
    see(event_kind::handshake_succeeded);
  }
  see(event_kind::disconnected);
  it.self->monitor(pull);
  SECTION("closed") {
    CHECK(it.ask<std::uint64_t>(pull, verb::close{}).value == 0U);
  }
  SECTION("killed") {
    it.self->send_exit(pull, caf::exit_reason::kill);
  }
  SECTION("with its context") {
    it.ctx.term();
  }
  see(event_kind::monitor_stopped);
  CHECK(seen.front() == event_kind::listening);
  CHECK(std::count(seen.begin(), seen.end(), event_kind::monitor_stopped) == 1);
}

TEST_CASE("socket actor life: term while messages fly") {
  ON_EVERY(where, places());
  actor_scene it{where};
  const auto pull = it.spawn(socket_type::pull, {{option::rcvhwm, 10}});
  const auto push = it.spawn(socket_type::push, {{option::sndhwm, 10}});
  it.must(push, verb::connect{it.bind(pull)});
  it.must(pull, verb::receive{it.system.made->spawn(deaf, 0), 8});
  it.self->monitor(push);
  it.self->monitor(pull);
  for (int i = 0; i < 5000; ++i)
    it.self->send(push, verb::send{message{"flying"}});
  it.ctx.term();
  CHECK(code_of(it.down()) == errc::terminated);
  CHECK(code_of(it.down()) == errc::terminated);
}

} // namespace zmqrt::test
