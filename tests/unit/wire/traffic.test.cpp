// SPDX-License-Identifier: MPL-2.0
//
// The receive path: one run per buffer, frames in pieces, large frames by
// the direct way, commands among messages, and every limit.

#include "libzmqrt/wire/traffic.hpp"

#include "libzmqrt/wire/commands.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/wire/transcripts.hpp"

using namespace zmqrt;
using namespace zmqrt::wire;
using namespace zmqrt::wire_test;

namespace {

std::string framed(std::string_view body, std::uint8_t flags = 0) {
  std::byte header[longest_header];
  const std::size_t size = write_v2_header(header, flags, body.size());
  return std::string(reinterpret_cast<const char*>(header), size)
         + std::string(body);
}

std::string framed_v1(std::string_view body, bool more = false) {
  std::byte header[longest_header];
  const std::size_t size = write_v1_header(header, more, body.size());
  return std::string(reinterpret_cast<const char*>(header), size)
         + std::string(body);
}

std::string command_frame(std::string_view name, std::string_view data = {}) {
  std::string out;
  append_command(out, name, data);
  return out;
}

/// The header of a frame of this size, without a body.
std::string claim_of(std::uint64_t size) {
  std::byte header[longest_header];
  const std::size_t used = write_v2_header(header, 0, size);
  return std::string(reinterpret_cast<const char*>(header), used);
}

/// An engine that is through the handshake with a 3.1 peer.
struct open_pull : listener {
  explicit open_pull(engine_options options = options_of(socket_type::pull))
    : listener(std::move(options)) {
    feed(handshake_3("PUSH"));
    output.clear();
    source.largest = 0;
  }
};

engine_options limited(std::int64_t body) {
  engine_options out = options_of(socket_type::pull);
  out.max_message_size = body;
  return out;
}

} // namespace

TEST_CASE("A buffer of whole messages is one batch of one segment") {
  open_pull to;
  std::string bytes;
  for (int i = 0; i < 1000; ++i)
    bytes += framed(std::string(static_cast<std::size_t>(i % 300), 'x'));
  to.feed(bytes);
  CHECK(to.sound);
  CHECK(to.messages.size() == 1000);
  CHECK(to.deliveries == 1);
  CHECK(to.segments == 1);
  CHECK(to.source.largest == 0); // nothing was copied
}

TEST_CASE("A frame across two buffers takes memory of its own size") {
  open_pull to;
  const std::string bytes = framed("first") + framed("second");
  to.feed(bytes.substr(0, 10));
  CHECK(to.messages.size() == 1);
  CHECK(to.source.largest == 8); // 2 octets of header, "second"
  to.feed(bytes.substr(10) + framed("third"));
  CHECK(to.messages == std::vector<frames>{{"first"}, {"second"}, {"third"}});
  CHECK(to.deliveries == 2);
  CHECK(to.sound);
}

TEST_CASE("Bodies of all sizes around the borders pass at every split") {
  for (const std::size_t size :
       {0UL, 1UL, 253UL, 254UL, 255UL, 256UL, 257UL, 4095UL, 4096UL, 4097UL}) {
    std::string body(size, 'b');
    if (size != 0)
      body.back() = 'e';
    const std::string v2 = framed("a", 1) + framed(body) + framed("")
                           + framed(body, 1) + framed("z");
    const std::string v1 = framed_v1("a", true) + framed_v1(body)
                           + framed_v1("") + framed_v1(body, true)
                           + framed_v1("z");
    const std::vector<frames> want{{"a", body}, {""}, {body, "z"}};
    for (const bool old : {false, true}) {
      const std::string& bytes = old ? v1 : v2;
      const std::size_t step = size < 1000 ? 1 : 97;
      for (std::size_t at = 0; at <= bytes.size(); at += step) {
        listener to(options_of(socket_type::pull));
        to.feed(old ? handshake_1() : handshake_3("PUSH"));
        to.feed(bytes.substr(0, at));
        to.feed(bytes.substr(at));
        REQUIRE(to.sound);
        REQUIRE(to.messages == want);
      }
    }
  }
}

TEST_CASE("A large frame offers its own memory to read into") {
  std::string body(1 << 20, 'x');
  for (std::size_t i = 0; i < body.size(); ++i)
    body[i] = static_cast<char>(i * 7 / 3);
  const std::string bytes = framed(body) + framed("next");
  for (const std::size_t first : {1UL, 8UL, 9UL, 10UL, 65536UL}) {
    open_pull to;
    CHECK(to.engine.direct_target().empty());
    to.feed(bytes.substr(0, first));
    const std::size_t have = first < 9 ? 0 : first - 9;
    CHECK(to.engine.direct_target().size()
          == (first < 9 ? 0 : first_room - have));
    to.direct = true;
    to.feed(bytes.substr(first), 100000);
    CHECK(to.sound);
    CHECK(to.messages == std::vector<frames>{{body}, {"next"}});
    // The body's slab has exactly its size.
    CHECK(to.source.largest == (1 << 20));
    CHECK(to.engine.direct_target().empty());
  }
}

TEST_CASE("The rest of a frame that is nearly there is not offered") {
  open_pull to;
  const std::string bytes = framed(std::string(20000, 'x'));
  to.feed(bytes.substr(0, 9));
  CHECK(to.engine.direct_target().size() == 20000);
  to.feed(bytes.substr(9, 10000));
  CHECK(to.engine.direct_target().empty());
  to.feed(bytes.substr(10009));
  CHECK(to.messages.size() == 1);
}

TEST_CASE("An unfinished message is held back, and pins no buffer") {
  open_pull to;
  slab_ref owner = to.memory.take(100);
  const std::string bytes = framed("a", 1) + framed("b", 1);
  std::memcpy(owner->data(), bytes.data(), bytes.size());
  to.engine.receive(owner, {owner->data(), bytes.size()}, to.now);
  to.drain();
  CHECK(owner->unique());
  CHECK(to.messages.empty());
  to.feed(framed("c"));
  CHECK(to.messages == std::vector<frames>{{"a", "b", "c"}});
}

TEST_CASE("Commands among messages and among frames are taken out") {
  const std::string bytes =
    framed("a") + command_frame("PING", hex("0000") + "ctx") + framed("b", 1)
    + command_frame("PONG") + framed("c")
    + command_frame("SUBSCRIBE", std::string(300, 's'))
    + command_frame("CANCEL") + command_frame("JOIN") + command_frame("LEAVE")
    + framed("d");
  const std::string handshake = handshake_3("PUSH");
  feed_every_way(
    options_of(socket_type::pull), handshake + bytes, [&](listener& to) {
      REQUIRE(to.sound);
      CHECK(to.messages == std::vector<frames>{{"a"}, {"b", "c"}, {"d"}});
      CHECK(to.output.substr(to.output.size() - 10)
            == command_frame("PONG", "ctx"));
    });
}

TEST_CASE("A violation ends it behind the whole messages before it") {
  struct row {
    const char* name;
    std::string bytes;
    protocol_detail detail;
  };
  const row rows[] = {
    {"reserved flag", hex("08 00"), protocol_detail::unspecified},
    {"command with more", hex("05 02 0141"), protocol_detail::unspecified},
    {"command without a name", hex("04 00"),
     protocol_detail::malformed_command},
    {"name beyond the end", hex("04 02 0541"),
     protocol_detail::malformed_command},
    {"short PING", command_frame("PING", "t"),
     protocol_detail::malformed_command},
    {"unknown command", command_frame("HELLO"),
     protocol_detail::unexpected_command},
    {"a second READY", ready("PUSH"), protocol_detail::unexpected_command},
    {"late ERROR", command_frame("ERROR", hex("02 6e6f")),
     protocol_detail::unspecified},
    {"a length of 2^64-1", hex("02 ffffffffffffffff"),
     protocol_detail::unspecified},
    {"a command of 64 KiB and 1", hex("06 0000000000010001"),
     protocol_detail::unspecified},
  };
  for (const row& want : rows) {
    INFO(want.name);
    const std::string bytes = handshake_3("PUSH") + framed("a")
                              + framed("lost", 1) + want.bytes + framed("b");
    feed_every_way(options_of(socket_type::pull), bytes, [&](listener& to) {
      REQUIRE(to.sound);
      REQUIRE(to.closed);
      CHECK(to.messages == std::vector<frames>{{"a"}});
      CHECK(to.closed->failure == event_kind::disconnected);
      CHECK(to.closed->detail == static_cast<std::uint32_t>(want.detail));
      CHECK(to.engine.direct_target().empty());
    });
  }
}

TEST_CASE("2.0 peers have no commands") {
  listener to(options_of(socket_type::pull));
  to.feed(handshake_2("08") + framed("a") + command_frame("PING", "tt"));
  CHECK(to.messages.size() == 1);
  CHECK(to.closed);
}

TEST_CASE("MAXMSGSIZE bounds each frame, before memory is taken") {
  for (const std::int64_t limit : {0L, 5L, 255L, 256L, 100000L}) {
    const auto size = static_cast<std::size_t>(limit);
    const std::string good = framed(std::string(size, 'x'));
    const std::string bad = framed(std::string(size + 1, 'x'));
    open_pull fine(limited(limit));
    fine.feed(good + good);
    CHECK(fine.messages.size() == 2);
    for (const std::size_t piece : {bad.size(), std::size_t{1}}) {
      open_pull to(limited(limit));
      to.feed(good);
      to.source.largest = 0;
      to.feed(bad, piece);
      REQUIRE(to.closed);
      CHECK(to.closed->reason == errc::message_too_long);
      CHECK(to.messages.size() == 1);
      CHECK(to.source.largest < 100);
    }
  }
}

TEST_CASE("1.0 frames have the same limits") {
  for (const std::size_t piece : {std::size_t{1000}, std::size_t{1}}) {
    listener to(limited(5));
    to.feed(handshake_1() + framed_v1("12345"));
    CHECK(to.messages.size() == 1);
    to.feed(framed_v1("123456"), piece);
    REQUIRE(to.closed);
    CHECK(to.closed->reason == errc::message_too_long);
  }
  for (const char* bad :
       {"00", "02 02 61", "ff 0000000000000000 00", "ff ffffffffffffffff 00"}) {
    INFO(bad);
    listener to(options_of(socket_type::pull));
    to.feed(handshake_1() + hex(bad));
    CHECK(to.closed);
  }
}

TEST_CASE("Frames per message are bounded") {
  engine_options options = options_of(socket_type::pull);
  options.max_frames_per_message = 3;
  for (const std::size_t piece : {std::size_t{1000}, std::size_t{1}}) {
    open_pull to(options);
    to.feed(framed("", 1) + framed("", 1) + framed(""), piece);
    to.feed(framed("", 1) + framed("", 1) + framed(""), piece);
    CHECK(to.messages.size() == 2);
    to.feed(framed("", 1) + framed("", 1) + framed("", 1), piece);
    REQUIRE(to.closed);
    CHECK(to.closed->reason == errc::message_too_long);
  }
}

TEST_CASE("A source that refuses ends the connection") {
  open_pull to;
  to.source.refuse_above = 1000;
  to.feed(framed("a") + hex("02 0000000040000000")); // 1 GiB
  REQUIRE(to.closed);
  CHECK(to.closed->reason == errc::no_memory);
  CHECK(to.messages.size() == 1);
}

TEST_CASE("A claim takes memory as its octets arrive") {
  for (const std::uint64_t size :
       {std::uint64_t{3'000'000}, std::uint64_t{1} << 30, absurd_body}) {
    for (const bool direct : {false, true}) {
      INFO(size << ' ' << direct);
      open_pull to;
      to.direct = direct;
      to.feed(claim_of(size) + "x");
      CHECK(to.source.largest == first_room);
      CHECK(to.source.held() <= first_room + 1024);
      CHECK(to.engine.direct_target().size() == first_room - 1);
      to.feed(std::string(first_room - 2, 'x'));
      CHECK(to.source.largest == first_room);
      to.feed("x");
      CHECK(to.source.largest == 2 * first_room);
      to.feed(std::string(200'000, 'x'), 777);
      CHECK(to.source.largest == 8 * first_room);
      CHECK(to.sound);
      CHECK_FALSE(to.closed);
    }
  }
}

TEST_CASE("A frame stays whole at every step of its growth") {
  std::string all(5 * first_room + 1, 'x');
  for (std::size_t i = 0; i < all.size(); ++i)
    all[i] = static_cast<char>(i * 7 / 3);
  for (const std::size_t edge :
       {first_room, 2 * first_room, 4 * first_room, 5 * first_room}) {
    for (const std::size_t size : {edge - 1, edge, edge + 1}) {
      const std::string body = all.substr(0, size);
      const std::string bytes = framed(body) + framed("next");
      for (const std::size_t piece : {7'777UL, first_room, bytes.size()}) {
        for (const bool direct : {false, true}) {
          INFO(size << ' ' << piece << ' ' << direct);
          open_pull to;
          to.direct = direct;
          to.feed(bytes.substr(0, 20));
          to.feed(bytes.substr(20), piece);
          CHECK(to.sound);
          CHECK(to.messages == std::vector<frames>{{body}, {"next"}});
          CHECK(to.source.largest == size);
          CHECK(to.segments <= 4); // a body is one of them
        }
      }
    }
  }
}

TEST_CASE("No memory in the middle of a frame ends the connection") {
  for (const bool direct : {false, true}) {
    open_pull to;
    to.direct = direct;
    to.source.refuse_above = 4 * first_room;
    to.feed(framed("a") + claim_of(1 << 30));
    to.feed(std::string(4 * first_room - 1, 'x'), 10'000);
    CHECK_FALSE(to.closed);
    to.feed("xx");
    REQUIRE(to.closed);
    CHECK(to.closed->reason == errc::no_memory);
    CHECK(to.engine.direct_target().empty());
    CHECK(to.messages.size() == 1);
    CHECK(to.sound);
    // What is there stays until the stream is closed, and nothing is added.
    CHECK(to.source.held() <= 4 * first_room + 1024);
    to.feed("more"); // eats what comes
    CHECK(to.sound);
  }
}

TEST_CASE("PONGs that nobody takes are bounded") {
  open_pull to;
  to.take = false;
  std::string storm;
  for (int i = 0; i < 10000; ++i)
    storm += command_frame("PING", hex("0000") + std::string(16, 'c'));
  to.feed(storm);
  to.take_output();
  CHECK(to.output.size() < 5000);
  CHECK_FALSE(to.closed);
}
