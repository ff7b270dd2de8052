// SPDX-License-Identifier: MPL-2.0
//
// The receiving half of a gate, single-threaded: turns, flow control,
// properties, and pipes that go.

#include "tests/support/catch.hpp"
#include "tests/unit/gate/fixtures.hpp"

using namespace zmqrt;
using namespace zmqrt::test;

namespace {

bool give(gate& to, pipe_id pipe, const std::vector<std::string>& texts) {
  batch made = batch_of(texts);
  const bool go_on = to.deliver(pipe, made);
  CHECK(made.empty());
  return go_on;
}

std::vector<std::string> numbers(int count) {
  std::vector<std::string> made;
  for (int i = 0; i < count; ++i)
    made.push_back(std::to_string(i));
  return made;
}

std::shared_ptr<const peer_properties> user(std::string_view name) {
  auto made = std::make_shared<peer_properties>();
  made->set("User-Id", name);
  return made;
}

} // namespace

TEST_CASE("one message from each peer in turn") {
  const auto pull = make_gate(socket_type::pull);
  const auto a = *pull->attach({});
  const auto b = *pull->attach({});
  CHECK_FALSE(pull->readable());
  CHECK(give(*pull, a, {"a1", "a2", "a3"}));
  CHECK(give(*pull, b, {"b1", "b2"}));
  CHECK(pull->readable());
  CHECK(get(*pull) == "a1");
  CHECK(get(*pull) == "b1");
  CHECK(get(*pull) == "a2");
  CHECK(get(*pull) == "b2");
  CHECK(get(*pull) == "a3");
  CHECK(get(*pull) == "-");
  CHECK_FALSE(pull->readable());
}

TEST_CASE("at RCVHWM the session pauses, at half of it the bell rings") {
  const auto pull = make_gate(socket_type::pull, 1000, 4);
  const auto bell = std::make_shared<counting_bell>();
  const auto pipe = *pull->attach({bell, nullptr, -1, -1});
  CHECK(give(*pull, pipe, numbers(3)));
  CHECK_FALSE(give(*pull, pipe, numbers(3))); // taken all the same
  CHECK_FALSE(pull->wants_input(pipe));
  for (int i = 0; i < 3; ++i)
    CHECK(get(*pull) != "-");
  CHECK(bell->rung == 0);
  CHECK(get(*pull) != "-");
  CHECK(bell->rung == 1);
  CHECK(pull->wants_input(pipe));
  CHECK(get(*pull) != "-");
  CHECK(bell->rung == 1);
}

TEST_CASE("a changed RCVHWM lets a paused session go on") {
  const auto raised = GENERATE(0, 100);
  const auto pull = make_gate(socket_type::pull, 1000, 2);
  const auto bell = std::make_shared<counting_bell>();
  const auto pipe = *pull->attach({bell, nullptr, -1, -1});
  CHECK_FALSE(give(*pull, pipe, numbers(2)));
  int hwm = raised;
  pull->change_options(
    [](socket_options& in, void* to) { in.rcvhwm = *static_cast<int*>(to); },
    &hwm);
  CHECK(bell->rung == 1);
  CHECK(pull->wants_input(pipe));
  CHECK(give(*pull, pipe, numbers(50)));
}

TEST_CASE("RCVHWM 0 never pauses") {
  const auto pull = make_gate(socket_type::pull, 1000, 0);
  const auto pipe = *pull->attach({});
  CHECK(give(*pull, pipe, numbers(5'000)));
}

TEST_CASE("what a peer that has gone sent can be read, then it is forgotten") {
  const auto pull = make_gate(socket_type::pull);
  const auto pipe = *pull->attach({});
  CHECK(give(*pull, pipe, {"a", "b"}));
  batch none;
  CHECK(pull->detach(pipe, none) == 0);
  CHECK(give(*pull, pipe, {"too late"}));
  CHECK(*pull->attach({}) != pipe);
  CHECK(get(*pull) == "a");
  CHECK(get(*pull) == "b");
  CHECK(get(*pull) == "-");
  CHECK(*pull->attach({}) == pipe);
}

TEST_CASE("PAIR takes a new peer while the last one is still being read") {
  const auto pair = make_gate(socket_type::pair);
  const auto first = *pair->attach({});
  CHECK_FALSE(pair->attach({}));
  CHECK(give(*pair, first, {"old 1", "old 2"}));
  CHECK(get(*pair) == "old 1");
  batch none;
  pair->detach(first, none);
  const auto second = pair->attach({});
  REQUIRE(second);
  CHECK(give(*pair, *second, {"new"}));
  CHECK(get(*pair) == "old 2");
  CHECK(get(*pair) == "new");
  REQUIRE_FALSE(put(*pair, "reply"));
  CHECK(taken(*pair, *second) == std::vector<std::string>{"reply"});
}

TEST_CASE("a message has the properties of the connection it came by") {
  const auto pull = make_gate(socket_type::pull);
  const auto pipe = *pull->attach({nullptr, user("ann"), -1, -1});
  CHECK(give(*pull, pipe, {"1", "2"}));
  batch none;
  pull->unplug(pipe, none);
  pull->plug(pipe, nullptr, user("bob"));
  CHECK(give(*pull, pipe, {"3"}));
  pull->plug(pipe, nullptr, user("eve"));
  CHECK(give(*pull, pipe, {"4", "5"}));
  std::string users;
  message next;
  while (!pull->recv(next, patience::never()))
    users += std::string{next.property("User-Id")} + " ";
  CHECK(users == "ann ann bob eve eve ");
}

TEST_CASE("CONFLATE keeps the last message of an inbox") {
  auto options = with_hwm(1000, 1);
  options.conflate = true;
  gate pull(socket_type::pull, options);
  const auto pipe = *pull.attach({});
  CHECK(give(pull, pipe, numbers(10)));
  CHECK(give(pull, pipe, {"x", "last"}));
  CHECK(get(pull) == "last");
  CHECK(get(pull) == "-");
}

TEST_CASE("a batch is read as far as it goes, up to a number") {
  const auto pull = make_gate(socket_type::pull);
  const auto a = *pull->attach({});
  const auto b = *pull->attach({});
  CHECK(give(*pull, a, {"a1", "a2"}));
  CHECK(give(*pull, b, {"b1"}));
  std::vector<message> out;
  REQUIRE_FALSE(pull->recv_batch(out, 2, patience::never()));
  REQUIRE(out.size() == 2);
  CHECK(out[0].str() == "a1");
  CHECK(out[1].str() == "b1");
  REQUIRE_FALSE(pull->recv_batch(out, 10, patience::forever()));
  REQUIRE(out.size() == 3);
  CHECK(out[2].str() == "a2");
  CHECK(pull->recv_batch(out, 10, patience::never()) == errc::again);
  CHECK(out.size() == 3);
}

TEST_CASE("messages of any shape come out as they went in") {
  const auto push = make_gate(socket_type::push);
  const auto pull = make_gate(socket_type::pull);
  const auto out = *push->attach({});
  const auto in = *pull->attach({});
  const std::string large(100'000, 'l');
  REQUIRE_FALSE(push->send(message{"one", "", large}, patience::never()));
  REQUIRE_FALSE(push->send(message{""}, patience::never()));
  REQUIRE_FALSE(
    push->send(message{std::string_view{large}}, patience::never()));
  batch moved;
  push->take(out, moved);
  CHECK(pull->deliver(in, moved));
  CHECK(get(*pull) == "one||" + large);
  CHECK(get(*pull) == "");
  CHECK(get(*pull) == large);
}

TEST_CASE("after fail and discard nothing can be read") {
  const auto pull = make_gate(socket_type::pull);
  const auto pipe = *pull->attach({});
  CHECK(give(*pull, pipe, {"a"}));
  pull->fail(make_error_code(errc::terminated));
  CHECK_FALSE(pull->readable());
  CHECK(get(*pull) == "!" + make_error_code(errc::terminated).message());
  CHECK(pull->discard() == 0);
  CHECK(give(*pull, pipe, {"b"}));
}
