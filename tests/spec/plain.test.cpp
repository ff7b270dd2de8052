// SPDX-License-Identifier: MPL-2.0
//
// The clauses of RFC 24 (PLAIN).

#include "tests/support/catch.hpp"
#include "tests/unit/security/engine_pair.hpp"

using namespace zmqrt;
using namespace zmqrt::security_test;
using namespace zmqrt::wire_test;

TEST_CASE("24.PLAIN.1 The greeting says who is the server") {
  engine_pair pair(secured::plain);
  pair.talk();
  CHECK(pair.client_said.substr(12, 20) == "PLAIN" + std::string(15, '\0'));
  CHECK(pair.client_said[32] == '\0');
  CHECK(pair.server_said[32] == '\1');
}

TEST_CASE("24.PLAIN.2 HELLO has a name and a password, WELCOME nothing") {
  engine_pair pair(secured::plain);
  pair.talk();
  CHECK(pair.client_said.substr(64).starts_with(
    hex("04 13 05 48454c4c4f 05 61646d696e 06 736563726574")));
  CHECK(
    pair.server_said.substr(64).starts_with(hex("04 08 07 57454c434f4d45")));
}

TEST_CASE("24.PLAIN.3 INITIATE and READY have the metadata") {
  engine_pair pair(secured::plain);
  pair.talk();
  CHECK(pair.client_said.ends_with(hex("08 494e495449415445")
                                   + metadata_of(socket_type::dealer)));
  CHECK(pair.server_said.ends_with(hex("05 5245414459")
                                   + metadata_of(socket_type::router)));
  CHECK(pair.client.engine.peer().type == socket_type::router);
  CHECK(pair.server.engine.peer().type == socket_type::dealer);
}

TEST_CASE("24.PLAIN.4 Who is not let in gets ERROR, no WELCOME") {
  engine_pair pair(secured::plain);
  pair.status = 400;
  pair.talk();
  // As libzmq spells it; see security/plain_error.hpp.
  CHECK(pair.server_said.ends_with(hex("04 09 5e 52524f52 03 343030")));
  CHECK(pair.server_said.find("WELCOME") == std::string::npos);
  CHECK(pair.server.closed);
  CHECK(pair.client.ready + pair.server.ready == 0);
}

TEST_CASE("24.PLAIN.5 Messages follow READY, as they are") {
  engine_pair pair(secured::plain);
  pair.talk();
  CHECK(pair.server.engine.canonical());
  pair.server.feed(hex("00 02 6869"));
  CHECK(pair.server.messages == std::vector<frames>{{"hi"}});
}
