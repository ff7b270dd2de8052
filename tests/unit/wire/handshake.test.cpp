// SPDX-License-Identifier: MPL-2.0
//
// The engine through greeting and handshake, against peers of each revision
// in both roles, and how it ends when they are no peers for us.

#include "libzmqrt/wire/handshake.hpp"

#include "tests/support/catch.hpp"
#include "tests/unit/wire/transcripts.hpp"

using namespace zmqrt;
using namespace zmqrt::wire;
using namespace zmqrt::wire_test;

namespace {

struct peer_row {
  const char* name;
  std::string handshake;
  std::string traffic;
  revision spoken;
  std::optional<socket_type> type;
  std::string routing_id;
  std::string answer; // all that a PULL with routing id "me" says
};

const std::string signature = hex("ff 0000000000000003 7f");
const std::string our_ready = ready("PULL");

const std::vector<peer_row>& peers() {
  static const std::vector<peer_row> all{
    {"3.1", handshake_3("PUSH"), messages_2(), revision::zmtp_3_1,
     socket_type::push, "", signature + greeting_3().substr(10) + our_ready},
    {"3.0", handshake_3("PUSH", "00"), messages_2(), revision::zmtp_3_0,
     socket_type::push, "", signature + greeting_3().substr(10) + our_ready},
    {"2.0", handshake_2("08"), messages_2(), revision::zmtp_2_0,
     socket_type::push, "id",
     signature
       + hex("03"            // version-major
             "07"            // socket-type PULL
             "00 02 6d65")}, // identity "me"
    {"revision 0",
     hex("ff 0000000000000003 7f" // signature
         "00"                     // revision
         "08"                     // socket-type PUSH
         "03 00 6964"),           // identity "id", 1.0 framing
     messages_1(), revision::zmtp_1_0, socket_type::push, "id",
     signature + hex("03 07 03 00 6d65")},
    {"1.0",
     handshake_1(),
     messages_1(),
     revision::zmtp_1_0,
     {},
     "id",
     signature + "me"},
    {"1.0, anonymous",
     hex("01 00"),
     messages_1(),
     revision::zmtp_1_0,
     {},
     "",
     signature + "me"},
    {"1.0, long identity",
     hex("ff 0000000000000003 00 6964"),
     messages_1(),
     revision::zmtp_1_0,
     {},
     "id",
     signature + "me"},
  };
  return all;
}

engine_options pull_options(bool listening) {
  engine_options out = options_of(socket_type::pull);
  out.routing_id = "me";
  out.listening = listening;
  return out;
}

ending ended(const engine_options& options, std::string_view bytes) {
  ending out;
  feed_every_way(options, bytes, [&](listener& to) {
    CHECK(to.sound);
    REQUIRE(to.closed);
    CHECK(to.ready == 0);
    CHECK_FALSE(to.engine.has_output());
    CHECK_FALSE(to.engine.deadline());
    out = *to.closed;
    // Poisoned: nothing more, whatever comes.
    to.closed.reset();
    to.feed(handshake_3("PUSH") + messages_2());
    to.tick(std::chrono::hours{1});
    CHECK_FALSE(to.closed);
    CHECK(to.messages.empty());
  });
  return out;
}

} // namespace

TEST_CASE("Peers of each revision, both roles, every split") {
  for (const peer_row& want : peers()) {
    for (const bool listening : {false, true}) {
      INFO(want.name);
      const std::string bytes = want.handshake + want.traffic;
      feed_every_way(pull_options(listening), bytes, [&](listener& to) {
        REQUIRE(to.sound);
        CHECK(to.ready == 1);
        CHECK_FALSE(to.closed);
        CHECK(to.messages == three_messages());
        CHECK(to.output == want.answer);
        const peer_info& peer = to.engine.peer();
        CHECK(peer.spoken == want.spoken);
        CHECK(peer.type == want.type);
        CHECK(peer.routing_id == want.routing_id);
        CHECK(to.engine.canonical() == (want.spoken != revision::zmtp_1_0));
      });
    }
  }
}

TEST_CASE("Data behind the handshake in one segment is delivered") {
  for (const peer_row& want : peers()) {
    INFO(want.name);
    listener to(pull_options(true));
    to.feed(want.handshake + want.traffic);
    CHECK(to.messages == three_messages());
    CHECK(to.deliveries == 1);
  }
}

TEST_CASE("A 2.0 and a 3.x peer that are incompatible are refused") {
  for (const std::string& bytes :
       {handshake_3("PULL"), handshake_3("SUB"), handshake_3("CLIENT"),
        handshake_3(""), handshake_2("07"), handshake_2("00"),
        handshake_2("0b"), handshake_2("ff")}) {
    const ending end = ended(options_of(socket_type::pull), bytes);
    CHECK(end.failure == event_kind::handshake_failed_protocol);
    CHECK(end.detail
          == static_cast<std::uint32_t>(protocol_detail::invalid_metadata));
  }
}

TEST_CASE("A peer that does not name its type is trusted, as in libzmq") {
  listener to(options_of(socket_type::pull));
  to.feed(greeting_3() + hex("04 06 05 5245414459"));
  CHECK(to.ready == 1);
  CHECK_FALSE(to.engine.peer().type);
}

TEST_CASE("READY's metadata reaches the peer's description") {
  std::string body = hex("05 5245414459");
  body += hex("0b 536f636b65742d54797065 00000006") + "DEALER";
  body += hex("08 4964656e74697479 00000002") + "me"; // "Identity"
  body += hex("03 582d61 00000001") + "1";            // "X-a"
  listener to(options_of(socket_type::router));
  to.feed(greeting_3() + hex("04") + static_cast<char>(body.size()) + body);
  REQUIRE(to.ready == 1);
  CHECK(to.engine.peer().routing_id == "me");
  CHECK(*to.engine.peer().properties.find("x-A") == "1");
  // A ROUTER announces an identity, even an empty one.
  CHECK(to.output.find("Identity") != std::string::npos);
}

TEST_CASE("Our own metadata stands in READY") {
  engine_options options = options_of(socket_type::pull);
  options.metadata.emplace_back("X-color", "blue");
  const std::string data = ready_metadata(options);
  CHECK(data
        == hex("0b 536f636b65742d54797065 00000004 50554c4c"
               "07 582d636f6c6f72 00000004 626c7565"));
}

TEST_CASE("Garbage ends the handshake with a protocol event") {
  struct row {
    const char* name;
    std::string bytes;
    protocol_detail detail;
  };
  const row rows[] = {
    {"HTTP", "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
     protocol_detail::unspecified},
    {"TLS", hex("16 03 01 02 00 01 00 01 fc 03 03"),
     protocol_detail::unspecified},
    {"SSH", "SSH-2.0-OpenSSH_9.2\r\n", protocol_detail::unspecified},
    {"zeros", std::string(64, '\0'), protocol_detail::unspecified},
    {"ones", std::string(64, '\xff') + handshake_3("PUSH"),
     protocol_detail::mechanism_mismatch},
    {"long identity", hex("ff 0000000000000101 00"),
     protocol_detail::unspecified},
    {"PLAIN", greeting_3("01", "504c41494e"),
     protocol_detail::mechanism_mismatch},
    {"not READY", greeting_3() + hex("04 06 05 48454c4c4f"),
     protocol_detail::unexpected_command},
    {"a message", greeting_3() + hex("00 01 61"),
     protocol_detail::unexpected_command},
    {"READY cut short", greeting_3() + hex("04 0a 05 5245414459 0b 536f63"),
     protocol_detail::invalid_metadata},
    {"no name", greeting_3() + hex("04 00"),
     protocol_detail::malformed_command},
    {"reserved flags", greeting_3() + hex("44 06"),
     protocol_detail::unspecified},
    {"ERROR cut short", greeting_3() + hex("04 07 05 4552524f52 09"),
     protocol_detail::malformed_error},
  };
  for (const row& want : rows) {
    INFO(want.name);
    const ending end = ended(options_of(socket_type::pull), want.bytes);
    CHECK(end.failure == event_kind::handshake_failed_protocol);
    CHECK(end.detail == static_cast<std::uint32_t>(want.detail));
  }
}

TEST_CASE("A command beyond the limit takes no memory") {
  engine_options options = options_of(socket_type::pull);
  options.max_command_size = 100;
  for (const char* header : {"04 65", "06 0000000000000065",
                             "06 ffffffffffffffff", "02 0000000000000065"}) {
    listener to(options);
    to.feed(greeting_3() + hex(header));
    REQUIRE(to.closed);
    CHECK(to.closed->reason == errc::message_too_long);
    CHECK(to.source.largest < 200);
  }
}

TEST_CASE("MAXMSGSIZE does not bound the handshake") {
  engine_options options = options_of(socket_type::pull);
  options.max_message_size = 1;
  listener to(options);
  to.feed(handshake_3("PUSH"));
  CHECK(to.ready == 1);
}

TEST_CASE("The peer's ERROR ends it with the peer's reason") {
  ending end = ended(options_of(socket_type::pull),
                     greeting_3() + hex("04 09 05 4552524f52 02 6e6f"));
  CHECK(end.text == "no");
  CHECK(end.failure == event_kind::handshake_failed_protocol);
  CHECK(end.reason == errc::connection_refused);
  end = ended(options_of(socket_type::pull),
              greeting_3() + hex("04 0a 05 4552524f52 03 343030"));
  CHECK(end.failure == event_kind::handshake_failed_auth);
  CHECK(end.detail == 400);
  CHECK(end.reason == errc::access_denied);
}

TEST_CASE("The handshake's limit counts from start, in total") {
  engine_options options = options_of(socket_type::pull);
  options.handshake_limit = std::chrono::seconds{30};
  const std::string bytes = handshake_3("PUSH");
  listener to(options);
  // One octet a second does not help.
  for (std::size_t i = 0; i < 29; ++i) {
    to.feed(bytes.substr(i, 1));
    to.tick(std::chrono::seconds{1});
    CHECK_FALSE(to.closed);
  }
  CHECK(to.engine.deadline() == to.now + std::chrono::seconds{1});
  to.tick(std::chrono::seconds{1});
  REQUIRE(to.closed);
  CHECK(to.closed->reason == errc::timed_out);
  CHECK(to.closed->failure == event_kind::handshake_failed_no_detail);

  listener quick(options);
  quick.feed(bytes);
  CHECK_FALSE(quick.engine.deadline());
  quick.tick(std::chrono::hours{1});
  CHECK_FALSE(quick.closed);
}

TEST_CASE("Nothing happens before start") {
  listener to(options_of(socket_type::pull), false);
  CHECK_FALSE(to.engine.has_output());
  to.feed(handshake_3("PUSH"));
  to.tick(std::chrono::hours{1});
  CHECK(to.ready == 0);
  CHECK_FALSE(to.closed);
}
