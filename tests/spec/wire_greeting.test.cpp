// SPDX-License-Identifier: MPL-2.0
//
// The clauses about greeting, version negotiation and the NULL handshake of
// RFC 37 and 23, and about the older peers of RFC 15 and 13.

#include "tests/support/catch.hpp"
#include "tests/unit/wire/transcripts.hpp"

using namespace zmqrt;
using namespace zmqrt::wire;
using namespace zmqrt::wire_test;

namespace {

const std::string signature = hex("ff 0000000000000001 7f");

struct pull : listener {
  explicit pull(std::string_view bytes = {})
    : listener(options_of(socket_type::pull)) {
    feed(bytes);
  }
};

} // namespace

TEST_CASE("23.GREETING.1 A greeting is 64 octets: signature, version, "
          "mechanism, as-server, filler") {
  pull to(greeting_3());
  CHECK(to.output.substr(0, 64) == greeting_3());
}

TEST_CASE("23.GREETING.2 The padding of the signature has no significance") {
  pull to(hex("ff 0123456789abcdef 7f") + greeting_3().substr(10)
          + ready("PUSH"));
  CHECK(to.ready == 1);
}

TEST_CASE("23.GREETING.3 Higher versions are valid, and spoken to in ours") {
  for (const char* version : {"03 02", "03 ff", "04 00", "ff 00"}) {
    pull to(signature + hex(version) + greeting_3().substr(12) + ready("PUSH"));
    CHECK(to.ready == 1);
    CHECK(to.engine.peer().spoken == revision::zmtp_3_1);
  }
}

TEST_CASE("23.GREETING.4 A mechanism that does not match exactly closes the "
          "connection") {
  for (const char* name : {"504c41494e", "4e554c", "4e554c4c41", "6e756c6c"}) {
    pull to(greeting_3("01", name));
    REQUIRE(to.closed);
    CHECK(to.closed->detail == 0x11000002);
  }
}

TEST_CASE("23.GREETING.5 A peer whose full greeting is read gets ours in "
          "full") {
  // Also where it is refused at once, for the mechanism that it names.
  pull to(greeting_3("01", "504c41494e"));
  CHECK(to.closed);
  CHECK(to.output.size() == 64);
}

TEST_CASE("37.GREETING.1 We announce 3.1 and speak 3.0 to a 3.0 peer") {
  pull to(handshake_3("PUSH", "00"));
  CHECK(to.output.substr(10, 2) == hex("03 01"));
  CHECK(to.engine.peer().spoken == revision::zmtp_3_0);
}

TEST_CASE("37.NULL.1 as-server is zero") {
  for (const bool listening : {false, true}) {
    engine_options options = options_of(socket_type::pull);
    options.listening = listening;
    listener to(options);
    to.feed(greeting_3());
    CHECK(to.output[32] == 0);
  }
}

TEST_CASE("37.NULL.2 READY carries Socket-Type, and messages follow both "
          "READYs") {
  pull to(greeting_3());
  CHECK(to.output.substr(64) == ready("PULL"));
  CHECK(to.ready == 0);
  to.feed(ready("PUSH") + messages_2());
  CHECK(to.messages == three_messages());
}

TEST_CASE("37.NULL.3 Names are compared without regard to case") {
  pull to(greeting_3()
          + hex("04 1a 05 5245414459 0b 534f434b45542d54595045 00000004")
          + "PUSH");
  REQUIRE(to.ready == 1);
  CHECK(to.engine.peer().type == socket_type::push);
}

TEST_CASE("37.NULL.4 A property's name has at least one octet") {
  pull to(greeting_3() + hex("04 0b 05 5245414459 00 00000000"));
  CHECK(to.closed);
}

TEST_CASE("37.NULL.5 ERROR is fatal, its reason is handed on") {
  pull to(greeting_3() + hex("04 0b 05 4552524f52 04 66756c6c"));
  REQUIRE(to.closed);
  CHECK(to.closed->text == "full");
}

TEST_CASE("37.SOCKET-TYPE.1 The table of legal combinations is enforced") {
  struct row {
    socket_type ours;
    const char* legal; // blank after each
  };
  const row rows[] = {
    {socket_type::req, "REP ROUTER "},
    {socket_type::rep, "REQ DEALER "},
    {socket_type::dealer, "REP DEALER ROUTER "},
    {socket_type::router, "REQ DEALER ROUTER "},
    {socket_type::pub, "SUB XSUB "},
    {socket_type::xpub, "SUB XSUB "},
    {socket_type::sub, "PUB XPUB "},
    {socket_type::xsub, "PUB XPUB "},
    {socket_type::push, "PULL "},
    {socket_type::pull, "PUSH "},
    {socket_type::pair, "PAIR "},
  };
  for (const row& want : rows) {
    for (const std::string name :
         {"REQ", "REP", "DEALER", "ROUTER", "PUB", "XPUB", "SUB", "XSUB",
          "PUSH", "PULL", "PAIR", "CLIENT", "SERVER", "RADIO", "DISH"}) {
      INFO(to_string(want.ours) << " and " << name);
      listener to(options_of(want.ours));
      to.feed(handshake_3(name));
      const std::string legal = std::string(" ") + want.legal;
      CHECK((to.ready == 1)
            == (legal.find(" " + name + " ") != std::string::npos));
    }
  }
}

TEST_CASE("37.IDENTITY.1 REQ, DEALER and ROUTER announce theirs") {
  for (const socket_type type :
       {socket_type::req, socket_type::dealer, socket_type::router,
        socket_type::push, socket_type::pair}) {
    engine_options options = options_of(type);
    options.routing_id = "me";
    listener to(options);
    to.feed(greeting_3());
    const bool announced =
      to.output.find(hex("08 4964656e74697479 00000002 6d65"))
      != std::string::npos;
    CHECK(announced
          == (type != socket_type::push && type != socket_type::pair));
  }
}

TEST_CASE("37.IDENTITY.2 An identity has at most 255 octets") {
  for (const int size : {255, 256}) {
    std::string body = hex("05 5245414459 08 4964656e74697479 0000");
    body += static_cast<char>(size / 256);
    body += static_cast<char>(size % 256);
    body += std::string(static_cast<std::size_t>(size), 'i');
    pull to(greeting_3() + hex("06 00000000000001")
            + static_cast<char>(body.size() - 256) + body);
    CHECK((to.ready == 1) == (size == 255));
  }
}

TEST_CASE("37.COMPAT.1 Signature first, the version only behind the peer's "
          "signature") {
  pull to;
  CHECK(to.output == signature);
  to.feed(signature.substr(0, 9));
  CHECK(to.output == signature);
  to.feed(signature.substr(9));
  CHECK(to.output == signature + hex("03"));
}

TEST_CASE("37.COMPAT.2 Versions 1 and 2 are ZMTP 2.0") {
  for (const char* version : {"01", "02"}) {
    pull to(signature + hex(version) + hex("08 00 00"));
    REQUIRE(to.ready == 1);
    CHECK(to.engine.peer().spoken == revision::zmtp_2_0);
  }
}

TEST_CASE("15.GREETING.1 A 2.0 peer gets revision, socket type and identity") {
  engine_options options = options_of(socket_type::pull);
  options.routing_id = "me";
  listener to(options);
  to.feed(handshake_2("08"));
  CHECK(to.output
        == hex("ff 0000000000000003 7f" // signature
               "03"                     // revision
               "07"                     // socket-type PULL
               "00 02 6d65"));          // identity "me"
}

TEST_CASE("15.SOCKET.1 An incompatible 2.0 peer is disconnected") {
  pull to(handshake_2("02"));
  CHECK(to.closed);
}

TEST_CASE("15.COMPAT.1 A first octet other than FF is ZMTP 1.0") {
  pull to(handshake_1() + messages_1());
  CHECK(to.engine.peer().spoken == revision::zmtp_1_0);
  CHECK(to.messages == three_messages());
}

TEST_CASE("15.COMPAT.2 FF, and a tenth octet that is even, is ZMTP 1.0") {
  pull to(hex("ff 0000000000000003 00 6964") + messages_1());
  CHECK(to.engine.peer().spoken == revision::zmtp_1_0);
  CHECK(to.engine.peer().routing_id == "id");
  CHECK(to.messages == three_messages());
}

TEST_CASE("15.COMPAT.3 A 1.0 peer gets our signature continued as an "
          "identity") {
  engine_options options = options_of(socket_type::pull);
  options.routing_id = "me";
  listener to(options);
  to.feed(handshake_1());
  CHECK(to.output == hex("ff 0000000000000003 7f 6d65"));
}

TEST_CASE("13.GREETING.1 Anonymous and identity greetings are read") {
  CHECK(pull(hex("01 00")).engine.peer().routing_id.empty());
  CHECK(pull(handshake_1()).engine.peer().routing_id == "id");
}
