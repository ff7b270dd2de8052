// SPDX-License-Identifier: MPL-2.0
//
// MAX_HANDSHAKES: how many of a bound endpoint's connections may shake hands at
// once, and who goes when another one comes.

#include <string>
#include <vector>

#include <sys/resource.h>

#include "tests/actors/fixture.hpp"
#include "tests/actors/raw_peer.hpp"

namespace zmqrt::test {

namespace {

using kind = event_kind;

/// Connections that have said nothing, in the order in which they came.
std::vector<raw_peer> silent(std::size_t count, const std::string& endpoint) {
  std::vector<raw_peer> made;
  made.reserve(count);
  for (std::size_t i = 0; i < count; ++i)
    made.emplace_back(endpoint);
  return made;
}

/// Shakes hands as a PUSH at last, and sends one message.
void speak(const raw_peer& peer, std::string_view text) {
  REQUIRE(peer.write(greeting() + ready("PUSH") + message_of(text)));
}

/// How handshakes end on that side, and nothing else.
monitor handshakes(socket& of) {
  return of.monitor(
    static_cast<std::uint32_t>(kind::handshake_succeeded)
    | static_cast<std::uint32_t>(kind::handshake_failed_no_detail));
}

void expect_pushed_out(monitor& events, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i)
    (void)expect(events, kind::handshake_failed_no_detail);
}

/// Those of a few thousand connections, both ends.
void require_descriptors(rlim_t count) {
  rlimit limit{};
  REQUIRE(getrlimit(RLIMIT_NOFILE, &limit) == 0);
  limit.rlim_cur = limit.rlim_max;
  REQUIRE(setrlimit(RLIMIT_NOFILE, &limit) == 0);
  REQUIRE(limit.rlim_cur > count);
}

} // namespace

TEST_CASE("handshakes: MAX_HANDSHAKES at once, and not one more") {
  ON_EVERY(where, wires());
  scene it{where};
  auto pull = it.pull();
  pull.set(option::max_handshakes, 3);
  auto events = handshakes(pull);
  // The oldest or the newest go, by how long it took to come here.
  const auto peers = silent(5, pull.bind(it.fresh()));
  expect_pushed_out(events, 2);
  for (const auto& each : peers)
    (void)each.write(greeting() + ready("PUSH") + message_of("x"));
  for (int i = 0; i < 3; ++i) {
    (void)expect(events, kind::handshake_succeeded);
    REQUIRE(pull.recv().str() == "x");
  }
  REQUIRE_FALSE(events.try_recv());
}

TEST_CASE("handshakes: the oldest goes when it has had its time") {
  ON_EVERY(where, over_tcp());
  scene it{where};
  auto pull = it.pull();
  pull.set(option::max_handshakes, 3);
  auto accepted = pull.monitor(static_cast<std::uint32_t>(kind::accepted));
  auto events = handshakes(pull);
  const auto endpoint = pull.bind(it.fresh());
  const auto peers = silent(3, endpoint);
  const auto oldest = expect(accepted, kind::accepted).remote;
  for (;;) { // until then the newest goes
    const raw_peer another{endpoint};
    if (expect(events, kind::handshake_failed_no_detail).remote == oldest)
      break;
    (void)another.read_to_end();
  }
  (void)peers[0].read_to_end();
  for (std::size_t i = 1; i < 3; ++i) {
    speak(peers[i], numbered(i));
    REQUIRE(pull.recv().str() == numbered(i));
  }
}

TEST_CASE("handshakes: to a monitor a peer pushed out is one that failed") {
  ON_EVERY(where, wires());
  scene it{where};
  auto pull = it.pull();
  pull.set(option::max_handshakes, 1);
  auto events = pull.monitor();
  const auto endpoint = pull.bind(it.fresh());
  const auto peers = silent(2, endpoint);
  expect_all(events, {kind::listening, kind::accepted, kind::accepted});
  const auto failed = expect(events, kind::handshake_failed_no_detail);
  REQUIRE(failed.value == EAGAIN); // as when HANDSHAKE_IVL is over
  REQUIRE(failed.local == endpoint);
  (void)expect(events, kind::disconnected);
}

TEST_CASE("handshakes: who is ready is not counted, nor pushed out") {
  ON_EVERY(where, wires());
  scene it{where};
  auto pull = it.pull();
  pull.set(option::max_handshakes, 1);
  auto events = handshakes(pull);
  const auto endpoint = pull.bind(it.fresh());
  std::vector<socket> pushes;
  for (int i = 0; i < 4; ++i) {
    pushes.push_back(it.push());
    it.join(pushes.back(), endpoint, events);
  }
  const auto peers = silent(3, endpoint);
  expect_pushed_out(events, 2);
  for (std::size_t i = 0; i < pushes.size(); ++i)
    require_passes(pushes[i], pull, numbered(i));
  auto late = it.eager_push();
  it.join(late, endpoint, events);
  require_passes(late, pull, "among them");
}

TEST_CASE("handshakes: each endpoint has its own number of them") {
  ON_EVERY(where, wires());
  scene it{where};
  auto pull = it.pull();
  pull.set(option::max_handshakes, 1);
  const raw_peer first{pull.bind(it.fresh())};
  const raw_peer second{pull.bind(it.fresh())};
  for (const auto* each : {&first, &second}) {
    speak(*each, "x");
    REQUIRE(pull.recv().str() == "x");
  }
}

TEST_CASE("handshakes: 0 limits nothing") {
  ON_EVERY(where, wires());
  scene it{where};
  auto pull = it.pull();
  pull.set(option::max_handshakes, 0);
  const auto peers = silent(80, pull.bind(it.fresh()));
  for (std::size_t i = 0; i < peers.size(); ++i) {
    speak(peers[i], numbered(i));
    REQUIRE(pull.recv().str() == numbered(i));
  }
}

TEST_CASE("handshakes: raw peers have none") {
  ON_EVERY(where, wires());
  scene it{where};
  auto stream = it.open(socket_type::stream);
  stream.set(option::max_handshakes, 1);
  const auto peers = silent(4, stream.bind(it.fresh()));
  for (std::size_t i = 0; i < peers.size(); ++i) // each one is announced
    REQUIRE(stream.recv().size() == 2);
  for (std::size_t i = 0; i < peers.size(); ++i) {
    REQUIRE(peers[i].write(numbered(i)));
    const auto got = stream.recv();
    REQUIRE(got[1].view() == numbered(i));
  }
}

TEST_CASE("handshakes: honest peers come in amid 2,000 that say nothing") {
  ON_EVERY(where, wires());
  require_descriptors(4000);
  scene it{where};
  auto pull = it.pull();
  pull.set(option::max_handshakes, 1000);
  pull.set(option::backlog, 2000); // or the kernel lets them try again, in 1 s
  auto events = handshakes(pull);
  const auto endpoint = pull.bind(it.fresh());
  auto early = it.push();
  it.join(early, endpoint, events);
  const auto peers = silent(2000, endpoint);
  expect_pushed_out(events, 1000);
  require_passes(early, pull, "before them");
  for (std::size_t i = 0; i < 20; ++i) {
    auto late = it.eager_push();
    it.join(late, endpoint, events);
    require_passes(late, pull, numbered(i));
  }
  require_passes(early, pull, "all the time");
}

} // namespace zmqrt::test
