// SPDX-License-Identifier: MPL-2.0
//
// The engine with a peer that speaks no ZMTP: bytes in and bytes out, and
// nothing of its own.

#include <array>

#include "libzmqrt/wire/transcode.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/wire/transcripts.hpp"
#include "zmqrt/error.hpp"

using namespace zmqrt;
using namespace zmqrt::wire;
using namespace zmqrt::wire_test;

namespace {

engine_options raw_options() {
  engine_options out = options_of(socket_type::stream);
  out.raw = true;
  // None of these applies.
  out.max_message_size = 1;
  out.handshake_limit = out.heartbeat_interval = out.heartbeat_timeout =
    out.heartbeat_ttl = duration{1};
  return out;
}

/// All that came, as one run of bytes.
std::string bytes_of(const listener& from) {
  std::string all;
  for (const frames& each : from.messages) {
    REQUIRE(each.size() == 1);
    CHECK_FALSE(each.front().empty());
    all += each.front();
  }
  return all;
}

batch batch_of(buffer_source& source, const frames& bodies) {
  batch made;
  batch_writer writer(source);
  for (const std::string& body : bodies)
    REQUIRE(writer.append(made, message{std::string_view{body}}));
  return made;
}

const frames& bodies() {
  static const frames all{"a",
                          std::string(255, 'b'),
                          std::string(256, 'c'),
                          std::string(4095, 'd'),
                          std::string(4096, 'e'),
                          "f",
                          std::string(70'000, 'g'),
                          "hi"};
  return all;
}

} // namespace

TEST_CASE("A raw peer is there at once, and is told nothing") {
  listener to(raw_options());
  CHECK(to.ready == 1);
  CHECK(to.engine.is_ready());
  CHECK_FALSE(to.engine.canonical());
  CHECK_FALSE(to.engine.peer().type);
  CHECK_FALSE(to.engine.deadline());
  to.feed("x");
  to.tick(std::chrono::hours{1});
  CHECK_FALSE(to.engine.deadline());
  CHECK(to.engine.direct_target().empty());
  CHECK(to.output.empty());
  CHECK_FALSE(to.closed);
  CHECK(to.sound);
}

TEST_CASE("Whatever a raw peer says, however it is cut, comes as it is") {
  const std::string request = "GET / HTTP/1.0\r\nHost: here\r\n\r\n";
  const std::string nothing_sacred =
    greeting_3() + ready("PUSH") + std::string(300, '\xff') + '\0';
  for (const std::string& said : {request, nothing_sacred}) {
    feed_every_way(raw_options(), said, [&](const listener& to) {
      CHECK(to.sound);
      CHECK_FALSE(to.closed);
      CHECK(to.output.empty());
      CHECK(bytes_of(to) == said);
    });
  }
}

TEST_CASE("Each piece is one message, large ones by reference") {
  listener to(raw_options());
  for (const std::string& body : bodies())
    to.feed(body);
  std::vector<frames> expected;
  for (const std::string& body : bodies())
    expected.push_back({body});
  CHECK(to.messages == expected);
  CHECK(to.source.largest < 2 * attach_threshold);
  CHECK(to.sound);
}

TEST_CASE("Pieces that come before anybody looks wait in order") {
  exact_source source;
  engine raw(raw_options(), source);
  raw.start({});
  const std::array<std::string, 2> said{"one", std::string(5000, 'x')};
  for (const std::string& each : said) {
    const slab_ref owner = source.take(each.size());
    std::memcpy(owner->data(), each.data(), each.size());
    raw.receive(owner, {owner->data(), each.size()}, {});
  }
  engine_event event;
  REQUIRE(raw.next_event(event));
  CHECK(event.what == engine_event::kind::ready);
  REQUIRE(raw.next_event(event));
  CHECK(decode(event.messages)
        == std::vector<frames>{{said.front()}, {said.back()}});
  CHECK_FALSE(raw.next_event(event));
}

TEST_CASE("Without memory a raw connection ends, and no other") {
  listener to(raw_options());
  to.source.refuse_above = 0;
  to.feed("lost");
  REQUIRE(to.closed);
  CHECK(to.closed->reason == errc::no_memory);
  CHECK(to.closed->failure == event_kind::disconnected);
  to.feed("more");
  CHECK(to.messages.empty());
  CHECK(to.sound);
}

TEST_CASE("A raw peer is sent the bodies alone, large ones by reference") {
  listener to(raw_options());
  const batch canonical = batch_of(to.source, bodies());
  to.source.largest = 0;
  batch wire;
  REQUIRE(to.engine.transcode(canonical, wire));
  CHECK(to.source.largest < 2 * attach_threshold);
  std::string expected;
  for (const std::string& body : bodies())
    expected += body;
  CHECK(flatten(wire) == expected);
  CHECK(wire.messages() == bodies().size());
  // As it is sent several times, so it is there every time.
  batch again;
  REQUIRE(to.engine.transcode(canonical, again));
  CHECK(flatten(again) == expected);
}

TEST_CASE("Only large bodies need no memory to be sent") {
  exact_source source;
  const batch large = batch_of(source, {std::string(5000, 'x')});
  const batch small = batch_of(source, {"small"});
  source.refuse_above = 0;
  batch wire;
  REQUIRE(to_raw(large, wire, source));
  CHECK(wire.segments().size() == 1);
  CHECK_FALSE(to_raw(small, wire, source));
  CHECK(wire.bytes() == 5000);
}

TEST_CASE("What a raw peer has taken is counted at every octet") {
  listener to(raw_options());
  const batch canonical = batch_of(to.source, bodies());
  batch wire;
  REQUIRE(to.engine.transcode(canonical, wire));
  std::size_t end = 0;
  std::uint64_t whole = 0;
  for (const std::string& body : bodies()) {
    CHECK(to.engine.whole_messages(canonical, wire, end + body.size() - 1)
          == whole);
    end += body.size();
    CHECK(to.engine.whole_messages(canonical, wire, end) == ++whole);
  }
  CHECK(end == wire.bytes());
  CHECK(to.engine.whole_messages(canonical, wire, 0) == 0);
}
