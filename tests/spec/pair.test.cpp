// SPDX-License-Identifier: MPL-2.0
//
// RFC 31 (EXPAIR), clause by clause: the semantics are the gate's, whatever
// carries the bytes.

#include "actors/gate/inproc_registry.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/gate/fixtures.hpp"

using namespace zmqrt;
using namespace zmqrt::test;
using texts = std::vector<std::string>;

TEST_CASE("31.PAIR.1 at most one peer, sending and receiving") {
  const auto pair = make_gate(socket_type::pair);
  const auto pipe = pair->attach({});
  REQUIRE(pipe);
  CHECK_FALSE(pair->attach({}));
  REQUIRE_FALSE(put(*pair, "out"));
  batch in = batch_of({"in"});
  CHECK(pair->deliver(*pipe, in));
  CHECK(get(*pair) == "in");
  CHECK(taken(*pair, *pipe) == texts{"out"});
  CHECK(compatible(socket_type::pair, socket_type::pair));
  CHECK_FALSE(compatible(socket_type::pair, socket_type::pull));
}

TEST_CASE("31.PAIR.2 messages are not filtered or modified, either way") {
  const auto pair = make_gate(socket_type::pair);
  const auto pipe = *pair->attach({});
  const texts any{"", "a", std::string(3, '\0'), std::string(10'000, 'z')};
  batch in = batch_of(any);
  CHECK(pair->deliver(pipe, in));
  for (const auto& text : any) {
    REQUIRE_FALSE(put(*pair, text));
    CHECK(get(*pair) == text);
  }
  CHECK(taken(*pair, pipe) == any);
}

TEST_CASE("31.PAIR.3 the two queues are independent") {
  const auto pair = make_gate(socket_type::pair, 2, 2);
  const auto pipe = *pair->attach({});
  batch in = batch_of({"1", "2"});
  CHECK_FALSE(pair->deliver(pipe, in));
  CHECK(fill(*pair) == 2);
  CHECK(get(*pair) == "1");
  CHECK(put(*pair, "x") == errc::again);
}

TEST_CASE("31.PAIR.4 the queues of a connect are there without a connection") {
  actors::inproc_registry names;
  const auto early = make_gate(socket_type::pair);
  const auto late = make_gate(socket_type::pair);
  REQUIRE_FALSE(names.connect("n", early));
  REQUIRE_FALSE(put(*early, "early"));
  REQUIRE_FALSE(names.bind("n", late));
  CHECK(get(*late) == "early");
  names.leave(early);
  names.leave(late);
}

TEST_CASE("31.PAIR.5 the outgoing queue goes when the peer disconnects") {
  // What the peer sent before stays readable, as in libzmq.
  const auto pair = make_gate(socket_type::pair);
  const auto pipe = *pair->attach({});
  batch in = batch_of({"last words"});
  CHECK(pair->deliver(pipe, in));
  CHECK(fill(*pair, 3) == 3);
  batch none;
  CHECK(pair->detach(pipe, none) == 3);
  CHECK(pair->unsent() == 0);
  CHECK(get(*pair) == "last words");
  REQUIRE(pair->attach({}));
}

TEST_CASE("31.PAIR.6 queue sizes are limited by options") {
  const auto pair = make_gate(socket_type::pair, 3, 2);
  const auto pipe = *pair->attach({});
  CHECK(fill(*pair) == 3);
  batch in = batch_of({"1", "2"});
  CHECK_FALSE(pair->deliver(pipe, in));
}

TEST_CASE("31.PAIR.7 a send without room is an error, or waits") {
  const auto pair = make_gate(socket_type::pair, 1);
  CHECK(put(*pair, "x") == errc::again);
  const auto pipe = *pair->attach({});
  REQUIRE_FALSE(put(*pair, "1"));
  CHECK(put(*pair, "2") == errc::again);
  CHECK(pair->send(message{"2"}, patience{1'000'000}) == errc::again);
  CHECK(taken(*pair, pipe) == texts{"1"});
  CHECK(put(*pair, "3") == std::error_code{});
  CHECK(taken(*pair, pipe) == texts{"3"});
}

TEST_CASE("31.PAIR.8 incoming messages reach the application in order") {
  const auto pair = make_gate(socket_type::pair);
  const auto pipe = *pair->attach({});
  for (const auto& sent : {texts{"1", "2"}, texts{"3"}}) {
    batch in = batch_of(sent);
    CHECK(pair->deliver(pipe, in));
  }
  CHECK(get(*pair) == "1");
  CHECK(get(*pair) == "2");
  CHECK(get(*pair) == "3");
  CHECK(get(*pair) == "-");
}
