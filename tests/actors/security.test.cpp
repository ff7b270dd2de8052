// SPDX-License-Identifier: MPL-2.0
//
// Security through the public face: who comes in by PLAIN and CURVE, and what
// becomes of those who do not. Who decides is in asked.test.cpp.

#include "tests/actors/security.hpp"

#include <future>
#include <mutex>

#include "tests/actors/raw_peer.hpp"

namespace zmqrt::test {

using kind = event_kind;

// -- PLAIN --------------------------------------------------------------------

TEST_CASE("security: PLAIN lets in who the rules know") {
  ON_EVERY(where, wires());
  scene it{where};
  set_authenticator(it.ctx, auth_rules{}.add_user("admin", "sesame"));
  pair_of_ends ends{it};
  ends.server.set(option::plain_server, true);
  use_plain(ends.client, "admin", "sesame");
  CHECK(ends.server.get(option::mechanism) == 1);
  CHECK(ends.client.get(option::mechanism) == 1);
  ends.require_meet();
  const auto got = ends.server.recv();
  CHECK(got.str() == "hello");
  CHECK(got.property("User-Id") == "admin");
}

TEST_CASE("security: PLAIN refuses a wrong password on both sides") {
  ON_EVERY(where, wires());
  scene it{where};
  set_authenticator(it.ctx, auth_rules{}.add_user("admin", "sesame"));
  pair_of_ends ends{it};
  ends.server.set(option::plain_server, true);
  use_plain(ends.client, "admin", "guess");
  ends.require_refused(kind::handshake_failed_auth, 400);
  const auto at_client = await_end(ends.at_client);
  CHECK(at_client.kind == kind::handshake_failed_auth);
  CHECK(at_client.value == 400);
}

TEST_CASE("security: PLAIN lets nobody in where nobody is asked") {
  ON_EVERY(where, wires());
  scene it{where};
  pair_of_ends ends{it};
  ends.server.set(option::plain_server, true);
  use_plain(ends.client, "admin", "sesame");
  ends.require_refused(kind::handshake_failed_no_detail, EFAULT);
}

TEST_CASE("security: mechanisms that differ do not meet") {
  ON_EVERY(where, over_tcp());
  scene it{where};
  set_authenticator(it.ctx, auth_rules{}.add_user("admin", "sesame"));
  pair_of_ends ends{it};
  ends.server.set(option::plain_server, true);
  ends.meet();
  constexpr std::int64_t mismatch = 0x11000002;
  const auto end = await_end(ends.at_server);
  CHECK(end.kind != kind::handshake_succeeded);
  const auto other = await_end(ends.at_client);
  CHECK(other.kind != kind::handshake_succeeded);
  CHECK((end.value == mismatch || other.value == mismatch));
}

TEST_CASE("security: who is refused is freed by term") {
  ON_EVERY(where, wires());
  const bool plain_connects = GENERATE(true, false);
  scene there{where}; // the server's context lives on
  scene it{where, infinite};
  auto server = there.open(socket_type::rep);
  auto client = it.open(socket_type::req);
  client.set(option::reconnect_ivl, milliseconds{1});
  client.set(option::rcvtimeo, infinite);
  client.set(option::linger, milliseconds{0});
  if (plain_connects)
    use_plain(client, "admin", "sesame");
  else
    server.set(option::plain_server, true);
  auto events = client.monitor();
  client.connect(server.bind(there.fresh()));
  client.send("is anybody there?");
  auto blocked = std::async(
    std::launch::async, [&] { return code_of([&] { (void)client.recv(); }); });
  // Refused, and again.
  for (int i = 0; i < 2; ++i)
    REQUIRE(await_end(events).kind != kind::handshake_succeeded);
  REQUIRE(it.ctx.term_for(patience));
  CHECK(blocked.get() == errc::terminated);
}

TEST_CASE("security: RECONNECT_STOP ends who is not let in") {
  ON_EVERY(where, over_tcp());
  scene it{where};
  set_authenticator(it.ctx, auth_rules{}.add_user("admin", "sesame"));
  pair_of_ends ends{it};
  ends.server.set(option::plain_server, true);
  use_plain(ends.client, "admin", "guess");
  ends.client.set(option::reconnect_stop, 2); // a failed handshake
  ends.require_refused(kind::handshake_failed_auth, 400);
  (void)await(ends.at_client, kind::handshake_failed_auth);
  expect(ends.at_client, kind::disconnected);
  ends.client.close();
  expect(ends.at_client, kind::monitor_stopped); // and nothing before
}

// -- CURVE --------------------------------------------------------------------

TEST_CASE("security: CURVE carries messages of any size, both ways") {
  ON_EVERY(where, wires());
  scene it{where};
  const auto server = curve_keypair();
  const auto client = curve_keypair();
  auto bound = it.pair();
  auto connected = it.pair();
  serve_curve(bound, server);
  use_curve(connected, client, server.public_key);
  connected.connect(bound.bind(it.fresh()));
  for (const std::size_t size :
       {std::size_t{0}, std::size_t{1}, std::size_t{255}, std::size_t{256},
        std::size_t{70'000}, std::size_t{1} << 20}) {
    CAPTURE(size);
    send_numbered(connected, 20, size);
    recv_numbered(bound, 20, size);
    send_numbered(bound, 20, size);
    recv_numbered(connected, 20, size);
  }
  connected.send(message{"a", "", std::string(1000, 'b')});
  const auto parts = bound.recv();
  REQUIRE(parts.size() == 3);
  CHECK(parts[2].bytes().size() == 1000);
}

TEST_CASE("security: CURVE with another server's key does not meet") {
  ON_EVERY(where, wires());
  scene it{where};
  pair_of_ends ends{it};
  serve_curve(ends.server, curve_keypair());
  use_curve(ends.client, curve_keypair(), curve_keypair().public_key);
  ends.require_refused(kind::handshake_failed_protocol, 0x11000001);
}

TEST_CASE("security: without the server's key nothing passes, either way") {
  ON_EVERY(where, wires());
  enum class has { another_key, no_mechanism, plain };
  const auto client_has =
    GENERATE(has::another_key, has::no_mechanism, has::plain);
  CAPTURE(static_cast<int>(client_has));
  scene it{where};
  auto server = it.pair();
  auto client = it.pair();
  serve_curve(server, curve_keypair());
  if (client_has == has::another_key)
    use_curve(client, curve_keypair(), curve_keypair().public_key);
  else if (client_has == has::plain)
    use_plain(client, "admin", "sesame");
  client.set(option::reconnect_ivl, milliseconds{1});
  auto at_client = client.monitor();
  // Both have something to say before they meet.
  const auto endpoint = server.bind(it.fresh());
  client.connect(endpoint);
  client.send("a client's secret");
  for (int i = 0; i < 3; ++i)
    REQUIRE(await_end(at_client).kind != kind::handshake_succeeded);
  CHECK_FALSE(server.try_send("a server's secret")); // there is no peer
  CHECK_FALSE(server.try_recv());
  CHECK_FALSE(client.try_recv());
  // The message is still the client's.
  CHECK(client.statistics().to_send == 1);
}

TEST_CASE("security: a CURVE client tells nothing to who is not its server") {
  ON_EVERY(where, over_tcp());
  scene it{where};
  const raw_server impostor{"tcp://127.0.0.1:0"};
  auto client = it.push();
  use_curve(client, curve_keypair(), curve_keypair().public_key);
  client.connect(impostor.endpoint());
  client.send("application data");
  const auto peer = impostor.accept();
  REQUIRE(peer.write(greeting("CURVE")));
  constexpr std::size_t greeting_and_hello = 64 + 2 + 200;
  const auto told = peer.read(greeting_and_hello);
  CHECK(told.find("CURVE") != std::string::npos);
  CHECK(told.find("application data") == std::string::npos);
  // A WELCOME of whom has not the key.
  REQUIRE(
    peer.write(std::string("\x04\xa8\7WELCOME", 10) + std::string(160, 'w')));
  CHECK(peer.read_to_end() == 0);
}

TEST_CASE("security: CURVE lets in keys that the rules know, by name") {
  ON_EVERY(where, wires());
  scene it{where};
  const auto server = curve_keypair();
  const auto known = curve_keypair();
  set_authenticator(it.ctx, auth_rules{}.allow_key(known.public_key, "bob"));
  pair_of_ends ends{it};
  serve_curve(ends.server, server);
  use_curve(ends.client, known, server.public_key);
  ends.require_meet();
  const auto got = ends.server.recv();
  CHECK(got.property("User-Id") == "bob");

  pair_of_ends strangers{it};
  serve_curve(strangers.server, server);
  use_curve(strangers.client, curve_keypair(), server.public_key);
  strangers.require_refused(kind::handshake_failed_auth, 400);
}

TEST_CASE("security: CURVE filters subscriptions in boxes") {
  ON_EVERY(where, wires());
  scene it{where};
  const auto server = curve_keypair();
  auto pub = it.open(socket_type::pub);
  auto sub = it.open(socket_type::sub);
  serve_curve(pub, server);
  use_curve(sub, curve_keypair(), server.public_key);
  pub.set(option::sndhwm, 0);
  sub.set(option::subscribe, "b");
  sub.connect(pub.bind(it.fresh()));
  // Subscribed once the first one comes.
  bool there = false;
  for (int i = 0; i < 20'000 && !there; ++i) {
    pub.send("a");
    pub.send("b");
    there = sub.recv_for(milliseconds{1}).has_value();
  }
  REQUIRE(there);
  pub.send("a last");
  pub.send("b last");
  for (;;) {
    const auto got = sub.recv().str();
    REQUIRE(got.starts_with("b"));
    if (got == "b last")
      break;
  }
}

TEST_CASE("security: what a mechanism lacks is said at once") {
  ON_EVERY(where, wires());
  scene it{where};
  auto one = it.pull();
  one.set(option::curve_server, true);
  CHECK(code_of([&] { one.bind(it.fresh()); }) == errc::invalid_argument);
  auto two = it.push();
  two.set(option::curve_serverkey, curve_octets(curve_keypair().public_key));
  CHECK(code_of([&] { two.connect(it.vacant()); }) == errc::invalid_argument);
  two.set(option::curve_secretkey, curve_octets(curve_keypair().secret_key));
  two.connect(it.vacant());
}

// -- what is told -------------------------------------------------------------

TEST_CASE("security: no log, error or event has a secret in it") {
  ON_EVERY(where, over_tcp());
  std::mutex mutex;
  std::string told;
  set_log_sink(log_level::debug,
               [&](log_level, std::string_view, std::string_view text) {
                 std::lock_guard guard{mutex};
                 told += text;
                 told += '\n';
               });
  const auto server = curve_keypair();
  const auto client = curve_keypair();
  const std::string password = "sesame-open-please";
  const auto listen = [&](monitor& events) {
    while (const auto next = events.try_recv()) {
      std::lock_guard guard{mutex};
      told += next->local + ' ' + next->remote + '\n';
    }
  };
  {
    scene it{where};
    set_authenticator(it.ctx, auth_rules{}.add_user("admin", "another"));
    pair_of_ends plain{it};
    plain.server.set(option::plain_server, true);
    use_plain(plain.client, "admin", password);
    plain.require_refused(kind::handshake_failed_auth, 400);
    pair_of_ends curve{it};
    serve_curve(curve.server, server);
    use_curve(curve.client, client, server.public_key);
    curve.require_refused(kind::handshake_failed_auth, 400);
    for (auto* each : {&plain.at_server, &plain.at_client, &curve.at_server,
                       &curve.at_client})
      listen(*each);
    const auto refuse = [&](socket& of, const auto& which,
                            const std::string& what) {
      try {
        of.set(which, what);
        FAIL("that should be refused");
      } catch (const error& thrown) {
        std::lock_guard guard{mutex};
        told += thrown.what();
      }
    };
    refuse(plain.client, option::plain_password,
           password + std::string(300, 'p'));
    std::string typo = z85_encode(client.secret_key.octets());
    typo.back() = ' ';
    refuse(curve.client, option::curve_secretkey, typo);
  }
  set_log_sink(log_level::off, nullptr);
  CHECK(told.find("refused") != std::string::npos); // it did listen
  CHECK(told.find(password) == std::string::npos);
  for (const auto* pair : {&server, &client}) {
    CHECK(told.find(curve_octets(pair->secret_key)) == std::string::npos);
    const auto z85 = z85_encode(pair->secret_key.octets());
    CHECK(told.find(z85.substr(0, 12)) == std::string::npos);
  }
}

} // namespace zmqrt::test
