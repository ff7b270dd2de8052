// SPDX-License-Identifier: MPL-2.0
//
// RFC 48 (RADIO-DISH), clause by clause, over bare pipes and inproc.

#include "actors/gate/inproc_registry.hpp"
#include "libzmqrt/message/subscription.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/gate/fixtures.hpp"

using namespace zmqrt;
using namespace zmqrt::test;
using texts = std::vector<std::string>;

namespace {

message for_group(std::string_view group, std::string_view text) {
  message what{text};
  what.set_group(group);
  return what;
}

std::error_code put_in(gate& into, std::string_view group,
                       std::string_view text) {
  return into.send(for_group(group, text), patience::never());
}

/// What a DISH at the other end of that pipe says.
void says(gate& to, pipe_id from, bool on, std::string_view group) {
  batch said = batch_of({to_text({on, group})});
  REQUIRE(to.deliver(from, said));
}

/// Each message on the pipe, its group and its text.
texts sent(gate& from, pipe_id pipe) {
  batch out;
  from.take(pipe, out);
  from.accepted(pipe, out.messages(), out.bytes());
  batch_reader reader(shared_pool());
  reader.push(out);
  texts all;
  message next;
  while (reader.next(next)) {
    REQUIRE(next.size() == 2);
    all.push_back(std::string{next[0].view()} + ":"
                  + std::string{next[1].view()});
  }
  return all;
}

struct linked {
  linked() {
    REQUIRE_FALSE(names.bind("x", radio));
    REQUIRE_FALSE(names.connect("x", dish));
  }
  ~linked() {
    names.leave(dish);
    names.leave(radio);
  }
  actors::inproc_registry names;
  std::shared_ptr<gate> radio = make_gate(socket_type::radio);
  std::shared_ptr<gate> dish = make_gate(socket_type::dish);
};

} // namespace

// -- RADIO --------------------------------------------------------------------

TEST_CASE("48.RADIO.1 any number of DISH sockets, and only sending") {
  const auto radio = make_gate(socket_type::radio);
  message next;
  CHECK(radio->recv(next, patience::never()) == errc::not_supported);
  CHECK(compatible(socket_type::radio, socket_type::dish));
  CHECK_FALSE(compatible(socket_type::radio, socket_type::radio));
  CHECK_FALSE(compatible(socket_type::radio, socket_type::sub));
}

TEST_CASE("48.RADIO.2 a message goes to those who joined its group") {
  const auto radio = make_gate(socket_type::radio);
  const auto a = *accept(*radio);
  const auto b = *accept(*radio);
  const auto c = *accept(*radio);
  says(*radio, a, true, "news");
  says(*radio, b, true, "news");
  says(*radio, c, true, "new"); // exact, not by prefix
  REQUIRE_FALSE(put_in(*radio, "news", "1"));
  REQUIRE_FALSE(put_in(*radio, "n", "2"));
  CHECK(sent(*radio, a) == texts{"news:1"});
  CHECK(sent(*radio, b) == texts{"news:1"});
  CHECK(sent(*radio, c).empty());
}

TEST_CASE("48.RADIO.3 a group that was left gets no more") {
  const auto radio = make_gate(socket_type::radio);
  const auto a = *accept(*radio);
  says(*radio, a, true, "g");
  says(*radio, a, true, "g"); // once is enough
  REQUIRE_FALSE(put_in(*radio, "g", "1"));
  says(*radio, a, false, "g");
  says(*radio, a, false, "never joined");
  REQUIRE_FALSE(put_in(*radio, "g", "2"));
  CHECK(sent(*radio, a) == texts{"g:1"});
}

TEST_CASE("48.RADIO.4 what goes to a full queue is dropped, and never waits") {
  socket_options options = with_hwm(1, 1000);
  options.xpub_nodrop = GENERATE(false, true);
  CAPTURE(options.xpub_nodrop);
  gate radio(socket_type::radio, options);
  const auto slow = *accept(radio);
  const auto quick = *accept(radio);
  says(radio, slow, true, "g");
  says(radio, quick, true, "g");
  REQUIRE_FALSE(put_in(radio, "g", "1"));
  CHECK(sent(radio, quick) == texts{"g:1"});
  // Unless XPUB_NODROP says otherwise, as with XPUB.
  CHECK((put_in(radio, "g", "2") == errc::again) == options.xpub_nodrop);
  CHECK(sent(radio, slow) == texts{"g:1"});
  CHECK(sent(radio, quick) == (options.xpub_nodrop ? texts{} : texts{"g:2"}));
}

TEST_CASE("48.RADIO.5 what dishes send is discarded") {
  const auto radio = make_gate(socket_type::radio);
  const auto a = *accept(*radio);
  comes(*radio, a, message{"\2 no join", "at all"});
  comes(*radio, a, message{std::string_view{}});
  comes(*radio, a,
        message{std::string_view{to_text({true, std::string("a\0b", 3)})}});
  comes(*radio, a,
        message{std::string_view{to_text({true, std::string(256, 'g')})}});
  REQUIRE_FALSE(put_in(*radio, "a", "1"));
  CHECK(sent(*radio, a).empty());
  CHECK_FALSE(radio->readable());
}

TEST_CASE("48.RADIO.6 a queue goes with its socket, its groups too") {
  const auto radio = make_gate(socket_type::radio);
  const auto a = *accept(*radio);
  says(*radio, a, true, "g");
  REQUIRE_FALSE(put_in(*radio, "g", "1"));
  batch none;
  CHECK(radio->detach(a, none) == 1);
  const auto next = *accept(*radio); // may have the same number
  REQUIRE_FALSE(put_in(*radio, "g", "2"));
  CHECK(sent(*radio, next).empty());
}

TEST_CASE("48.RADIO.7 a message of some size goes by reference") {
  const auto radio = make_gate(socket_type::radio);
  const std::string large(100'000, 'x');
  texts all;
  std::vector<pipe_id> pipes;
  for (int i = 0; i < 3; ++i) {
    pipes.push_back(*accept(*radio));
    says(*radio, pipes.back(), true, "g");
  }
  for (const std::string& text : {large, std::string{"small"}, large})
    REQUIRE_FALSE(put_in(*radio, "g", text));
  for (const auto pipe : pipes)
    CHECK(sent(*radio, pipe) == texts{"g:" + large, "g:small", "g:" + large});
}

// -- DISH ---------------------------------------------------------------------

TEST_CASE("48.DISH.1 any number of RADIO sockets, and only receiving") {
  const auto dish = make_gate(socket_type::dish);
  CHECK(put(*dish, "x") == errc::not_supported);
  CHECK_FALSE(compatible(socket_type::dish, socket_type::dish));
}

TEST_CASE("48.DISH.2 the group is attached to the message") {
  linked it;
  REQUIRE_FALSE(it.dish->subscribe("a group", true));
  REQUIRE_FALSE(put_in(*it.radio, "a group", "hello"));
  message next;
  REQUIRE_FALSE(it.dish->recv(next, patience::never()));
  CHECK(next.group() == "a group");
  CHECK(next.str() == "hello");
}

TEST_CASE("48.DISH.3 joins and leaves are told to each radio") {
  const auto dish = make_gate(socket_type::dish);
  const auto early = *accept(*dish);
  REQUIRE_FALSE(dish->subscribe("a", true));
  REQUIRE_FALSE(dish->subscribe("b", true));
  REQUIRE_FALSE(dish->subscribe("a", false));
  const auto late = *accept(*dish);
  CHECK(taken(*dish, early)
        == texts{to_text({true, "a"}), to_text({true, "b"}),
                 to_text({false, "a"})});
  CHECK(taken(*dish, late) == texts{to_text({true, "b"})});
}

TEST_CASE("48.DISH.4 what is for another group is filtered") {
  const auto dish = make_gate(socket_type::dish);
  const auto pipe = *accept(*dish);
  REQUIRE_FALSE(dish->subscribe("mine", true));
  comes(*dish, pipe, message{"other", "1"});
  comes(*dish, pipe, message{"mine", "2"});
  comes(*dish, pipe, message{"mine"});          // nothing for it
  comes(*dish, pipe, message{"mine", "3", ""}); // too much
  CHECK(get(*dish) == "2");
  CHECK(get(*dish) == "-");
}

TEST_CASE("48.DISH.5 messages are read from each radio in turn") {
  const auto dish = make_gate(socket_type::dish);
  REQUIRE_FALSE(dish->subscribe("g", true));
  for (const char* name : {"a", "b"}) {
    const auto pipe = *accept(*dish);
    comes(*dish, pipe, message{"g", std::string{name} + "1"});
    comes(*dish, pipe, message{"g", std::string{name} + "2"});
  }
  for (const char* next : {"a1", "b1", "a2", "b2"})
    CHECK(get(*dish) == next);
}

TEST_CASE("48.DISH.6 joining twice, or leaving what was not joined") {
  const auto dish = make_gate(socket_type::dish);
  CHECK(dish->subscribe("g", false) == errc::invalid_argument);
  REQUIRE_FALSE(dish->subscribe("g", true));
  CHECK(dish->subscribe("g", true) == errc::invalid_argument);
  REQUIRE_FALSE(dish->subscribe("g", false));
  CHECK(dish->subscribe("g", false) == errc::invalid_argument);
}

// -- groups -------------------------------------------------------------------

TEST_CASE("48.GROUP.1 0 to 255 bytes, none of them zero") {
  linked it;
  const std::string longest(255, 'g');
  for (const std::string& group : {std::string{}, longest}) {
    REQUIRE_FALSE(it.dish->subscribe(group, true));
    REQUIRE_FALSE(put_in(*it.radio, group, "x"));
    message next;
    REQUIRE_FALSE(it.dish->recv(next, patience::never()));
    CHECK(next.group() == group);
  }
  for (const std::string& group : {longest + "g", std::string("a\0b", 3)}) {
    CHECK(it.dish->subscribe(group, true) == errc::invalid_argument);
    message what{"x"};
    CHECK_THROWS_AS(what.set_group(group), error);
    CHECK(what.group().empty());
  }
}
