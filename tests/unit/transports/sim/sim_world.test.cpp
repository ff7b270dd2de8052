// SPDX-License-Identifier: MPL-2.0
//
// The simulated world: time, posts, dialing, accepting, names, and that a
// seed decides everything.

#include <functional>

#include "tests/support/catch.hpp"
#include "tests/unit/transports/sim/sim_peers.hpp"

using namespace zmqrt;
using namespace zmqrt::transports;
using namespace std::chrono_literals;

namespace {

struct call_task final : task {
  explicit call_task(std::function<void()> what) : call(std::move(what)) {
  }
  void run() noexcept override {
    call();
  }
  std::function<void()> call;
};

void post(sim_reactor& to, std::function<void()> what) {
  to.post(std::make_shared<call_task>(std::move(what)));
}

/// Two-way traffic under rough conditions; answers the trace's hash.
std::uint64_t busy_run(std::uint64_t seed) {
  sim_conditions rough;
  rough.stall_permille = 100;
  rough.kernel_buffer_most_bytes = 3000;
  two_hosts hosts{seed, rough};
  hosts.connect();
  (*hosts.client)->receive(true);
  (*hosts.server)->receive(true);
  hosts.client->send(std::string(30'000, 'c'));
  hosts.server->send(std::string(20'000, 's'));
  hosts.world.run_to_idle();
  return hosts.world.trace().hash();
}

} // namespace

TEST_CASE("sim: two runs of a seed are equal, two seeds are not") {
  CHECK(busy_run(1) == busy_run(1));
  CHECK(busy_run(2) == busy_run(2));
  CHECK(busy_run(1) != busy_run(2));
}

TEST_CASE("sim: timers fire in order, at their time") {
  sim_world world{1};
  sim_reactor loop{world};
  struct entry {
    sim_reactor* loop;
    std::vector<time_point>* fired;
  };
  std::vector<time_point> fired;
  entry owner{&loop, &fired};
  const auto record = [](void* data) {
    auto* to = static_cast<entry*>(data);
    CHECK(to->loop->is_current());
    to->fired->push_back(to->loop->now());
  };
  timer late{&owner, record};
  timer early{&owner, record};
  timer never{&owner, record};
  const time_point start = world.now();
  loop.arm(late, start + 2s);
  loop.arm(early, start + 1s);
  loop.arm(never, start + 1500ms);
  loop.disarm(never);
  CHECK(world.run_to_idle());
  CHECK(fired == std::vector{start + 1s, start + 2s});
  CHECK(world.now() == start + 2s);
}

TEST_CASE("sim: run_for and run_until leave time at their end") {
  sim_world world{1};
  sim_reactor loop{world};
  const time_point start = world.now();
  world.run_for(3s);
  CHECK(world.now() == start + 3s);
  CHECK_FALSE(world.run_until([] { return false; }, start + 5s));
  CHECK(world.now() == start + 5s);
  CHECK(world.run_until([] { return true; }, start + 9s));
  CHECK(world.now() == start + 5s);
}

TEST_CASE("sim: posts run in order on their reactor, from posts too") {
  sim_world world{1};
  sim_reactor loop{world};
  std::vector<int> order;
  post(loop, [&] {
    CHECK(loop.is_current());
    order.push_back(1);
    post(loop, [&] { order.push_back(3); });
  });
  post(loop, [&] { order.push_back(2); });
  CHECK_FALSE(loop.is_current());
  CHECK(order.empty());
  loop.run();
  CHECK(order == std::vector{1, 2, 3});
}

TEST_CASE("sim: run ends with stop") {
  sim_world world{1};
  sim_reactor loop{world};
  bool ran = false;
  timer far{&ran, [](void* flag) { *static_cast<bool*>(flag) = true; }};
  loop.arm(far, world.now() + 1h);
  loop.stop();
  loop.run();
  CHECK_FALSE(ran);
}

TEST_CASE("sim: reactors interleave by lot") {
  std::vector<std::string> orders;
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    sim_world world{seed};
    sim_reactor one{world};
    sim_reactor two{world};
    std::string order;
    post(one, [&] { order += '1'; });
    post(two, [&] { order += '2'; });
    world.run_to_idle();
    orders.push_back(order);
  }
  CHECK(std::count(orders.begin(), orders.end(), "12") > 0);
  CHECK(std::count(orders.begin(), orders.end(), "21") > 0);
}

TEST_CASE("sim: a frozen reactor does nothing until it thaws") {
  two_hosts hosts{3};
  hosts.connect();
  (*hosts.server)->receive(true);
  hosts.world.run_to_idle();
  hosts.world.freeze(hosts.there, true);
  hosts.client->send("wake up");
  hosts.world.run_to_idle();
  CHECK(hosts.client->sent == 7);
  CHECK(hosts.server->received.empty());
  hosts.world.freeze(hosts.there, false);
  hosts.world.run_to_idle();
  CHECK(hosts.server->received == "wake up");
}

TEST_CASE("sim: ports are given out in turn, an address only once") {
  sim_world world{1};
  sim_reactor loop{world};
  const address any_port = *address::tcp("127.0.0.1", 0);
  const auto first = loop.listen(any_port, {});
  const auto second = loop.listen(any_port, {});
  REQUIRE(first);
  REQUIRE(second);
  CHECK((*first)->local().port() == 49152);
  CHECK((*second)->local().port() == 49153);
  const auto again = loop.listen((*first)->local(), {});
  CHECK(again.code() == errc::address_in_use);
  const auto wild = loop.listen(*address::tcp("0.0.0.0", 49153), {});
  CHECK(wild.code() == errc::address_in_use);
}

TEST_CASE("sim: an address is free again once the acceptor has closed") {
  two_hosts hosts{1};
  hosts.listen();
  const address where = hosts.door->local();
  hosts.door->close();
  CHECK(hosts.there.listen(where, {}).code() == errc::address_in_use);
  hosts.world.run_to_idle();
  CHECK(hosts.at_door.closed == 1);
  CHECK(hosts.there.listen(where, {}).has_value());
}

TEST_CASE("sim: dialing nobody is refused, closing a dialer is told") {
  sim_world world{1};
  sim_reactor loop{world};
  recording_dialer nobody;
  const auto refused = loop.dial(*address::tcp("127.0.0.1", 9), {});
  refused->start(nobody);
  recording_dialer closed;
  const auto given_up = loop.dial(*address::tcp("127.0.0.1", 9), {});
  given_up->start(closed);
  given_up->close();
  world.run_to_idle();
  REQUIRE(nobody.failure);
  CHECK(*nobody.failure == errc::connection_refused);
  CHECK_FALSE(closed.failure);
  CHECK(closed.closed == 1);
  CHECK(world.breaches().empty());
}

TEST_CASE("sim: dialing a silent place hangs until closed") {
  two_hosts hosts{1};
  hosts.listen();
  hosts.world.network().silence(hosts.door->local().endpoint(), true);
  recording_dialer hanging;
  const auto attempt = hosts.here.dial(hosts.door->local(), {});
  attempt->start(hanging);
  hosts.world.run_for(1h);
  CHECK(hanging.connection == nullptr);
  CHECK_FALSE(hanging.failure);
  attempt->close();
  hosts.world.run_to_idle();
  CHECK(hanging.closed == 1);
}

TEST_CASE("sim: ipc and abstract names connect by path") {
  sim_world world{1};
  sim_reactor loop{world};
  const address path = *address::ipc("/sim/door", false);
  auto door = loop.listen(path, {});
  REQUIRE(door);
  recording_acceptor at_door;
  (*door)->start(at_door);
  recording_dialer caller;
  const auto attempt = loop.dial(path, {});
  attempt->start(caller);
  recording_dialer astray;
  const auto other = loop.dial(*address::ipc("/sim/window", false), {});
  other->start(astray);
  world.run_to_idle();
  CHECK(caller.connection != nullptr);
  CHECK(at_door.accepted.size() == 1);
  CHECK(astray.failure == errno_code(ENOENT));
  (*door)->close();
  world.run_to_idle();
}

TEST_CASE("sim: a failing accept waits for resume") {
  sim_conditions conditions;
  conditions.accept_failure_permille = 1000;
  two_hosts hosts{1, conditions};
  hosts.listen();
  recording_dialer caller;
  const auto attempt = hosts.here.dial(hosts.door->local(), {});
  attempt->start(caller);
  hosts.world.run_to_idle();
  CHECK(caller.connection != nullptr);
  CHECK(hosts.at_door.accepted.empty());
  CHECK(hosts.at_door.failures == std::vector{errno_code(EMFILE)});
  hosts.world.conditions().accept_failure_permille = 0;
  hosts.door->resume();
  hosts.world.run_to_idle();
  CHECK(hosts.at_door.accepted.size() == 1);
}

TEST_CASE("sim: names are looked up when the resolver answers") {
  sim_world world{1};
  sim_reactor loop{world};
  world.names().set("server", {"10.0.0.1"});
  std::vector<address> answer;
  std::error_code why;
  const auto keep = [&](result<std::vector<address>> said) {
    why = said.code();
    answer = said ? *said : std::vector<address>{};
  };
  auto question = loop.resolve({"server", 80}, keep);
  CHECK(answer.empty());
  world.names().set("server", {"10.0.0.2", "::1", "10.0.0.3"});
  world.run_to_idle();
  REQUIRE(answer.size() == 2);
  CHECK(answer[0].endpoint() == "tcp://10.0.0.2:80");
  CHECK(answer[1].endpoint() == "tcp://10.0.0.3:80");

  question = loop.resolve({"unknown", 80}, keep);
  world.run_to_idle();
  CHECK(why);

  question = loop.resolve({"*", 80, false, true}, keep);
  world.run_to_idle();
  REQUIRE(answer.size() == 1);
  CHECK(answer[0].host() == "0.0.0.0");
}

TEST_CASE("sim: a dropped or hanging question is never answered") {
  sim_world world{1};
  sim_reactor loop{world};
  int answers = 0;
  const auto count = [&](const result<std::vector<address>>&) { ++answers; };
  auto dropped = loop.resolve({"localhost", 1}, count);
  dropped.reset();
  world.names().hang("tarpit", true);
  const auto hanging = loop.resolve({"tarpit", 1}, count);
  world.run_for(24h);
  CHECK(answers == 0);
}

TEST_CASE("sim: a loop that never lets time pass is found") {
  sim_conditions instant;
  instant.turn = {};
  sim_world world{1, instant};
  sim_reactor loop{world};
  std::function<void()> again = [&] { post(loop, again); };
  post(loop, again);
  CHECK_FALSE(world.run_until([] { return false; }, world.now() + 1s));
  CHECK(world.breaches().size() == 1);
  again = [] {};
}
