// SPDX-License-Identifier: MPL-2.0
//
// RFC 49 (SCATTER-GATHER) and RFC 52 (CHANNEL), clause by clause. They are
// the single-framed kin of pipeline and pair, so that what these show of
// queues holds here too (pipeline.test.cpp, pair.test.cpp).

#include "tests/support/catch.hpp"
#include "tests/unit/gate/fixtures.hpp"

using namespace zmqrt;
using namespace zmqrt::test;
using texts = std::vector<std::string>;

TEST_CASE("49.SCATTER.1 any number of GATHER peers, and only sending") {
  const auto scatter = make_gate(socket_type::scatter);
  const auto a = *scatter->attach({});
  const auto b = *scatter->attach({});
  CHECK(fill(*scatter, 4) == 4);
  CHECK(taken(*scatter, a) == texts{"0", "2"});
  CHECK(taken(*scatter, b) == texts{"1", "3"});
  message next;
  CHECK(scatter->recv(next, patience::never()) == errc::not_supported);
  CHECK(compatible(socket_type::scatter, socket_type::gather));
  CHECK_FALSE(compatible(socket_type::scatter, socket_type::pull));
}

TEST_CASE("49.SCATTER.2 without an available peer a send is refused") {
  const auto scatter = make_gate(socket_type::scatter, 1);
  CHECK(put(*scatter, "nobody") == errc::again);
  const auto pipe = *scatter->attach({});
  CHECK(fill(*scatter) == 1);
  CHECK(taken(*scatter, pipe) == texts{"0"});
}

TEST_CASE("49.GATHER.1 any number of SCATTER peers, and only receiving") {
  const auto gather = make_gate(socket_type::gather);
  CHECK(put(*gather, "x") == errc::not_supported);
  CHECK_FALSE(compatible(socket_type::gather, socket_type::push));
}

TEST_CASE("49.GATHER.2 messages are read from each peer in turn") {
  const auto gather = make_gate(socket_type::gather);
  for (const char* name : {"a", "b"}) {
    batch two = batch_of({std::string{name} + "1", std::string{name} + "2"});
    REQUIRE(gather->deliver(*gather->attach({}), two));
  }
  for (const char* next : {"a1", "b1", "a2", "b2"})
    CHECK(get(*gather) == next);
}

TEST_CASE("52.CHANNEL.1 one CHANNEL peer at most, both ways") {
  const auto channel = make_gate(socket_type::channel);
  CHECK(put(*channel, "nobody") == errc::again);
  const auto pipe = *channel->attach({});
  CHECK_FALSE(channel->attach({}));
  REQUIRE_FALSE(put(*channel, "out"));
  CHECK(taken(*channel, pipe) == texts{"out"});
  batch one = batch_of({"in"});
  REQUIRE(channel->deliver(pipe, one));
  CHECK(get(*channel) == "in");
  CHECK(compatible(socket_type::channel, socket_type::channel));
  CHECK_FALSE(compatible(socket_type::channel, socket_type::pair));
}

TEST_CASE("52.CHANNEL.2 when the queue is full a send is refused") {
  const auto channel = make_gate(socket_type::channel, 2);
  (void)channel->attach({});
  CHECK(fill(*channel) == 2);
}
