// SPDX-License-Identifier: MPL-2.0
//
// RFC 30 (PIPELINE), clause by clause, over inproc and over bare pipes: the
// semantics are the gate's, whatever carries the bytes.

#include "actors/gate/inproc_registry.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/gate/fixtures.hpp"

using namespace zmqrt;
using namespace zmqrt::test;
using texts = std::vector<std::string>;

TEST_CASE("30.PUSH.1 any number of PULL peers, and only sending") {
  const auto push = make_gate(socket_type::push);
  for (int i = 0; i < 100; ++i)
    REQUIRE(push->attach({}));
  CHECK(fill(*push, 100) == 100);
  message next;
  CHECK(push->recv(next, patience::never()) == errc::not_supported);
  CHECK(compatible(socket_type::push, socket_type::pull));
  CHECK_FALSE(compatible(socket_type::push, socket_type::push));
  CHECK_FALSE(compatible(socket_type::push, socket_type::pair));
}

TEST_CASE("30.PUSH.2 outgoing messages are not filtered or modified") {
  const auto push = make_gate(socket_type::push);
  const auto pipe = *push->attach({});
  const texts any{"", "a", std::string(3, '\0'), std::string(10'000, 'z')};
  for (const auto& text : any)
    REQUIRE_FALSE(put(*push, text));
  CHECK(taken(*push, pipe) == any);
}

TEST_CASE("30.PUSH.3 a queue for each connected peer") {
  const auto push = make_gate(socket_type::push, 2);
  const auto a = *push->attach({});
  const auto b = *push->attach({});
  CHECK(fill(*push) == 4);
  CHECK(push->unsent(a) == 2);
  CHECK(push->unsent(b) == 2);
}

TEST_CASE("30.PUSH.4 the queue of a connect is there without a connection") {
  const auto push = make_gate(socket_type::push);
  const auto pipe = *push->attach({});
  CHECK(fill(*push, 2) == 2);
  batch none;
  push->plug(pipe, std::make_shared<counting_bell>(), nullptr);
  push->unplug(pipe, none);
  CHECK(push->unsent(pipe) == 2);
  actors::inproc_registry names;
  const auto early = make_gate(socket_type::push);
  REQUIRE_FALSE(names.connect("nobody yet", early));
  CHECK(fill(*early, 2) == 2);
  names.leave(early);
}

TEST_CASE("30.PUSH.5 a peer's queue goes when the peer disconnects") {
  // Where another peer has room its messages are handed over instead.
  const auto push = make_gate(socket_type::push);
  const auto pipe = *push->attach({});
  CHECK(fill(*push, 3) == 3);
  batch none;
  CHECK(push->detach(pipe, none) == 3);
  CHECK(push->unsent() == 0);
}

TEST_CASE("30.PUSH.6 queue sizes are limited by an option") {
  const auto push = make_gate(socket_type::push, 17);
  REQUIRE(push->attach({}));
  CHECK(fill(*push) == 17);
}

TEST_CASE("30.PUSH.7 a peer is available when its queue is not full") {
  const auto push = make_gate(socket_type::push, 1);
  const auto a = *push->attach({});
  const auto b = *push->attach({});
  CHECK(fill(*push) == 2);
  CHECK(taken(*push, b) == texts{"1"});
  CHECK(fill(*push) == 1);
  CHECK(push->unsent(a) == 1);
  CHECK(push->unsent(b) == 1);
}

TEST_CASE("30.PUSH.8 messages go round robin to available peers") {
  const auto push = make_gate(socket_type::push);
  const auto a = *push->attach({});
  const auto b = *push->attach({});
  CHECK(fill(*push, 4) == 4);
  CHECK(taken(*push, a) == texts{"0", "2"});
  CHECK(taken(*push, b) == texts{"1", "3"});
}

TEST_CASE("30.PUSH.9 a send without an available peer is an error, or waits") {
  const auto push = make_gate(socket_type::push);
  CHECK(put(*push, "x") == errc::again);
  CHECK(push->send(message{"x"}, patience{1'000'000}) == errc::again);
}

TEST_CASE("30.PUSH.10 nothing is accepted without an available peer") {
  const auto push = make_gate(socket_type::push);
  CHECK(put(*push, "refused") == errc::again);
  const auto pipe = *push->attach({});
  CHECK(taken(*push, pipe).empty());
}

TEST_CASE("30.PUSH.11 what cannot be queued is not discarded") {
  const auto push = make_gate(socket_type::push, 1);
  const auto pipe = *push->attach({});
  REQUIRE_FALSE(put(*push, "first"));
  message second{"second"};
  CHECK(push->send(std::move(second), patience::never()) == errc::again);
  CHECK(taken(*push, pipe) == texts{"first"});
  REQUIRE_FALSE(push->send(std::move(second), patience::never()));
  CHECK(taken(*push, pipe) == texts{"second"});
}

TEST_CASE("30.PULL.1 any number of PUSH peers, and only receiving") {
  const auto pull = make_gate(socket_type::pull);
  for (int i = 0; i < 100; ++i)
    REQUIRE(pull->attach({}));
  CHECK(put(*pull, "x") == errc::not_supported);
  CHECK_FALSE(compatible(socket_type::pull, socket_type::pull));
}

TEST_CASE("30.PULL.2 incoming messages are not filtered or modified") {
  const auto pull = make_gate(socket_type::pull);
  const auto pipe = *pull->attach({});
  const texts any{"", "a", std::string(3, '\0'), std::string(10'000, 'z')};
  batch all = batch_of(any);
  CHECK(pull->deliver(pipe, all));
  for (const auto& text : any)
    CHECK(get(*pull) == text);
}

TEST_CASE("30.PULL.3 a queue for each peer, limited by an option") {
  const auto pull = make_gate(socket_type::pull, 1000, 2);
  const auto a = *pull->attach({});
  const auto b = *pull->attach({});
  batch two = batch_of({"a1", "a2"});
  CHECK_FALSE(pull->deliver(a, two));
  batch one = batch_of({"b1"});
  CHECK(pull->deliver(b, one));
  CHECK_FALSE(pull->wants_input(a));
  CHECK(pull->wants_input(b));
}

TEST_CASE("30.PULL.4 the queue outlives a lost connection") {
  const auto pull = make_gate(socket_type::pull);
  const auto pipe = *pull->attach({});
  batch one = batch_of({"kept"});
  CHECK(pull->deliver(pipe, one));
  batch none;
  pull->unplug(pipe, none);
  CHECK(get(*pull) == "kept");
}

TEST_CASE("30.PULL.5 incoming messages are fair-queued to the application") {
  const auto pull = make_gate(socket_type::pull);
  const auto a = *pull->attach({});
  const auto b = *pull->attach({});
  const auto c = *pull->attach({});
  for (const auto& [pipe, sent] : {std::pair{a, texts{"a1", "a2", "a3"}},
                                   {b, {"b1"}},
                                   {c, {"c1", "c2"}}}) {
    batch some = batch_of(sent);
    CHECK(pull->deliver(pipe, some));
  }
  texts order;
  for (int i = 0; i < 6; ++i)
    order.push_back(get(*pull));
  CHECK(texts(order.begin(), order.begin() + 3) == texts{"a1", "b1", "c1"});
  CHECK(order.back() == "a3");
}
