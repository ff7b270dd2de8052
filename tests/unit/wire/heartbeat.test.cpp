// SPDX-License-Identifier: MPL-2.0
//
// Heartbeats, in made-up time.

#include "libzmqrt/wire/heartbeat.hpp"

#include "libzmqrt/wire/commands.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/wire/transcripts.hpp"

using namespace zmqrt;
using namespace zmqrt::wire;
using namespace zmqrt::wire_test;
using namespace std::chrono_literals;

namespace {

engine_options beating() {
  engine_options out = options_of(socket_type::pull);
  out.heartbeat_interval = 10s;
  out.heartbeat_timeout = 3s;
  out.heartbeat_ttl = 25s;
  return out;
}

struct ready_pull : listener {
  explicit ready_pull(engine_options options = beating(),
                      std::string_view minor = "01")
    : listener(std::move(options)) {
    feed(handshake_3("PUSH", minor));
    output.clear();
  }
};

const std::string our_ping = hex("04 07"       // COMMAND, size
                                 "04 50494e47" // "PING"
                                 "00fa");      // TTL: 250 deciseconds

std::string ping_of(std::uint16_t deciseconds) {
  std::string out;
  append_ping(out, deciseconds);
  return out;
}

} // namespace

TEST_CASE("A PING at each interval, traffic or not") {
  for (const char* minor : {"00", "01"}) {
    ready_pull to(beating(), minor);
    CHECK(to.engine.deadline() == to.now + 10s);
    for (int i = 0; i < 3; ++i) {
      to.tick(9s);
      to.feed(hex("00 00"));
      CHECK(to.output.empty());
      to.tick(1s);
      CHECK(to.output == our_ping);
      to.output.clear();
      to.feed(hex("04 05 04 504f4e47")); // PONG
    }
    CHECK_FALSE(to.closed);
  }
}

TEST_CASE("2.0 and 1.0 peers get no PING") {
  for (const std::string& handshake : {handshake_2("08"), handshake_1()}) {
    listener to(beating());
    to.feed(handshake);
    REQUIRE(to.ready == 1);
    CHECK_FALSE(to.engine.deadline());
  }
}

TEST_CASE("Silence after a PING ends it") {
  ready_pull to;
  to.tick(10s);
  CHECK(to.engine.deadline() == to.now + 3s);
  to.tick(3s - 1ns);
  CHECK_FALSE(to.closed);
  to.tick(1ns);
  REQUIRE(to.closed);
  CHECK(to.closed->reason == errc::timed_out);
  CHECK(to.closed->failure == event_kind::disconnected);
}

TEST_CASE("Any octet after a PING is life, even inside a frame") {
  ready_pull to;
  to.feed(hex("02 0000000000100000")); // a frame of 1 MiB begins
  for (int i = 0; i < 20; ++i) {
    to.tick(10s);
    to.feed("x");
    to.tick(3s);
    CHECK_FALSE(to.closed);
    to.direct = true; // and the same by the direct way
  }
}

TEST_CASE("Without a timeout silence is endless") {
  engine_options options = beating();
  options.heartbeat_timeout = {};
  ready_pull to(options);
  for (int i = 0; i < 10; ++i)
    to.tick(10s);
  CHECK_FALSE(to.closed);
  CHECK(to.output.size() == 10 * our_ping.size());
}

TEST_CASE("A PING that cannot be written accuses nobody") {
  ready_pull to;
  to.take = false;
  for (int i = 0; i < 10; ++i)
    to.tick(10s);
  CHECK_FALSE(to.closed);
  to.tick(7s);
  to.take_output();
  CHECK(to.output == our_ping); // one, not ten
  // The wait begins at the next tick, as late as the next PING.
  to.tick(3s);
  CHECK_FALSE(to.closed);
  to.take = true;
  to.tick(3s);
  CHECK(to.closed);
}

TEST_CASE("The peer's TTL counts from its PING, and any octet ends it") {
  engine_options options = options_of(socket_type::pull);
  ready_pull to(options);
  to.feed(ping_of(20));
  CHECK(to.output == hex("04 05 04 504f4e47"));
  CHECK(to.engine.deadline() == to.now + 2s);
  to.tick(1s);
  to.feed(hex("00"));
  CHECK_FALSE(to.engine.deadline());
  to.feed(hex("00") + ping_of(65535));
  CHECK(to.engine.deadline() == to.now + 6553500ms);
  to.feed(ping_of(1));
  to.tick(100ms);
  REQUIRE(to.closed);
  CHECK(to.closed->reason == errc::timed_out);
}

TEST_CASE("A TTL of zero sets no limit") {
  ready_pull to(options_of(socket_type::pull));
  to.feed(ping_of(0));
  CHECK_FALSE(to.engine.deadline());
}

TEST_CASE("Our TTL is cut to what PING can say") {
  engine_options options = beating();
  options.heartbeat_ttl = 2h;
  ready_pull to(options);
  to.tick(10s);
  CHECK(to.output.substr(7) == hex("ffff"));
}

TEST_CASE("PONG gives the context back, at most 16 octets") {
  for (const std::size_t size : {0UL, 1UL, 16UL, 17UL, 200UL}) {
    ready_pull to;
    const std::string context(size, 'c');
    std::string ping;
    append_command(ping, "PING", hex("0000") + context);
    to.feed(ping);
    std::string pong;
    append_command(pong, "PONG", context.substr(0, 16));
    CHECK(to.output == pong);
  }
}

TEST_CASE("While we do not read, silence is not the peer's") {
  ready_pull to;
  to.feed(ping_of(20));
  to.engine.set_reading(false, to.now);
  for (int i = 0; i < 10; ++i)
    to.tick(10s);
  CHECK_FALSE(to.closed);
  to.engine.set_reading(true, to.now);
  CHECK(to.engine.deadline() == to.now + 2s); // the TTL, from now
  to.tick(2s);
  CHECK(to.closed);
}

TEST_CASE("While we do not read, the peer hears PONGs that it did not ask") {
  const std::string pong = hex("04 05 04 504f4e47");
  ready_pull to(options_of(socket_type::pull));
  to.feed(ping_of(0));
  to.tick(3s);
  to.feed(ping_of(0));
  to.output.clear();
  to.engine.set_reading(false, to.now);
  for (int i = 0; i < 5; ++i) {
    CHECK(to.engine.deadline() == to.now + 1s);
    to.tick(1s);
    CHECK(to.output == pong);
    to.output.clear();
  }
  to.take = false; // a peer that does not read, either, gets no heap of them
  for (int i = 0; i < 5; ++i)
    to.tick(1s);
  to.take_output();
  CHECK(to.output == pong);
  to.output.clear();
  to.take = true;
  // PINGs that waited for us say nothing about the peer's pace.
  to.engine.set_reading(true, to.now);
  to.feed(ping_of(0));
  to.tick(1ms);
  to.feed(ping_of(0));
  to.engine.set_reading(false, to.now);
  CHECK(to.engine.deadline() == to.now + 1s);
}

TEST_CASE("After a single PING the peer's pace is not known") {
  ready_pull to(options_of(socket_type::pull));
  to.feed(ping_of(0));
  to.engine.set_reading(false, to.now);
  CHECK(to.engine.deadline() == to.now + 250ms);
}

TEST_CASE("A peer that has sent no PING gets no PONG") {
  for (const std::string& handshake :
       {handshake_3("PUSH"), handshake_2("08"), handshake_1()}) {
    listener to(options_of(socket_type::pull));
    to.feed(handshake);
    to.engine.set_reading(false, to.now);
    CHECK_FALSE(to.engine.deadline());
  }
}

TEST_CASE("After we read again our own PING counts from then") {
  ready_pull to;
  to.tick(10s);
  to.engine.set_reading(false, to.now);
  to.tick(5s);
  to.engine.set_reading(true, to.now);
  CHECK(to.engine.deadline() == to.now + 3s);
  to.feed(hex("00 00"));
  to.tick(4s);
  CHECK_FALSE(to.closed);
}
