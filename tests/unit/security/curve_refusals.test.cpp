// SPDX-License-Identifier: MPL-2.0
//
// What CURVE refuses, and by which of libzmq's codes: every octet of every
// handshake command changed, cut short, too long, repeated, out of order, from
// another connection, too old, or made by someone else.

#include "libzmqrt/wire/commands.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/security/sodium_box.hpp"

using namespace zmqrt;
using namespace zmqrt::security;
using namespace zmqrt::security_test;
using wire::protocol_detail;
using wire_test::hex;

namespace {

enum class step : std::uint8_t { hello, welcome, initiate, ready };

constexpr step steps[] = {step::hello, step::welcome, step::initiate,
                          step::ready};

/// Both parties, just before the command of `to` is heard.
struct up_to {
  explicit up_to(step to) {
    command = of.hello();
    if (to == step::hello)
      return;
    command = of.welcome(command);
    if (to == step::welcome)
      return;
    command = of.initiate(command);
    if (to == step::ready)
      command = of.ready(command);
  }
  curve_parties of;
  std::string command;
};

/// What the party that is to hear it says to `body` in place of the command.
wire::verdict heard(up_to& at, step which, std::string_view body) {
  wire::mechanism& listener = which == step::hello || which == step::initiate
                                ? static_cast<wire::mechanism&>(*at.of.server)
                                : static_cast<wire::mechanism&>(*at.of.client);
  return listener.on_command(octets(body), at.of.now, at.of.out);
}

protocol_detail heard(step which, std::string_view body) {
  up_to at(which);
  const auto why = heard(at, which, body);
  CHECK((!why || !why->text.empty() || at.of.out.empty()));
  return detail_of(why);
}

std::string command_of(step which) {
  return up_to(which).command;
}

/// Where the name is not the command's own: as the first octet counts it.
protocol_detail bad_name(std::string_view body) {
  const auto size = static_cast<unsigned char>(body[0]);
  return size == 0 || size >= body.size() ? protocol_detail::malformed_command
                                          : protocol_detail::unexpected_command;
}

struct row {
  step which;
  std::size_t name;  // octets of the name, with its size
  std::size_t plain; // up to here octets are in no box
  protocol_detail in_plain;
};

const row rows[] = {
  // HELLO: version and padding, then C', nonce and box.
  {step::hello, 6, 80, protocol_detail::malformed_hello},
  {step::welcome, 8, 8, protocol_detail::none},
  {step::initiate, 9, 9, protocol_detail::none},
  {step::ready, 6, 6, protocol_detail::none},
};

} // namespace

TEST_CASE("CURVE: a changed octet anywhere in the handshake is refused") {
  for (const row& want : rows) {
    const std::string good = command_of(want.which);
    REQUIRE(heard(want.which, good) == protocol_detail::none);
    for (std::size_t at = 0; at < good.size(); ++at) {
      for (const int mask : {0x01, 0x80, 0xff}) {
        // X25519 does not look at the highest bit of a public key; see below.
        if (want.which == step::hello && at == 111 && mask == 0x80)
          continue;
        std::string bad = good;
        bad[at] = static_cast<char>(bad[at] ^ mask);
        const auto expected = at < want.name ? bad_name(bad)
                              : at < want.plain
                                ? want.in_plain
                                : protocol_detail::cryptographic;
        INFO("command " << int(want.which) << ", octet " << at << ", mask "
                        << mask);
        CHECK(heard(want.which, bad) == expected);
      }
    }
  }
}

TEST_CASE("CURVE: a key that is another only in the bit that nobody looks at "
          "is not vouched for") {
  curve_parties of;
  std::string hello = of.hello();
  hello[111] ^= '\x80';
  const std::string initiate = of.initiate(of.welcome(hello));
  REQUIRE_FALSE(initiate.empty());
  CHECK(of.ready(initiate).empty());
  CHECK(detail_of(of.why) == protocol_detail::key_exchange);
}

TEST_CASE("CURVE: a command cut short, or too long, is refused") {
  for (const row& want : rows) {
    const std::string good = command_of(want.which);
    for (std::size_t size = 0; size <= good.size() + 2; ++size) {
      if (size == good.size())
        continue;
      std::string bad = good.substr(0, size);
      bad.resize(size, '\0');
      const auto got = heard(want.which, bad);
      INFO("command " << int(want.which) << " of " << size << " octets");
      if (size < want.name)
        CHECK(got == protocol_detail::malformed_command);
      else if (want.which == step::hello)
        CHECK(got == protocol_detail::malformed_hello);
      else if (want.which == step::initiate && size < 257)
        CHECK(got == protocol_detail::malformed_initiate);
      else if (want.which == step::ready && size < 30)
        CHECK(got == protocol_detail::malformed_ready);
      else
        CHECK(got == protocol_detail::cryptographic);
    }
  }
}

TEST_CASE("CURVE: commands out of turn are refused") {
  // libzmq's client tries to open READY as WELCOME, and says CRYPTOGRAPHIC.
  for (const step now : steps) {
    for (const step other : steps) {
      if (now == other)
        continue;
      INFO("command " << int(other) << " where " << int(now) << " is due");
      CHECK(heard(now, command_of(other))
            == protocol_detail::unexpected_command);
    }
    CHECK(heard(now, hex("04 50494e47 0000"))
          == protocol_detail::unexpected_command);
    CHECK(heard(now, hex("07 4d455353414745") + std::string(40, 'x'))
          == protocol_detail::unexpected_command);
  }
}

TEST_CASE("CURVE: a command that came before is refused") {
  for (const step now : {step::hello, step::welcome}) {
    up_to at(now);
    REQUIRE_FALSE(heard(at, now, at.command));
    CHECK(detail_of(heard(at, now, at.command))
          == protocol_detail::unexpected_command);
  }
}

TEST_CASE("CURVE: what another connection said is refused") {
  // Of the same client and server, with other short-term keys.
  for (const step which : {step::welcome, step::initiate, step::ready}) {
    curve_parties other(false, 50);
    std::string body = other.welcome(other.hello());
    if (which != step::welcome)
      body = other.initiate(body);
    if (which == step::ready)
      body = other.ready(body);
    REQUIRE_FALSE(body.empty());
    CHECK(heard(which, body) == protocol_detail::cryptographic);
  }
}

TEST_CASE("CURVE: an INITIATE replayed to another connection of the server is "
          "refused, while its cookie is fresh") {
  up_to at(step::initiate);
  curve_parties& of = at.of;
  security::curve_server next(of.server_keys, of.cookies, {}, false,
                              of.server_entropy);
  std::string out;
  // Also after the client's own HELLO, which anybody can replay.
  curve_parties same;
  REQUIRE_FALSE(next.on_command(octets(same.hello()), of.now, out));
  CHECK(detail_of(next.on_command(octets(at.command), of.now, out))
        == protocol_detail::cryptographic);
  CHECK(heard(at, step::initiate, at.command) == std::nullopt);
}

TEST_CASE("CURVE: a cookie goes stale") {
  for (const bool late : {false, true}) {
    up_to at(step::initiate);
    at.of.now += 2 * cookie_life - duration{late ? 0 : 1};
    CHECK(detail_of(heard(at, step::initiate, at.command))
          == (late ? protocol_detail::cryptographic : protocol_detail::none));
  }
}

TEST_CASE("CURVE: ERROR ends a client's handshake, and is none for a server") {
  for (const step which : steps) {
    const bool server = which == step::hello || which == step::initiate;
    up_to at(which);
    const auto why = heard(at, which, hex("05 4552524f52 03 343030"));
    REQUIRE(why);
    CHECK(why->auth_status == (server ? 0 : 400));
    CHECK(heard(which, hex("05 4552524f52 05 343030"))
          == (server ? protocol_detail::unexpected_command
                     : protocol_detail::malformed_error));
  }
}

TEST_CASE("CURVE: a server with another key is not gone on with") {
  curve_parties of;
  const std::string hello = of.hello();
  // It cannot open HELLO, and if it says WELCOME nevertheless, nobody hears.
  const curve_pair impostor = pair_from(7);
  security::curve_server wrong(impostor, of.cookies, {}, false,
                               of.server_entropy);
  CHECK(detail_of(wrong.on_command(octets(hello), of.now, of.out))
        == protocol_detail::cryptographic);
  const std::string welcome =
    hex("07 57454c434f4d45") + std::string(16, 'n')
    + sodium_box(std::string(128, 'x'), "WELCOME-" + std::string(16, 'n'),
                 hello.substr(80, 32), text(impostor.secret_key.octets()));
  CHECK(of.initiate(welcome).empty());
  CHECK(detail_of(of.why) == protocol_detail::cryptographic);
  CHECK_FALSE(of.client->complete());
}

TEST_CASE("CURVE: keys that agree with nobody are refused") {
  // Points of small order: whatever the secret, the product is zero.
  for (const int low : {0, 1}) {
    curve_public_key weak{};
    weak[0] = static_cast<std::byte>(low);
    curve_parties of;
    security::curve_client client(of.client_keys, weak, {}, of.client_entropy);
    CHECK(detail_of(client.begin(of.out)) == protocol_detail::cryptographic);
    std::string hello = of.hello();
    hello.replace(80, 32, text(weak));
    CHECK(of.welcome(hello).empty());
    CHECK(detail_of(of.why) == protocol_detail::cryptographic);
  }
}

// -- an INITIATE that another client might make
// ---------------------------------

namespace {

/// INITIATE with what is given, by someone who has all secrets of a client.
struct forger {
  forger() {
    const std::string welcome = of.welcome(of.hello());
    REQUIRE_FALSE(of.initiate(welcome).empty());
    own_secret = of.client_entropy.given.at(0);
    served_public = sodium_public(of.server_entropy.given.at(0));
    vouched = sodium_public(own_secret) + text(of.server_keys.public_key);
    cookie = text_of_cookie();
  }
  [[nodiscard]] std::string text_of_cookie() {
    up_to again(step::initiate); // the same seeds
    return again.command.substr(9, 96);
  }
  [[nodiscard]] protocol_detail judged() {
    const std::string vouch_nonce(16, 'v');
    const std::string plain =
      text(of.client_keys.public_key) + vouch_nonce
      + sodium_box(vouched, "VOUCH---" + vouch_nonce, served_public,
                   text(of.client_keys.secret_key.octets()))
      + metadata;
    const std::string nonce = short_nonce(counter);
    const std::string body = hex("08 494e495449415445") + cookie + nonce
                             + sodium_box(plain, "CurveZMQINITIATE" + nonce,
                                          served_public, own_secret);
    const bool said = !of.ready(body).empty();
    CHECK(said != of.why.has_value());
    return detail_of(of.why);
  }
  curve_parties of;
  std::string own_secret, served_public, vouched, cookie;
  std::string metadata = metadata_of(socket_type::dealer);
  std::uint64_t counter = 2;
};

} // namespace

TEST_CASE("CURVE: what is inside INITIATE counts") {
  CHECK(forger().judged() == protocol_detail::none);
  for (const std::uint64_t counter : {std::uint64_t{0}, std::uint64_t{1}}) {
    forger old;
    old.counter = counter;
    CHECK(old.judged() == protocol_detail::invalid_sequence);
  }
  forger later;
  later.counter = ~std::uint64_t{0};
  CHECK(later.judged() == protocol_detail::none);
  for (const std::size_t at : {0UL, 31UL, 32UL, 63UL}) {
    forger other;
    other.vouched[at] ^= '\x01';
    CHECK(other.judged() == protocol_detail::key_exchange);
  }
  forger thief; // has not the secret key that it says it has
  thief.of.client_keys = {thief.of.client_keys.public_key,
                          pair_from(9).secret_key};
  CHECK(thief.judged() == protocol_detail::cryptographic);
  forger garbled;
  garbled.metadata += "x";
  CHECK(garbled.judged() == protocol_detail::invalid_metadata);
  forger silent;
  silent.metadata.clear();
  CHECK(silent.judged() == protocol_detail::none);
}
