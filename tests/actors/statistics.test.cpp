// SPDX-License-Identifier: MPL-2.0
//
// Statistics and the events of congestion, through the public face.

#include "tests/actors/fixture.hpp"
#include "tests/support/eventually.hpp"

namespace zmqrt::test {

TEST_CASE("statistics: both sides count what passed") {
  ON_EVERY(where, places());
  scene it{where};
  auto pull = it.pull();
  auto push = it.push_to(pull);
  send_numbered(push, 100);
  recv_numbered(pull, 100);
  const auto got = pull.statistics();
  REQUIRE(got.received.messages == 100);
  REQUIRE(got.received.batches > 0);
  REQUIRE(got.to_receive == 0);
  REQUIRE(got.sent.messages == 0);
  REQUIRE(got.peers.size() == 1);
  REQUIRE(got.peers[0].endpoint.starts_with(it.is_wire() ? it.transport : ""));
  // That the kernel has all of it may be told after the peer has it.
  eventually_is([&] { return push.statistics().sent.messages; },
                std::uint64_t{100});
  const auto gave = push.statistics();
  REQUIRE(gave.sent.bytes == got.received.bytes);
  REQUIRE(gave.to_send == 0);
  REQUIRE(gave.reconnects == 0);
}

TEST_CASE("statistics: what a peer that left has counted stays") {
  ON_EVERY(where, wires());
  scene it{where};
  auto pull = it.pull();
  auto push = it.push_to(pull);
  send_numbered(push, 10);
  recv_numbered(pull, 10);
  push.close();
  eventually_is([&] { return pull.statistics().peers.size(); }, std::size_t{0});
  REQUIRE(pull.statistics().received.messages == 10);
}

TEST_CASE("statistics: reconnects are counted") {
  ON_EVERY(where, wires());
  scene it{where};
  auto pull = it.pull();
  const auto endpoint = pull.bind(it.fresh());
  auto push = it.eager_push();
  auto events = push.monitor();
  push.connect(endpoint);
  await(events, event_kind::handshake_succeeded);
  pull.close();
  await(events, event_kind::disconnected);
  auto next = it.pull();
  next.bind(endpoint);
  await(events, event_kind::handshake_succeeded);
  REQUIRE(push.statistics().reconnects == 1);
}

TEST_CASE("statistics: a closed socket has none") {
  scene it{places().front()};
  auto push = it.push();
  push.close();
  REQUIRE(code_of([&] { (void)push.statistics(); }) == errc::not_a_socket);
}

TEST_CASE("monitor: a session that comes to its mark, and leaves it") {
  ON_EVERY(where, wires());
  scene it{where};
  auto pull = it.pull(hwm{1});
  auto push = it.push(hwm{10});
  auto events = push.monitor(all_events | congestion_events);
  push.connect(pull.bind(it.fresh()));
  const std::string large(std::size_t{256} * 1024, 'x');
  std::uint64_t sent = 0;
  event full; // or free again: the kernel may take more at any time
  const auto is_told_when_full = [&] {
    while (push.try_send(large))
      ++sent;
    while (const auto next = events.try_recv())
      if (next->kind == event_kind::congested
          || next->kind == event_kind::uncongested)
        full = *next;
    return full.kind == event_kind::congested;
  };
  eventually_is(is_told_when_full, true);
  REQUIRE(full.value > 0);
  REQUIRE(full.remote.starts_with(it.transport));
  for (std::uint64_t got = 0; got < sent; ++got)
    REQUIRE(pull.recv().bytes() == large.size());
  const auto free = await(events, event_kind::uncongested);
  REQUIRE(free.value < 10);
}

TEST_CASE("monitor: congestion has to be asked for") {
  ON_EVERY(where, wires());
  scene it{where};
  auto pull = it.pull();
  auto push = it.push(hwm{1});
  auto events = push.monitor();
  push.connect(pull.bind(it.fresh()));
  send_numbered(push, 1000);
  recv_numbered(pull, 1000);
  push.close();
  for (auto next = events.recv(); next; next = events.recv())
    REQUIRE((static_cast<std::uint32_t>(next->kind) & all_events) != 0);
}

} // namespace zmqrt::test
