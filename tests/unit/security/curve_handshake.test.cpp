// SPDX-License-Identifier: MPL-2.0
//
// The CURVE handshake against known answers: each command is computed from
// RFC 26 with libsodium alone, and compared octet by octet.

#include "tests/support/catch.hpp"
#include "tests/unit/security/sodium_box.hpp"

using namespace zmqrt;
using namespace zmqrt::security;
using namespace zmqrt::security_test;
using wire_test::hex;

namespace {

const std::string hello_name = hex("05 48454c4c4f");
const std::string welcome_name = hex("07 57454c434f4d45");
const std::string initiate_name = hex("08 494e495449415445");
const std::string ready_name = hex("05 5245414459");

/// All keys of one connection, from what the parties were given by chance.
struct known_keys {
  explicit known_keys(curve_parties& of)
    : parties(&of), C(text(of.client_keys.public_key)),
      c(text(of.client_keys.secret_key.octets())),
      S(text(of.server_keys.public_key)),
      s(text(of.server_keys.secret_key.octets())) {
  }
  curve_parties* parties;
  std::string C, c, S, s;
  [[nodiscard]] std::string own_secret() const { // c'
    return parties->client_entropy.given.at(0);
  }
  [[nodiscard]] std::string own_public() const { // C'
    return sodium_public(own_secret());
  }
  [[nodiscard]] std::string vouch_nonce() const {
    return parties->client_entropy.given.at(1);
  }
  [[nodiscard]] std::string served_secret() const { // s'
    return parties->server_entropy.given.at(0);
  }
  [[nodiscard]] std::string served_public() const { // S'
    return sodium_public(served_secret());
  }
  [[nodiscard]] std::string cookie() const {
    const std::string key = parties->server_entropy.given.at(1);
    const std::string nonce = parties->server_entropy.given.at(2);
    return nonce
           + sodium_secretbox(own_public() + served_secret(),
                              "COOKIE--" + nonce, key);
  }
  [[nodiscard]] std::string welcome_nonce() const {
    return parties->server_entropy.given.at(3);
  }
};

} // namespace

TEST_CASE("CURVE: HELLO is what RFC 26 makes of the keys") {
  curve_parties of;
  const std::string hello = of.hello();
  const known_keys keys(of);
  CHECK(hello.size() == 200);
  CHECK(hello
        == hello_name                // command
             + hex("01 00")          // version
             + std::string(72, '\0') // padding
             + keys.own_public()     // C'
             + short_nonce(1)        // nonce
             + sodium_box(std::string(64, '\0'),
                          "CurveZMQHELLO---" + short_nonce(1), keys.S,
                          keys.own_secret())); // Box [64 * %x0](C'->S)
}

TEST_CASE("CURVE: WELCOME is what RFC 26 makes of the keys") {
  curve_parties of;
  const std::string welcome = of.welcome(of.hello());
  const known_keys keys(of);
  CHECK(welcome.size() == 168);
  CHECK(welcome
        == welcome_name             // command
             + keys.welcome_nonce() // nonce
             + sodium_box(keys.served_public() + keys.cookie(),
                          "WELCOME-" + keys.welcome_nonce(), keys.own_public(),
                          keys.s)); // Box [S' + cookie](S->C')
}

TEST_CASE("CURVE: INITIATE is what RFC 26 makes of the keys") {
  curve_parties of;
  const std::string initiate = of.initiate(of.welcome(of.hello()));
  const known_keys keys(of);
  const std::string vouch =
    keys.vouch_nonce()
    + sodium_box(keys.own_public() + keys.S, "VOUCH---" + keys.vouch_nonce(),
                 keys.served_public(), keys.c); // Box [C',S](C->S')
  CHECK(initiate.size() >= 257);
  CHECK(initiate
        == initiate_name      // command
             + keys.cookie()  // cookie
             + short_nonce(2) // nonce
             + sodium_box(keys.C + vouch + metadata_of(socket_type::dealer),
                          "CurveZMQINITIATE" + short_nonce(2),
                          keys.served_public(),
                          keys.own_secret())); // Box [C + vouch + metadata]
}

TEST_CASE("CURVE: READY is what RFC 26 makes of the keys") {
  curve_parties of;
  const std::string ready = of.ready(of.initiate(of.welcome(of.hello())));
  const known_keys keys(of);
  CHECK(ready
        == ready_name         // command
             + short_nonce(1) // nonce
             + sodium_box(metadata_of(socket_type::router),
                          "CurveZMQREADY---" + short_nonce(1),
                          keys.own_public(),
                          keys.served_secret())); // Box [metadata](S'->C')
  REQUIRE_FALSE(of.client->on_command(octets(ready), of.now, of.out));
  CHECK(of.client->complete());
  CHECK(of.server->complete());
  CHECK(*of.client->metadata().find("Socket-Type") == "ROUTER");
  CHECK(*of.server->metadata().find("Socket-Type") == "DEALER");
}

TEST_CASE("CURVE: the first MESSAGE of each side is what RFC 26 makes of it") {
  curve_parties of;
  REQUIRE_FALSE(of.client->on_command(
    octets(of.ready(of.initiate(of.welcome(of.hello())))), of.now, of.out));
  const known_keys keys(of);
  const auto client = of.client->take_cipher();
  const auto server = of.server->take_cipher();
  const std::string plain = "an order for a hat";
  std::string box(client->overhead() + plain.size(), '\0');
  const auto at = std::as_writable_bytes(std::span{box}).data();
  client->seal(frame_flag_more, octets(plain), at);
  CHECK(box
        == hex("07 4d455353414745") + short_nonce(3)
             + sodium_box('\x01' + plain, "CurveZMQMESSAGEC" + short_nonce(3),
                          keys.served_public(), keys.own_secret()));
  server->seal(frame_flag_command, octets(plain), at);
  CHECK(box
        == hex("07 4d455353414745") + short_nonce(2)
             + sodium_box('\x02' + plain, "CurveZMQMESSAGES" + short_nonce(2),
                          keys.own_public(), keys.served_secret()));
}

TEST_CASE("CURVE: no connection has the keys or nonces of another") {
  curve_parties one;
  curve_parties other(false, 50);
  const std::string first = one.hello();
  const std::string second = other.hello();
  CHECK(first.substr(80, 32) != second.substr(80, 32));
  CHECK(one.welcome(first) != other.welcome(second));
  // Also of one server: the same HELLO, twice.
  curve_parties again;
  security::curve_server twice(again.server_keys, one.cookies, {}, false,
                               one.server_entropy);
  std::string out;
  REQUIRE_FALSE(twice.on_command(octets(first), one.now, out));
  const auto& given = one.server_entropy.given;
  REQUIRE(given.size() == 7); // s', cookie key, two nonces; s', two nonces
  for (std::size_t a = 0; a < given.size(); ++a)
    for (std::size_t b = 0; b < a; ++b)
      CHECK(given[a].substr(0, 16) != given[b].substr(0, 16));
}

TEST_CASE("CURVE: the server has no key of the connection before INITIATE") {
  // Everything that it keeps, as memory: neither s' nor C' is in it.
  curve_parties of;
  const std::string hello = of.hello();
  REQUIRE_FALSE(of.welcome(hello).empty());
  const known_keys keys(of);
  const std::string memory(reinterpret_cast<const char*>(of.server.get()),
                           sizeof(security::curve_server));
  CHECK(memory.find(keys.served_secret()) == memory.npos);
  CHECK(memory.find(keys.served_public()) == memory.npos);
  CHECK(memory.find(keys.own_public()) == memory.npos);
}

TEST_CASE("CURVE: who has to be let in is asked about by key") {
  curve_parties of(true);
  CHECK(of.ready(of.initiate(of.welcome(of.hello()))).empty());
  REQUIRE_FALSE(of.why);
  const wire::auth_question* const asked = of.server->question();
  REQUIRE(asked != nullptr);
  CHECK(asked->mechanism == "CURVE");
  CHECK(asked->credentials == std::vector{text(of.client_keys.public_key)});
  CHECK_FALSE(of.server->complete());

  wire::auth_answer answer;
  answer.status = 200;
  const std::string ready = of.one(of.server->on_answer(answer, of.out));
  REQUIRE_FALSE(of.client->on_command(octets(ready), of.now, of.out));
  CHECK(of.client->complete());
  CHECK(of.server->complete());
}

TEST_CASE("CURVE: who is not let in hears why, but for 300") {
  for (const std::uint32_t status : {300U, 400U, 500U}) {
    curve_parties of(true);
    CHECK(of.ready(of.initiate(of.welcome(of.hello()))).empty());
    wire::auth_answer answer;
    answer.status = status;
    const auto why = of.server->on_answer(answer, of.out);
    REQUIRE(why);
    CHECK(why->auth_status == status);
    CHECK_FALSE(of.server->complete());
    const auto said = take_bodies(of.out);
    REQUIRE(said.size() == (status == 300 ? 0 : 1));
    if (said.empty())
      continue;
    const auto told = of.client->on_command(octets(said[0]), of.now, of.out);
    REQUIRE(told);
    CHECK(told->auth_status == status);
    CHECK_FALSE(of.client->complete());
  }
}
