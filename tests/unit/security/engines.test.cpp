// SPDX-License-Identifier: MPL-2.0
//
// Engines with PLAIN and CURVE end to end: every split of what each side
// hears, messages of all shapes, commands in boxes, every octet of the
// handshake changed on its way, and answers that come late, twice or never.

#include <algorithm>

#include "tests/support/catch.hpp"
#include "tests/unit/security/engine_pair.hpp"

using namespace zmqrt;
using namespace zmqrt::wire;
using namespace zmqrt::wire_test;
using namespace zmqrt::security_test;

namespace {

constexpr std::size_t greeting_size = 64;

constexpr secured mechanisms[] = {secured::plain, secured::curve,
                                  secured::curve_asking};

const std::vector<frames>& some() {
  static const std::vector<frames> all{{"one"},
                                       {"", "two", std::string(5000, 'x'), ""},
                                       {std::string(300, 'y')},
                                       {""},
                                       {std::string(100000, 'z')},
                                       {"last"}};
  return all;
}

struct transcript {
  std::string client, server;
};

/// What both say from the greeting to the end of some() each way.
transcript record(secured by) {
  engine_pair pair(by);
  pair.talk();
  REQUIRE(pair.client.ready == 1);
  REQUIRE(pair.server.ready == 1);
  pair.client.output += engine_pair::wire_of(pair.client, some());
  pair.server.output += engine_pair::wire_of(pair.server, some());
  pair.talk();
  CHECK(pair.server.messages == some());
  CHECK(pair.client.messages == some());
  CHECK(pair.client.sound);
  CHECK(pair.server.sound);
  return {pair.client_said, pair.server_said};
}

} // namespace

TEST_CASE("Secured engines talk, in pieces of any size") {
  for (const secured by : mechanisms) {
    for (const std::size_t piece : {1UL << 20, 1UL, 7UL, 100UL, 4096UL}) {
      for (const bool direct : {false, true}) {
        INFO("mechanism " << int(by) << ", pieces of " << piece);
        engine_pair pair(by);
        pair.server.direct = pair.client.direct = direct;
        pair.talk(piece);
        pair.client.output += engine_pair::wire_of(pair.client, some());
        pair.server.output += engine_pair::wire_of(pair.server, some());
        pair.talk(piece);
        CHECK((pair.server.messages == some()));
        CHECK((pair.client.messages == some()));
        CHECK(pair.client.sound);
        CHECK(pair.server.sound);
        CHECK(pair.server.engine.canonical() == (by == secured::plain));
        CHECK(pair.server.engine.peer().type == socket_type::dealer);
        const auto* const user =
          pair.server.engine.peer().properties.find("User-Id");
        CHECK((user != nullptr) == (by != secured::curve));
        if (user != nullptr) {
          CHECK(*user == "joe");
          CHECK(*pair.server.engine.peer().properties.find("Level") == "9");
        }
      }
    }
  }
}

TEST_CASE("Secured engines: the same octets split anywhere tell the same") {
  for (const secured by : {secured::curve, secured::plain}) {
    const transcript all = record(by);
    // Every octet of the handshake and of the first messages is a split; the
    // client says nothing behind HELLO before it is let in.
    const std::size_t hello = greeting_size + (by == secured::plain ? 22 : 202);
    for (std::size_t at = 0; at <= 1200; ++at) {
      INFO("mechanism " << int(by) << ", split at " << at);
      engine_pair again(by);
      std::size_t from = 0;
      for (const std::size_t to :
           {std::min(at, hello), std::max(at, hello), all.client.size()}) {
        again.server.feed(all.client.substr(from, to - from));
        again.answer();
        from = to;
      }
      CHECK((again.server.messages == some()));
      CHECK(again.server.sound);
      // What the client says it says by chance, and so again the same.
      again.client.feed(all.server.substr(0, at));
      again.client.feed(all.server.substr(at));
      CHECK((again.client.messages == some()));
      CHECK(again.client.sound);
    }
  }
}

TEST_CASE("CURVE hides what is said") {
  engine_pair pair(secured::curve);
  pair.talk();
  const std::string secret = "attack at dawn, attack at dawn";
  const std::string wire = engine_pair::wire_of(pair.client, {{secret}});
  CHECK(wire.find("attack") == wire.npos);
  CHECK(wire.size() == 2 + 33 + secret.size());
  CHECK(pair.client_said.find("DEALER") == pair.client_said.npos);
  CHECK(pair.server_said.find("ROUTER") == pair.server_said.npos);
}

TEST_CASE("CURVE: an octet changed amid the handshake lets nobody through") {
  // Two commands from each side, by what stands before them.
  const std::size_t client_end = greeting_size + 2 + 200 + 9 + 279;
  const std::size_t server_end = greeting_size + 2 + 168 + 2 + 52;
  for (const bool from_client : {true, false}) {
    const std::size_t end = from_client ? client_end : server_end;
    for (std::size_t at = greeting_size; at < end; ++at) {
      for (const int mask : {0x01, 0x80}) {
        engine_pair pair(secured::curve);
        pair.how = {from_client ? &pair.client_said : &pair.server_said, at,
                    mask};
        pair.talk();
        const listener& to = from_client ? pair.server : pair.client;
        INFO((from_client ? "client's" : "server's") << " octet " << at);
        CHECK(to.sound);
        CHECK(to.ready == 0);
        CHECK(pair.client.ready == 0);
        // Of a longer command the rest is awaited, within HANDSHAKE_IVL.
        if (to.closed)
          CHECK(to.closed->failure == event_kind::handshake_failed_protocol);
      }
    }
  }
  engine_pair untouched(secured::curve);
  untouched.talk();
  CHECK(untouched.client_said.size() == client_end);
  CHECK(untouched.server_said.size() == server_end);
}

TEST_CASE("CURVE: an octet changed in a box ends the connection, after what "
          "came before it") {
  engine_pair first(secured::curve);
  first.talk();
  const std::string one = engine_pair::wire_of(first.client, {{"one"}});
  const std::string two = engine_pair::wire_of(first.client, {{"two", "more"}});
  for (std::size_t at = 0; at < two.size(); ++at) {
    for (const char mask : {'\x01', '\x02', '\x04', '\x80'}) {
      engine_pair pair(secured::curve);
      pair.talk();
      std::string bad = two;
      bad[at] = static_cast<char>(bad[at] ^ mask);
      pair.server.feed(one + bad);
      INFO("octet " << at);
      CHECK(pair.server.sound);
      CHECK(pair.server.messages == std::vector<frames>{{"one"}});
      if (pair.server.closed)
        CHECK(pair.server.closed->failure == event_kind::disconnected);
    }
  }
}

TEST_CASE("CURVE: a message outside of a box ends the connection") {
  for (const char* plain : {"00 05 68656c6c6f",          // a message
                            "01 05 68656c6c6f",          // the first of two
                            "04 07 04 50494e47 0000"}) { // PING
    engine_pair pair(secured::curve);
    pair.talk();
    pair.server.feed(hex(plain));
    CHECK(pair.server.messages.empty());
    REQUIRE(pair.server.closed);
    CHECK(pair.server.closed->reason == errc::protocol_error);
  }
}

TEST_CASE("CURVE: PING and PONG travel in boxes") {
  engine_options beating;
  beating.heartbeat_interval = std::chrono::seconds{1};
  beating.heartbeat_timeout = std::chrono::seconds{5};
  engine_pair pair(secured::curve, beating);
  pair.talk();
  const std::size_t before = pair.client_said.size();
  for (int second = 0; second < 20; ++second) {
    pair.client.tick(std::chrono::seconds{1});
    pair.server.tick(std::chrono::seconds{1});
    pair.talk();
  }
  CHECK_FALSE(pair.client.closed);
  CHECK_FALSE(pair.server.closed);
  // Each second a PING and a PONG: 2 and 33 octets around 7 and 5.
  CHECK(pair.client_said.size() == before + 20 * (2 + 33 + 7 + 2 + 33 + 5));
  CHECK(pair.client_said.find("PING") == std::string::npos);
  CHECK(pair.client_said.find("PONG") == std::string::npos);
  // The one that has died is missed.
  for (int second = 0; second < 10 && !pair.server.closed; ++second)
    pair.server.tick(std::chrono::seconds{1});
  REQUIRE(pair.server.closed);
  CHECK(pair.server.closed->reason == errc::timed_out);
}

TEST_CASE("CURVE: a PING before READY was written follows it") {
  engine_options beating;
  beating.heartbeat_interval = std::chrono::seconds{1};
  engine_pair pair(secured::curve, beating);
  const transcript all = record(secured::curve);
  pair.server.take = false;
  pair.server.feed(all.client.substr(0, greeting_size + 202));
  pair.server.take_output();
  pair.server.feed(all.client.substr(greeting_size + 202));
  REQUIRE(pair.server.ready == 1);
  pair.server.tick(std::chrono::seconds{1});
  pair.server.take_output();
  pair.client.feed(pair.server.output);
  CHECK(pair.client.ready == 1);
  CHECK_FALSE(pair.client.closed);
}

TEST_CASE("CURVE: subscriptions travel in boxes, in their place") {
  curve_parties of;
  engine_options options;
  options.type = socket_type::xsub;
  of.client = std::make_unique<security::curve_client>(
    of.client_keys, of.server_keys.public_key, metadata_of(options.type),
    of.client_entropy);
  listener client(options, true, std::move(of.client));
  options.type = socket_type::xpub;
  of.server = std::make_unique<security::curve_server>(
    of.server_keys, of.cookies, metadata_of(options.type), false,
    of.server_entropy);
  listener server(options, true, std::move(of.server));
  for (int round = 0; round < 4; ++round) {
    server.feed(std::exchange(client.output, {}));
    client.feed(std::exchange(server.output, {}));
  }
  REQUIRE(client.ready == 1);
  batch canonical;
  batch_writer writer(client.source);
  REQUIRE(writer.append(canonical, message{"before"}));
  REQUIRE(writer.append_command(canonical, "SUBSCRIBE", "topic"));
  REQUIRE(writer.append(canonical, message{"between"}));
  REQUIRE(writer.append_command(canonical, "CANCEL", "topic"));
  batch wire;
  REQUIRE(client.engine.transcode(canonical, wire));
  server.feed(flatten(wire));
  CHECK(server.sound);
  CHECK(server.messages
        == std::vector<frames>{
          {"before"}, {"\x01topic"}, {"between"}, {std::string("\0topic", 6)}});
}

TEST_CASE("CURVE: what was written is counted in whole messages") {
  engine_pair pair(secured::curve);
  pair.talk();
  batch canonical;
  batch_writer writer(pair.client.source);
  std::vector<std::size_t> ends;
  for (const frames& parts : some()) {
    message whole;
    for (const std::string& part : parts)
      whole.push_back(part);
    REQUIRE(writer.append(canonical, whole));
    std::size_t size = ends.empty() ? 0 : ends.back();
    for (const std::string& part : parts)
      size += (part.size() + 33 > 255 ? 9 : 2) + 33 + part.size();
    ends.push_back(size);
  }
  batch wire;
  REQUIRE(pair.client.engine.transcode(canonical, wire));
  CHECK(wire.bytes() == ends.back());
  CHECK(wire.messages() == some().size());
  for (std::size_t i = 0; i < ends.size(); ++i) {
    CHECK(pair.client.engine.whole_messages(canonical, wire, ends[i]) == i + 1);
    CHECK(pair.client.engine.whole_messages(canonical, wire, ends[i] - 1) == i);
  }
}

TEST_CASE("CURVE: limits hold for what is in the boxes") {
  engine_options limited;
  limited.max_message_size = 100;
  limited.max_command_size = 400; // INITIATE has to pass
  limited.max_frames_per_message = 3;
  const frames fits{std::string(100, 'a'), "b", "c"};
  const std::vector<frames> too_much{
    {std::string(101, 'a')}, {"a", "b", "c", "d"}, {std::string(500, 'a')}};
  for (const frames& bad : too_much) {
    engine_pair pair(secured::curve, limited);
    pair.talk();
    pair.server.feed(engine_pair::wire_of(pair.client, {fits, bad, {"x"}}));
    CHECK(pair.server.messages == std::vector<frames>{fits});
    REQUIRE(pair.server.closed);
    CHECK(pair.server.closed->reason == errc::message_too_long);
  }
}

// -- whoever decides ----------------------------------------------------------

TEST_CASE("A peer that waits to be let in is not ready, and may be refused") {
  for (const secured by : {secured::plain, secured::curve_asking}) {
    for (const std::uint32_t status : {300U, 400U, 500U}) {
      engine_pair pair(by);
      pair.answers = false;
      pair.talk();
      REQUIRE(pair.server.questions.size() == 1);
      CHECK(pair.server.questions[0].mechanism
            == (by == secured::plain ? "PLAIN" : "CURVE"));
      CHECK(pair.server.ready == 0);
      CHECK(pair.client.ready == 0);
      pair.answers = true;
      pair.status = status;
      pair.talk();
      REQUIRE(pair.server.closed);
      CHECK(pair.server.closed->failure == event_kind::handshake_failed_auth);
      CHECK(pair.server.closed->detail == status);
      CHECK(pair.client.closed.has_value() == (status != 300));
      if (pair.client.closed) {
        CHECK(pair.client.closed->failure == event_kind::handshake_failed_auth);
        CHECK(pair.client.closed->detail == status);
      }
      CHECK(pair.server.sound);
      CHECK(pair.client.ready == 0);
    }
  }
}

TEST_CASE("An answer that comes twice, late, or unasked harms nobody") {
  wire::auth_answer yes;
  yes.status = 200;
  wire::auth_answer no;
  no.status = 400;
  engine_pair pair(secured::plain);
  pair.server.engine.authenticated(no, pair.server.now);
  pair.talk();
  REQUIRE(pair.server.ready == 1);
  pair.server.engine.authenticated(no, pair.server.now);
  pair.server.engine.refuse(*broken(), pair.server.now);
  pair.server.drain();
  CHECK_FALSE(pair.server.closed);

  engine_options limited;
  limited.handshake_limit = std::chrono::seconds{3};
  engine_pair late(secured::plain, limited);
  late.answers = false;
  late.talk();
  late.server.tick(std::chrono::seconds{3});
  REQUIRE(late.server.closed);
  CHECK(late.server.closed->reason == errc::timed_out);
  late.server.engine.authenticated(yes, late.server.now);
  late.server.drain();
  CHECK(late.server.sound);
  CHECK(late.server.ready == 0);
}

TEST_CASE("No proper answer ends the connection with the code for it") {
  engine_pair pair(secured::curve_asking);
  pair.answers = false;
  pair.talk();
  pair.server.engine.refuse(*broken(protocol_detail::zap_bad_version),
                            pair.server.now);
  pair.server.drain();
  REQUIRE(pair.server.closed);
  CHECK(pair.server.closed->failure == event_kind::handshake_failed_protocol);
  CHECK(pair.server.closed->detail == 0x20000003);
  CHECK_FALSE(pair.server.engine.has_output());
}

TEST_CASE("What a peer says before it is let in waits, up to a limit") {
  const transcript all = record(secured::plain);
  engine_pair pair(secured::plain);
  pair.server.feed(all.client); // all at once, without a wait for anything
  CHECK(pair.server.messages.empty());
  CHECK(pair.server.closed); // 100 KB are too much
  engine_pair patient(secured::plain);
  patient.server.feed(all.client.substr(0, 6000));
  CHECK_FALSE(patient.server.closed);
  patient.answer();
  CHECK((patient.server.messages
         == std::vector<frames>(some().begin(), some().begin() + 4)));
}

TEST_CASE("A peer does not say who it is to us") {
  // METADATA of its own may not claim what only an answer says.
  std::string metadata = metadata_of(socket_type::dealer);
  append_property(metadata, "user-ID", "root");
  append_property(metadata, "X-Colour", "red");
  curve_parties of;
  of.client = std::make_unique<security::curve_client>(
    of.client_keys, of.server_keys.public_key, metadata, of.client_entropy);
  engine_options options;
  options.type = socket_type::router;
  listener server(options, true, std::move(of.server));
  options.type = socket_type::dealer;
  listener client(options, true, std::move(of.client));
  for (int round = 0; round < 4; ++round) {
    server.feed(std::exchange(client.output, {}));
    client.feed(std::exchange(server.output, {}));
  }
  REQUIRE(server.ready == 1);
  CHECK(server.engine.peer().properties.find("User-Id") == nullptr);
  CHECK(*server.engine.peer().properties.find("x-colour") == "red");
}

TEST_CASE("Mechanisms that differ are refused by both") {
  engine_options options;
  options.type = socket_type::router;
  curve_parties of;
  listener server(options, true, std::move(of.server));
  options.type = socket_type::dealer;
  listener client(options); // NULL
  for (int round = 0; round < 3; ++round) {
    server.feed(std::exchange(client.output, {}));
    client.feed(std::exchange(server.output, {}));
  }
  for (listener* const side : {&server, &client}) {
    REQUIRE(side->closed);
    CHECK(side->closed->failure == event_kind::handshake_failed_protocol);
    CHECK(side->closed->detail == 0x11000002);
  }
}
