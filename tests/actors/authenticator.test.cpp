// SPDX-License-Identifier: MPL-2.0
//
// Who decides about peers, from the application's side: rules, an actor, both
// replaced while peers are there; and keys that are rotated.

#include <caf/all.hpp>

#include "tests/actors/security.hpp"
#include "zmqrt/actors.hpp"

namespace zmqrt::test {

namespace {

using kind = event_kind;

/// A PULL that serves CURVE, and is not bound yet.
socket curve_server(scene& it, const curve_pair& keys) {
  auto made = it.pull();
  serve_curve(made, keys);
  return made;
}

socket curve_client(scene& it, const curve_public_key& server,
                    const curve_pair& own = curve_keypair()) {
  auto made = it.push();
  use_curve(made, own, server);
  return made;
}

socket plain_client(scene& it, const std::string& name,
                    const std::string& password) {
  auto made = it.push();
  use_plain(made, name, password);
  return made;
}

/// What comes of a connect: HANDSHAKE_SUCCEEDED, or how it failed.
event outcome(socket& client, const std::string& endpoint) {
  auto events = client.monitor();
  client.connect(endpoint);
  return await_end(events);
}

bool comes_in(socket& client, const std::string& endpoint) {
  return outcome(client, endpoint).kind == kind::handshake_succeeded;
}

bool comes_in(socket&& client, const std::string& endpoint) {
  return comes_in(client, endpoint);
}

/// "user: text" of the next message.
std::string next(socket& from) {
  const auto got = from.recv();
  return std::string{got.property("User-Id")} + ": " + got.str();
}

authenticator::behavior_type constant(int status) {
  return {[status](const auth_request&) {
    auth_reply out;
    out.status = status;
    return out;
  }};
}

authenticator::behavior_type
failing(authenticator::stateful_pointer<caf::unit_t> self, bool quits) {
  return {[=](const auth_request&) -> caf::result<auth_reply> {
    if (quits)
      self->quit();
    return caf::sec::runtime_error;
  }};
}

} // namespace

TEST_CASE("rules say who comes in, and as whom") {
  ON_EVERY(where, wires());
  scene it(where);
  auto server = it.pull();
  server.set(option::plain_server, true);
  const auto endpoint = server.bind(it.fresh());
  CHECK(!comes_in(plain_client(it, "ann", "secret"), endpoint)); // no rules

  auth_rules rules;
  rules.add_user("ann", "secret").add_user("bob", "hidden");
  set_authenticator(it.ctx, rules);
  for (const auto& [name, password] :
       {std::pair{"ann", "hidden"}, std::pair{"eve", "secret"}}) {
    auto client = plain_client(it, name, password);
    const auto refused = outcome(client, endpoint);
    CHECK(refused.kind == kind::handshake_failed_auth);
    CHECK(refused.value == 400);
  }
  auto ann = plain_client(it, "ann", "secret");
  CHECK(comes_in(ann, endpoint));
  auto bob = plain_client(it, "bob", "hidden");
  CHECK(comes_in(bob, endpoint));
  ann.send("hello");
  CHECK(next(server) == "ann: hello");
  bob.send("hello");
  CHECK(next(server) == "bob: hello");
}

TEST_CASE("new rules are for peers that come later") {
  ON_EVERY(where, over_tcp());
  scene it(where);
  auto server = it.pull();
  server.set(option::plain_server, true);
  const auto endpoint = server.bind(it.fresh());
  set_authenticator(it.ctx, auth_rules{}.add_user("ann", "old"));
  auto ann = plain_client(it, "ann", "old");
  CHECK(comes_in(ann, endpoint));
  set_authenticator(it.ctx,
                    auth_rules{}.add_user("ann", "old").add_user("ann", "new"));
  CHECK(comes_in(plain_client(it, "ann", "old"), endpoint));
  CHECK(comes_in(plain_client(it, "ann", "new"), endpoint));
  set_authenticator(it.ctx, auth_rules{}.add_user("ann", "new"));
  CHECK(!comes_in(plain_client(it, "ann", "old"), endpoint));
  ann.send("still here");
  CHECK(next(server) == "ann: still here");
  set_authenticator(it.ctx, authenticator{}); // nobody decides
  CHECK(!comes_in(plain_client(it, "ann", "new"), endpoint));
}

TEST_CASE("a client's key is rotated by allowing both") {
  ON_EVERY(where, over_tcp());
  scene it(where);
  const auto keys = curve_keypair();
  const auto before = curve_keypair();
  const auto after = curve_keypair();
  auto server = curve_server(it, keys);
  const auto endpoint = server.bind(it.fresh());
  set_authenticator(it.ctx, auth_rules{}
                              .allow_key(before.public_key, "ann")
                              .allow_key(after.public_key, "ann"));
  auto old_ann = curve_client(it, keys.public_key, before);
  auto new_ann = curve_client(it, keys.public_key, after);
  CHECK(comes_in(old_ann, endpoint));
  CHECK(comes_in(new_ann, endpoint));
  CHECK(!comes_in(curve_client(it, keys.public_key), endpoint));
  set_authenticator(it.ctx, auth_rules{}.allow_key(after.public_key, "ann"));
  CHECK(!comes_in(curve_client(it, keys.public_key, before), endpoint));
  CHECK(comes_in(curve_client(it, keys.public_key, after), endpoint));
  old_ann.send("old");
  CHECK(next(server) == "ann: old");
  new_ann.send("new");
  CHECK(next(server) == "ann: new");
}

TEST_CASE("one socket serves an old and a new key at two endpoints") {
  ON_EVERY(where, wires());
  scene it(where);
  const auto before = curve_keypair();
  const auto after = curve_keypair();
  auto server = curve_server(it, before);
  const auto old_end = server.bind(it.fresh());
  server.set(option::curve_secretkey, curve_octets(after.secret_key));
  const auto new_end = server.bind(it.fresh());
  auto slow = curve_client(it, before.public_key);
  auto quick = curve_client(it, after.public_key);
  CHECK(comes_in(slow, old_end));
  CHECK(comes_in(quick, new_end));
  CHECK(!comes_in(curve_client(it, before.public_key), new_end));
  CHECK(!comes_in(curve_client(it, after.public_key), old_end));
  slow.send("old");
  CHECK(server.recv().str() == "old");
  quick.send("new");
  const auto got = server.recv();
  CHECK(got.str() == "new");
  CHECK(!got.has_property("User-Id")); // nobody was asked
  server.unbind(old_end);
  CHECK(comes_in(curve_client(it, after.public_key), new_end));
}

TEST_CASE("an actor of the application decides") {
  ON_EVERY(where, over_tcp());
  caf::actor_system_config config;
  caf::actor_system system{config};
  scene it(where);
  auto server = it.pull();
  server.set(option::zap_domain, "office");
  const auto endpoint = server.bind(it.fresh());
  for (const int status : {200, 400, 500, 0, 201, -1}) {
    CAPTURE(status);
    set_authenticator(it.ctx, system.spawn(constant, status));
    auto client = it.push();
    const auto got = outcome(client, endpoint);
    CHECK((got.kind == kind::handshake_succeeded) == (status == 200));
    if (status != 200) {
      CHECK(got.kind == kind::handshake_failed_auth);
      CHECK(got.value == (status == 400 ? 400 : 500));
    }
  }
  set_authenticator(it.ctx, authenticator{});
}

TEST_CASE("an actor that fails or has ended lets nobody in") {
  ON_EVERY(where, over_tcp());
  caf::actor_system_config config;
  caf::actor_system system{config};
  scene it(where);
  auto server = it.pull();
  server.set(option::zap_domain, "office");
  const auto endpoint = server.bind(it.fresh());
  for (const bool quits : {false, true}) {
    CAPTURE(quits);
    set_authenticator(it.ctx, system.spawn(failing, quits));
    for (int i = 0; i < 2; ++i) {
      auto client = it.push();
      const auto refused = outcome(client, endpoint);
      CHECK(refused.kind == kind::handshake_failed_auth);
      CHECK(refused.value == 500);
    }
  }
  set_authenticator(it.ctx, authenticator{});
}

} // namespace zmqrt::test
