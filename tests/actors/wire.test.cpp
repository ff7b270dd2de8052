// SPDX-License-Identifier: MPL-2.0
//
// What a peer may write, and what it cannot do with it: its connection ends
// with a protocol event, and the others notice nothing. More kinds of garbage,
// and other implementations as bystanders, are in tests/interop/garbage.

#include "tests/actors/fixture.hpp"
#include "tests/actors/garbage.hpp"
#include "tests/actors/proc.hpp"
#include "tests/actors/raw_peer.hpp"

namespace zmqrt::test {

namespace {

/// A PULL with one healthy PUSH, and the events of whoever comes next.
struct bystanders {
  explicit bystanders(const place& where)
    : it(where), pull(it.pull()), push(it.push()), events(pull.monitor()),
      others(push.monitor()) {
    pull.set(option::maxmsgsize, std::int64_t{1} << 20);
    endpoint = pull.bind(it.fresh());
    it.join(push, endpoint, events);
    await(others, event_kind::handshake_succeeded);
  }

  /// A peer comes, says it, and sees its connection ended. It keeps its own
  /// end: nothing here may wait for that.
  [[nodiscard]] raw_peer meet(const garbage& what) {
    raw_peer thrower{endpoint};
    expect(events, event_kind::accepted);
    // Whether all of it is taken is the other side's affair.
    (void)thrower.write(what.bytes);
    (void)thrower.read_to_end();
    return thrower;
  }

  void require_unharmed() {
    push.send(message{"still", "here"});
    const auto got = pull.recv();
    REQUIRE(got.size() == 2);
    REQUIRE(got[0].view() == "still");
    REQUIRE_FALSE(others.try_recv()); // not even a reconnect
    REQUIRE_FALSE(pull.try_recv());
  }

  scene it;
  socket pull;
  socket push;
  monitor events;
  std::string endpoint;
  monitor others;
};

} // namespace

TEST_CASE("wire: garbage for a handshake") {
  ON_EVERY(where, wires());
  const auto what = GENERATE(from_range(before_traffic()));
  CAPTURE(what);
  bystanders it{where};
  const auto thrower = it.meet(what);
  const auto failed = expect(it.events, event_kind::handshake_failed_protocol);
  REQUIRE(failed.value != 0); // ZMQ_PROTOCOL_ERROR_*
  REQUIRE(failed.local == it.endpoint);
  expect(it.events, event_kind::disconnected);
  it.require_unharmed();
  REQUIRE_FALSE(it.events.try_recv());
}

TEST_CASE("wire: garbage behind a proper handshake") {
  ON_EVERY(where, wires());
  const auto what = GENERATE(from_range(in_traffic()));
  CAPTURE(what);
  bystanders it{where};
  const auto thrower = it.meet(what);
  expect_all(it.events,
             {event_kind::handshake_succeeded, event_kind::disconnected});
  it.require_unharmed();
  REQUIRE_FALSE(it.events.try_recv());
}

TEST_CASE("wire: a message of endless parts") {
  ON_EVERY(where, wires());
  bystanders it{where};
  const raw_peer thrower{it.endpoint};
  REQUIRE(thrower.write(greeting() + ready("PUSH")));
  await(it.events, event_kind::handshake_succeeded);
  const auto before = resident_bytes();
  const auto parts = [] {
    std::string bytes;
    for (int i = 0; i < 1000; ++i)
      bytes += message_of(std::string(100, 'x'), true);
    return bytes;
  }();
  std::size_t sent = 0;
  while (thrower.write(parts)) {
    sent += parts.size();
    REQUIRE(sent < std::size_t{1} << 30);
  }
  expect(it.events, event_kind::disconnected);
  if (!sanitized)
    CHECK(resident_bytes() < before + (std::size_t{64} << 20));
  it.require_unharmed();
}

TEST_CASE("wire: half a greeting and no more is timed out") {
  ON_EVERY(where, wires());
  const std::size_t size = GENERATE(0, 1, 5, 30, 64, 80);
  CAPTURE(size);
  scene it{where};
  auto pull = it.pull();
  pull.set(option::handshake_ivl, milliseconds{50});
  auto events = pull.monitor();
  const raw_peer quiet{pull.bind(it.fresh())};
  const auto all = greeting() + ready("PUSH");
  REQUIRE(size < all.size());
  REQUIRE(quiet.write(all.substr(0, size)));
  (void)quiet.read_to_end();
  expect_all(events, {event_kind::listening, event_kind::accepted,
                      event_kind::handshake_failed_no_detail,
                      event_kind::disconnected});
}

TEST_CASE("wire: any two pieces of the stream are the whole") {
  ON_EVERY(where, wires());
  const auto all = greeting() + ready("PUSH") + message_of("one", true)
                   + message_of("two") + command("PING", hex("0000") + "ctx")
                   + message_of(std::string(300, 'l')) + message_of("");
  scene it{where};
  auto pull = it.pull();
  const auto endpoint = pull.bind(it.fresh());
  for (std::size_t cut = 0; cut <= all.size(); cut += cut < 100 ? 3 : 7) {
    const raw_peer peer{endpoint};
    REQUIRE(peer.write(std::string_view{all}.substr(0, cut)));
    REQUIRE(peer.write(std::string_view{all}.substr(cut)));
    INFO("cut at " << cut);
    const auto parts = pull.recv();
    REQUIRE(parts.size() == 2);
    REQUIRE(parts[1].view() == "two");
    REQUIRE(pull.recv().str() == std::string(300, 'l'));
    REQUIRE(pull.recv().bytes() == 0);
  }
  const raw_peer slow{endpoint};
  for (const char each : all)
    REQUIRE(slow.write({&each, 1}));
  REQUIRE(pull.recv().size() == 2);
  REQUIRE(pull.recv().bytes() == 300);
  REQUIRE(pull.recv().bytes() == 0);
  REQUIRE_FALSE(pull.try_recv());
}

TEST_CASE("wire: of a message that its peer's death cuts nothing arrives") {
  ON_EVERY(where, wires());
  const auto half =
    GENERATE(as<std::string>{}, message_of("part one", true),
             message_of(std::string(1000, 'x')).substr(0, 500),
             long_header(0, 500'000) + std::string(100'000, 'y'));
  bystanders it{where};
  {
    const raw_peer dying{it.endpoint};
    REQUIRE(dying.write(greeting() + ready("PUSH") + message_of("whole")));
    await(it.events, event_kind::handshake_succeeded);
    REQUIRE(it.pull.recv().str() == "whole");
    REQUIRE(dying.write(half));
  }
  expect(it.events, event_kind::disconnected);
  it.require_unharmed();
}

TEST_CASE("wire: a size that lies takes no memory") {
  ON_EVERY(where, wires());
  // Above MAXMSGSIZE; and, without one, of half a tebibyte.
  const auto limited = GENERATE(true, false);
  CAPTURE(limited);
  if (sanitized && !limited)
    return; // ASan ends the process where malloc would answer no
  scene it{where};
  auto pull = it.pull();
  if (limited)
    pull.set(option::maxmsgsize, std::int64_t{1000});
  auto events = pull.monitor();
  const auto endpoint = pull.bind(it.fresh());
  const raw_peer liar{endpoint};
  REQUIRE(liar.write(greeting() + ready("PUSH")));
  await(events, event_kind::handshake_succeeded);
  const auto before = resident_bytes();
  (void)liar.write(
    long_header(0, limited ? std::uint64_t{1} << 30 : std::uint64_t{1} << 39)
    + std::string(10'000, 'x'));
  auto push = it.push_to(endpoint);
  require_passes(push, pull, "healthy");
  if (limited) {
    (void)liar.read_to_end();
    await(events, event_kind::disconnected);
  }
  REQUIRE(resident_bytes() < before + (std::size_t{16} << 20));
}

} // namespace zmqrt::test
