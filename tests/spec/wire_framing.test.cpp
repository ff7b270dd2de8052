// SPDX-License-Identifier: MPL-2.0
//
// The clauses about framing, messages and commands of RFC 37 and 23, and
// about ZMTP 2.0's and 1.0's framing (RFC 15, 13).

#include "tests/support/catch.hpp"
#include "tests/unit/wire/transcripts.hpp"

using namespace zmqrt;
using namespace zmqrt::wire;
using namespace zmqrt::wire_test;

namespace {

struct pull : listener {
  explicit pull(std::string_view bytes,
                std::string_view handshake = handshake_3("PUSH"))
    : listener(options_of(socket_type::pull)) {
    feed(handshake);
    output.clear();
    feed(bytes);
  }
};

} // namespace

TEST_CASE("23.FRAMING.1 A short frame has 0 to 255 octets") {
  CHECK(pull(hex("00 00")).messages == std::vector<frames>{{""}});
  CHECK(pull(hex("00 ff") + std::string(255, 'x')).messages.at(0).at(0).size()
        == 255);
}

TEST_CASE("23.FRAMING.2 A long frame's size has 8 octets in network order") {
  pull to(hex("02 0000000000000100") + std::string(256, 'x'));
  CHECK(to.messages.at(0).at(0).size() == 256);
}

TEST_CASE("23.FRAMING.3 A long frame may hold what a short one could") {
  CHECK(pull(hex("02 0000000000000001 61")).messages
        == std::vector<frames>{{"a"}});
}

TEST_CASE("23.FRAMING.4 Reserved flags must be zero") {
  for (const char* flags : {"08", "10", "20", "40", "80", "09", "0c"})
    CHECK(pull(hex(flags) + hex("00")).closed);
}

TEST_CASE("23.FRAMING.5 A size has at most 63 bits") {
  CHECK(pull(hex("02 8000000000000000")).closed);
}

TEST_CASE("23.FRAMING.6 MORE is zero on commands") {
  CHECK(pull(hex("05 05 04 504f4e47")).closed);
}

TEST_CASE("23.MESSAGE.1 A message is delivered with all frames or not at "
          "all") {
  pull to(hex("01 01 61 01 01 62"));
  CHECK(to.messages.empty());
  to.feed(hex("00 01 63"));
  CHECK(to.messages == std::vector<frames>{{"a", "b", "c"}});
}

TEST_CASE("23.COMMAND.1 A command's name has at least one octet, and lies in "
          "its body") {
  CHECK(pull(hex("04 00")).closed);
  CHECK(pull(hex("04 01 00")).closed);
  CHECK(pull(hex("04 02 05 50")).closed);
}

TEST_CASE("23.COMMAND.2 Commands and messages may be mixed") {
  pull to(hex("00 01 61 04 05 04 504f4e47 00 01 62"));
  CHECK(to.messages == std::vector<frames>{{"a"}, {"b"}});
  CHECK_FALSE(to.closed);
}

TEST_CASE("37.PING.1 PING is answered with a PONG of the same context") {
  pull to(hex("04 0a 04 50494e47 0000 616263"));
  CHECK(to.output == hex("04 08 04 504f4e47 616263"));
}

TEST_CASE("37.PING.2 A context has at most 16 octets") {
  pull to(hex("04 18 04 50494e47 0000") + std::string(17, 'c'));
  CHECK(to.output == hex("04 15 04 504f4e47") + std::string(16, 'c'));
}

TEST_CASE("37.PING.3 A TTL without further traffic ends the connection") {
  pull to(hex("04 07 04 50494e47 000a")); // 10 deciseconds
  to.tick(std::chrono::milliseconds{999});
  CHECK_FALSE(to.closed);
  to.tick(std::chrono::milliseconds{1});
  CHECK(to.closed);
}

TEST_CASE("37.PING.4 Any incoming traffic is a sign of life") {
  pull to(hex("04 07 04 50494e47 000a"));
  to.feed(hex("00 00"));
  to.tick(std::chrono::hours{1});
  CHECK_FALSE(to.closed);
}

TEST_CASE("37.PING.5 A PING without room for its TTL is refused") {
  CHECK(pull(hex("04 06 04 50494e47 00")).closed);
}

TEST_CASE("15.FRAMING.1 2.0 frames are read; bits 2 to 7 are reserved") {
  pull to(messages_2(), handshake_2("08"));
  CHECK(to.messages == three_messages());
  CHECK(pull(hex("04 00"), handshake_2("08")).closed);
}

TEST_CASE("13.FRAMING.1 1.0 frames are read, their length counts the flags") {
  pull to(messages_1(), handshake_1());
  CHECK(to.messages == three_messages());
}

TEST_CASE("13.FRAMING.2 A length of 0 is invalid") {
  CHECK(pull(hex("00"), handshake_1()).closed);
}

TEST_CASE("13.FRAMING.3 The long form may be used for short frames") {
  pull to(hex("ff 0000000000000002 00 61"), handshake_1());
  CHECK(to.messages == std::vector<frames>{{"a"}});
}
