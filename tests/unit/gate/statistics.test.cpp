// SPDX-License-Identifier: MPL-2.0
//
// What a gate counts: traffic, queues, and drops by their reason.

#include <algorithm>

#include "actors/gate/inproc_link.hpp"
#include "tests/unit/gate/fixtures.hpp"

namespace zmqrt::test {

TEST_CASE("traffic is counted by peer and in all") {
  const auto push = make_gate(socket_type::push);
  const auto a = *accept(*push);
  const auto b = *accept(*push);
  CHECK(fill(*push, 4) == 4);
  auto counts = push->statistics();
  CHECK(counts.sent.messages == 0);
  CHECK(counts.to_send == 4);
  batch out;
  push->take(a, out);
  const auto bytes = out.bytes();
  CHECK(push->statistics().to_send == 4); // not the kernel's yet
  push->accepted(a, 2, bytes);
  counts = push->statistics();
  CHECK(counts.sent.messages == 2);
  CHECK(counts.sent.bytes == bytes);
  CHECK(counts.sent.batches == 1);
  CHECK(counts.to_send == 2);
  REQUIRE(counts.peers.size() == 2);
  CHECK(counts.peers[0].sent.messages == 2);
  CHECK(counts.peers[1].to_send == 2);

  const auto pull = make_gate(socket_type::pull);
  const auto from = *accept(*pull);
  comes(*pull, from, message{"x", "y"});
  comes(*pull, from, message{"z"});
  CHECK(get(*pull) == "x|y");
  counts = pull->statistics();
  CHECK(counts.received.messages == 2);
  CHECK(counts.received.batches == 2);
  CHECK(counts.to_receive == 1);
  (void)b;
}

TEST_CASE("what a peer that has gone has counted stays") {
  const auto pull = make_gate(socket_type::pull);
  const auto pipe = *accept(*pull);
  comes(*pull, pipe, message{"x"});
  batch none;
  pull->detach(pipe, none);
  CHECK(pull->statistics().to_receive == 1);
  CHECK(get(*pull) == "x");
  const auto counts = pull->statistics();
  CHECK(counts.peers.empty());
  CHECK(counts.received.messages == 1);
}

TEST_CASE("a connection made again is counted") {
  const auto push = make_gate(socket_type::push);
  const auto pipe = *push->attach({});
  const auto bell = std::make_shared<counting_bell>();
  REQUIRE(push->plug(pipe, bell, nullptr, facts("", "tcp://there:1")));
  CHECK(push->statistics().reconnects == 0);
  CHECK(push->statistics().peers.at(0).endpoint == "tcp://there:1");
  batch none;
  push->unplug(pipe, none);
  REQUIRE(push->plug(pipe, bell, nullptr));
  CHECK(push->statistics().reconnects == 1);
  CHECK(push->statistics().peers.at(0).reconnects == 1);
}

TEST_CASE("both ends of an inproc link count") {
  const auto push = make_gate(socket_type::push);
  const auto pull = make_gate(socket_type::pull);
  const auto link = actors::inproc_link::make(push, std::nullopt, pull, "room");
  REQUIRE(link);
  CHECK(fill(*push, 3) == 3);
  CHECK(push->statistics().to_send == 3);
  CHECK(get(*pull) == "0");
  CHECK(push->statistics().sent.messages == 3);
  CHECK(pull->statistics().received.messages == 3);
  CHECK(pull->statistics().received.bytes == push->statistics().sent.bytes);
  CHECK(pull->statistics().to_receive == 2);
}

TEST_CASE("drops: a full peer, each by itself") {
  const auto pub = make_gate(socket_type::pub, 1);
  for (const char* const who : {"a", "b"}) {
    const auto pipe = *accept(*pub, who);
    comes(*pub, pipe, message{std::string_view{"\1", 1}});
  }
  CHECK_FALSE(put(*pub, "fits"));
  CHECK(pub->statistics().dropped.full == 0);
  CHECK_FALSE(put(*pub, "does not"));
  CHECK(pub->statistics().dropped.full == 2);
}

TEST_CASE("drops: a peer that is not there") {
  const auto router = make_gate(socket_type::router);
  CHECK_FALSE(router->send(message{"nobody", "x"}, patience::never()));
  CHECK(router->statistics().dropped.unroutable == 1);

  const auto rep = make_gate(socket_type::rep);
  const auto pipe = *accept(*rep);
  comes(*rep, pipe, message{"", "question"});
  CHECK(get(*rep) == "question");
  batch none;
  rep->detach(pipe, none);
  CHECK_FALSE(put(*rep, "answer"));
  CHECK(rep->statistics().dropped.unroutable == 1);
  CHECK(rep->statistics().dropped.full == 0);
}

TEST_CASE("drops: what CONFLATE replaces, on both sides") {
  auto options = with_hwm(1000, 1000);
  options.conflate = true;
  gate push(socket_type::push, options);
  (void)*accept(push);
  CHECK(fill(push, 5) == 5);
  CHECK(push.statistics().dropped.replaced == 4);
  CHECK(push.statistics().to_send == 1);
  gate pull(socket_type::pull, options);
  const auto pipe = *accept(pull);
  for (batch many = batch_of({"a", "b", "c"}); pull.deliver(pipe, many);
       many = batch_of({"d"}))
    if (pull.statistics().received.messages == 4)
      break;
  CHECK(get(pull) == "d");
  CHECK(pull.statistics().dropped.replaced == 3);
}

TEST_CASE("drops: what is not for the socket") {
  const auto rep = make_gate(socket_type::rep);
  const auto pipe = *accept(*rep);
  comes(*rep, pipe, message{"no envelope"});
  CHECK(get(*rep) == "-");
  CHECK(rep->statistics().dropped.unwanted == 1);
}

TEST_CASE("drops: what was not sent in time") {
  const auto push = make_gate(socket_type::push);
  const auto pipe = *accept(*push);
  CHECK(fill(*push, 3) == 3);
  batch none;
  push->detach(pipe, none); // nobody to hand them to
  CHECK(push->statistics().dropped.unsent == 3);

  const auto other = make_gate(socket_type::push);
  (void)*accept(*other);
  CHECK(fill(*other, 2) == 2);
  CHECK(other->discard() == 2);
  CHECK(other->statistics().dropped.unsent == 2);
}

TEST_CASE("CONFLATE leaves a SUB's subscriptions alone") {
  auto options = with_hwm(1000, 1000);
  options.conflate = true;
  gate sub(socket_type::sub, options);
  const auto pipe = *accept(sub, "", true);
  CHECK_FALSE(sub.subscribe("a", true));
  CHECK_FALSE(sub.subscribe("b", true));
  batch out;
  sub.take(pipe, out);
  CHECK(out.messages() == 2);
}

TEST_CASE("CONFLATE leaves what a PUB is told alone") {
  auto options = with_hwm(1000, 1000);
  options.conflate = true;
  const auto pub = std::make_shared<gate>(socket_type::pub, options);
  const auto pipe = *accept(*pub);
  batch both;
  for (const char topic : {'a', 'b'}) {
    batch one = batch_with(message{std::string{'\1', topic}});
    both.splice(one);
  }
  REQUIRE(pub->deliver(pipe, both));
  CHECK_FALSE(put(*pub, "a1"));
  CHECK(taken(*pub, pipe) == std::vector<std::string>{"a1"});
  CHECK_FALSE(put(*pub, "b1"));
  CHECK(taken(*pub, pipe) == std::vector<std::string>{"b1"});
}

TEST_CASE("a full pipe rings where somebody wants to know") {
  const auto push = make_gate(socket_type::push, 2);
  const auto bell = std::make_shared<counting_bell>();
  const auto pipe = *accept(*push, "", false, bell);
  push->tell_when_full();
  CHECK(fill(*push, 1) == 1);
  const int before = bell->rung;
  std::uint64_t unsent = 0;
  CHECK_FALSE(push->is_full(pipe, unsent));
  CHECK_FALSE(put(*push, "the last that fits"));
  CHECK(bell->rung == before + 1);
  CHECK(push->is_full(pipe, unsent));
  CHECK(unsent == 2);
  CHECK(taken(*push, pipe).size() == 2);
  CHECK_FALSE(push->is_full(pipe, unsent));
}

} // namespace zmqrt::test
