// SPDX-License-Identifier: MPL-2.0
//
// The clauses of RFC 26 (CurveZMQ), of RFC 25, which puts it into ZMTP, and of
// RFC 32 (Z85), which its keys are written in.

#include "zmqrt/curve.hpp"

#include "tests/support/catch.hpp"
#include "tests/unit/security/engine_pair.hpp"
#include "zmqrt/error.hpp"

using namespace zmqrt;
using namespace zmqrt::security_test;
using namespace zmqrt::wire_test;
using wire::protocol_detail;

namespace {

/// Both sides of a connection that has come as far as READY, and both ciphers.
struct connected : curve_parties {
  connected() {
    ready_body = ready(initiate(welcome(hello())));
    REQUIRE_FALSE(client->on_command(octets(ready_body), now, out));
    client_boxes = client->take_cipher();
    server_boxes = server->take_cipher();
  }
  static std::string seal(wire::cipher& by, std::string_view plain,
                          std::uint8_t flags = 0) {
    std::string box(by.overhead() + plain.size(), '\0');
    by.seal(flags, octets(plain),
            std::as_writable_bytes(std::span{box}).data());
    return box;
  }
  protocol_detail server_opens(std::string box) {
    return server_boxes->open(std::as_writable_bytes(std::span{box}), frame);
  }
  std::string ready_body;
  std::unique_ptr<wire::cipher> client_boxes;
  std::unique_ptr<wire::cipher> server_boxes;
  wire::opened_frame frame;
};

/// What the server says to HELLO with an octet of its own in place of another.
protocol_detail hello_with(std::size_t at, char octet) {
  curve_parties of;
  std::string body = of.hello();
  body[at] = octet;
  static_cast<void>(of.welcome(body));
  return detail_of(of.why);
}

std::uint64_t nonce_at(std::string_view body, std::size_t at) {
  return wire::load_be64(octets(body.substr(at)).data());
}

} // namespace

TEST_CASE("25.CURVE.1 The greeting says who is the server") {
  engine_pair pair(secured::curve);
  pair.talk();
  CHECK(pair.client_said.substr(12, 20) == "CURVE" + std::string(15, '\0'));
  CHECK(pair.server_said.substr(12, 20) == "CURVE" + std::string(15, '\0'));
  CHECK(pair.client_said[32] == '\0');
  CHECK(pair.server_said[32] == '\1');
}

TEST_CASE("25.CURVE.2 The client speaks first, and then each in turn") {
  engine_pair pair(secured::curve);
  CHECK(pair.server.output.size() == 10); // a signature
  pair.talk();
  CHECK(pair.client_said.substr(64, 8) == hex("04 c8 05 48454c4c4f"));
  CHECK(pair.server_said.substr(64, 10) == hex("04 a8 07 57454c434f4d45"));
}

TEST_CASE("26.HELLO.1 HELLO has 200 octets: version 1.0, 72 zeros, C', a nonce "
          "and a signature") {
  curve_parties of;
  const std::string hello = of.hello();
  CHECK(hello.size() == 200);
  CHECK(hello.substr(0, 80)
        == hex("05 48454c4c4f 01 00") + std::string(72, '\0'));
  CHECK(nonce_at(hello, 112) == 1);
}

TEST_CASE("26.HELLO.2 The client makes a key pair for each connection") {
  curve_parties one, other(false, 9);
  CHECK(one.hello().substr(80, 32) != other.hello().substr(80, 32));
}

TEST_CASE("26.HELLO.3 The server validates all fields of HELLO") {
  CHECK(hello_with(6, '\2') == protocol_detail::malformed_hello);
  CHECK(hello_with(7, '\1') == protocol_detail::malformed_hello);
  CHECK(hello_with(8, '\1') == protocol_detail::malformed_hello);
  CHECK(hello_with(79, '\1') == protocol_detail::malformed_hello);
  CHECK(hello_with(90, '\0') == protocol_detail::cryptographic);
  CHECK(hello_with(119, '\7') == protocol_detail::cryptographic);
  CHECK(hello_with(199, '\0') == protocol_detail::cryptographic);
}

TEST_CASE("26.WELCOME.1 WELCOME has 168 octets, less than HELLO") {
  curve_parties of;
  const std::string welcome = of.welcome(of.hello());
  CHECK(welcome.size() == 168);
  CHECK(welcome.substr(0, 8) == hex("07 57454c434f4d45"));
}

TEST_CASE("26.WELCOME.2 The server makes a new cookie for each WELCOME") {
  curve_parties of;
  const std::string hello = of.hello();
  security::curve_server second(of.server_keys, of.cookies, {}, false,
                                of.server_entropy);
  const std::string welcome = of.welcome(hello);
  CHECK(of.one(second.on_command(octets(hello), of.now, of.out)) != welcome);
}

TEST_CASE("26.WELCOME.3 The cookie's key is discarded after an interval") {
  curve_parties of;
  const std::string initiate = of.initiate(of.welcome(of.hello()));
  of.now += 2 * security::cookie_life;
  CHECK(of.ready(initiate).empty());
  CHECK(detail_of(of.why) == protocol_detail::cryptographic);
  CHECK_FALSE(of.cookies.expires());
}

TEST_CASE("26.WELCOME.4 The client disconnects from who sends a bad WELCOME") {
  for (const std::size_t at : {8UL, 23UL, 24UL, 40UL, 167UL}) {
    curve_parties of;
    std::string welcome = of.welcome(of.hello());
    welcome[at] ^= '\1';
    CHECK(of.initiate(welcome).empty());
    CHECK(detail_of(of.why) == protocol_detail::cryptographic);
  }
}

TEST_CASE("26.INITIATE.1 INITIATE has at least 257 octets, and another nonce") {
  curve_parties of;
  const std::string initiate = of.initiate(of.welcome(of.hello()));
  CHECK(initiate.size() == 257 + metadata_of(socket_type::dealer).size());
  CHECK(nonce_at(initiate, 9 + 96) == 2);
}

TEST_CASE("26.INITIATE.2 The server learns C, and tells nobody else of it") {
  curve_parties of(true);
  const std::string initiate = of.initiate(of.welcome(of.hello()));
  const std::string key = text(of.client_keys.public_key);
  CHECK(initiate.find(key) == initiate.npos);
  CHECK(of.ready(initiate).empty());
  REQUIRE(of.server->question() != nullptr);
  CHECK(of.server->question()->credentials == std::vector{key});
}

TEST_CASE("26.INITIATE.3 The server disconnects who sends a bad INITIATE") {
  for (const std::size_t at : {9UL, 25UL, 105UL, 113UL, 250UL}) {
    curve_parties of;
    std::string initiate = of.initiate(of.welcome(of.hello()));
    initiate[at] ^= '\1';
    CHECK(of.ready(initiate).empty());
    CHECK(detail_of(of.why) == protocol_detail::cryptographic);
  }
}

TEST_CASE("26.READY.1 READY has at least 30 octets") {
  connected of;
  CHECK(of.ready_body.size() == 30 + metadata_of(socket_type::router).size());
  CHECK(of.ready_body.substr(0, 6) == hex("05 5245414459"));
}

TEST_CASE("26.READY.2 The client disconnects from who sends a bad READY") {
  for (const std::size_t at : {6UL, 14UL, 40UL}) {
    curve_parties of;
    std::string ready = of.ready(of.initiate(of.welcome(of.hello())));
    ready[at] ^= '\1';
    CHECK(detail_of(of.client->on_command(octets(ready), of.now, of.out))
          == protocol_detail::cryptographic);
  }
}

TEST_CASE("26.MESSAGE.1 MESSAGE has at least 33 octets") {
  connected of;
  const std::string box = of.seal(*of.client_boxes, "");
  CHECK(box.size() == 33);
  CHECK(box.substr(0, 8) == hex("07 4d455353414745"));
  CHECK(of.server_opens(box.substr(0, 32))
        == protocol_detail::malformed_message);
}

TEST_CASE("26.MESSAGE.2 Each direction has its nonces, that only go up") {
  connected of;
  CHECK(nonce_at(of.seal(*of.client_boxes, "x"), 8) == 3);
  CHECK(nonce_at(of.seal(*of.client_boxes, "x"), 8) == 4);
  CHECK(nonce_at(of.seal(*of.server_boxes, "x"), 8) == 2);
  CHECK(of.server_opens(
          of.seal(*of.server_boxes, "x").replace(8, 8, hex("0000000000000009")))
        == protocol_detail::cryptographic);
}

TEST_CASE("26.MESSAGE.3 Who uses a nonce again is disconnected") {
  connected of;
  const std::string box = of.seal(*of.client_boxes, "x");
  CHECK(of.server_opens(box) == protocol_detail::none);
  CHECK(of.server_opens(box) == protocol_detail::invalid_sequence);
}

TEST_CASE("26.MESSAGE.4 MORE is bit 0 of the flags in the box") {
  connected of;
  for (const std::uint8_t flags : {std::uint8_t{0}, frame_flag_more}) {
    CHECK(of.server_opens(of.seal(*of.client_boxes, "x", flags))
          == protocol_detail::none);
    CHECK(of.frame.flags == flags);
  }
}

TEST_CASE("26.MESSAGE.5 No ERROR answers a bad MESSAGE") {
  engine_pair pair(secured::curve);
  pair.talk();
  pair.server.feed(hex("00 21") + std::string(33, 'x'));
  CHECK(pair.server.closed);
  CHECK(pair.server.output.empty());
}

TEST_CASE("26.ERROR.1 Who does not pass authentication is sent ERROR") {
  engine_pair pair(secured::curve_asking);
  pair.status = 400;
  pair.talk();
  CHECK(pair.server_said.ends_with(hex("04 0a 05 4552524f52 03 343030")));
  REQUIRE(pair.client.closed);
  CHECK(pair.client.closed->reason == errc::access_denied);
}

TEST_CASE("26.ERROR.2 A client sends no ERROR") {
  curve_parties of;
  CHECK(detail_of(of.server->on_command(octets(hex("05 4552524f52 00")), of.now,
                                        of.out))
        == protocol_detail::unexpected_command);
}

TEST_CASE("32.Z85.1 Four octets are five characters, in network order") {
  CHECK(z85_encode(octets(hex("864fd26f b559f75b"))) == "HelloWorld");
}

TEST_CASE("32.Z85.2 What is decoded has a multiple of five characters, what is "
          "encoded of four octets") {
  CHECK_THROWS_AS(z85_decode("Hell"), error);
  CHECK_THROWS_AS(z85_encode(octets("abc")), error);
}
