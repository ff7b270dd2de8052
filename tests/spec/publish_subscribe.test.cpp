// SPDX-License-Identifier: MPL-2.0
//
// RFC 29 (PUBSUB), clause by clause, over bare pipes.

#include "libzmqrt/message/subscription.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/gate/fixtures.hpp"

using namespace zmqrt;
using namespace zmqrt::test;
using texts = std::vector<std::string>;

namespace {

const auto publishing = {socket_type::pub, socket_type::xpub};
const auto subscribing = {socket_type::sub, socket_type::xsub};

std::string on(std::string_view topic) {
  return to_text({true, topic});
}

std::string off(std::string_view topic) {
  return to_text({false, topic});
}

/// A subscriber at the other end of that pipe says it.
void says(gate& to, pipe_id from, const std::string& what) {
  comes(to, from, message{std::string_view{what}});
}

/// A pipe that is subscribed to everything; what XPUB is told of it is read.
pipe_id all_from(gate& publisher) {
  const auto pipe = *accept(publisher);
  says(publisher, pipe, on(""));
  (void)get(publisher);
  return pipe;
}

/// All that can be read, one after the other.
texts all_read(gate& from) {
  texts all;
  for (std::string next = get(from); next != "-"; next = get(from))
    all.push_back(next);
  return all;
}

void subscribe(gate& at, std::string_view topic, bool begins = true) {
  if (at.type() == socket_type::sub)
    REQUIRE_FALSE(at.subscribe(topic, begins));
  else
    REQUIRE_FALSE(put(at, begins ? on(topic) : off(topic)));
}

} // namespace

// -- PUB and XPUB -------------------------------------------------------------

TEST_CASE("29.PUB.1 any number of SUB or XSUB peers, and only sending") {
  for (const auto type : publishing)
    for (const auto peer : subscribing)
      CHECK(compatible(type, peer));
  CHECK_FALSE(compatible(socket_type::pub, socket_type::xpub));
  const auto pub = make_gate(socket_type::pub);
  message next;
  CHECK(pub->recv(next, patience::never()) == errc::not_supported);
}

TEST_CASE("29.PUB.2 a queue for each subscriber, limited by an option") {
  for (const auto type : publishing) {
    const auto pub = make_gate(type, 3);
    const auto slow = all_from(*pub);
    const auto quick = all_from(*pub);
    texts got;
    for (const char* text : {"1", "2", "3", "4", "5"}) {
      REQUIRE_FALSE(put(*pub, text)); // never waits
      got.push_back(taken(*pub, quick).at(0));
    }
    CHECK(got == texts{"1", "2", "3", "4", "5"});
    CHECK(taken(*pub, slow) == texts{"1", "2", "3"});
  }
}

TEST_CASE("29.PUB.3 the queue of a connect outlives connections") {
  for (const auto type : publishing) {
    const auto pub = make_gate(type);
    const auto pipe = *pub->attach({});
    REQUIRE(pub->plug(pipe, nullptr, nullptr));
    says(*pub, pipe, on(""));
    REQUIRE_FALSE(put(*pub, "1"));
    batch none;
    pub->unplug(pipe, none);
    REQUIRE(pub->plug(pipe, nullptr, nullptr));
    CHECK(taken(*pub, pipe) == texts{"1"});
  }
}

TEST_CASE("29.PUB.4 a queue goes when its subscriber disconnects") {
  for (const auto type : publishing) {
    const auto pub = make_gate(type);
    const auto gone = all_from(*pub);
    REQUIRE_FALSE(put(*pub, "1"));
    batch none;
    CHECK(pub->detach(gone, none) == 1);
    const auto next = *accept(*pub); // may have the same number
    REQUIRE_FALSE(put(*pub, "2"));
    CHECK(taken(*pub, next).empty());
  }
}

TEST_CASE("29.PUB.5 what subscribers send is discarded") {
  const auto pub = make_gate(socket_type::pub);
  const auto pipe = all_from(*pub);
  comes(*pub, pipe, message{"\2", "user data"});
  comes(*pub, pipe, message{std::string_view{}});
  CHECK_FALSE(pub->readable());
  REQUIRE_FALSE(put(*pub, "still there"));
  CHECK(taken(*pub, pipe) == texts{"still there"});
}

TEST_CASE("29.PUB.6 outgoing messages are not modified") {
  for (const auto type : publishing) {
    const auto pub = make_gate(type);
    const auto pipe = all_from(*pub);
    REQUIRE_FALSE(pub->send(message{"", "a", ""}, patience::never()));
    CHECK(taken(*pub, pipe) == texts{"|a|"});
  }
}

TEST_CASE("29.PUB.7 a topic is compared with the first frame's beginning") {
  for (const auto type : publishing) {
    const auto pub = make_gate(type);
    const auto pipe = *accept(*pub);
    says(*pub, pipe, on(std::string("a\0b", 3)));
    for (const auto& text : {std::string("a\0b", 3), std::string("a\0bc", 4),
                             std::string("a\0", 2), std::string("A\0b", 3)})
      REQUIRE_FALSE(put(*pub, text));
    REQUIRE_FALSE(
      pub->send(message{"x", std::string_view{"a\0b", 3}}, patience::never()));
    CHECK(taken(*pub, pipe)
          == texts{std::string("a\0b", 3), std::string("a\0bc", 4)});
  }
}

TEST_CASE("29.PUB.8 unsubscribing ends it, and PUB tells nobody") {
  const auto pub = make_gate(socket_type::pub);
  const auto pipe = *accept(*pub);
  says(*pub, pipe, on("a"));
  says(*pub, pipe, on("ab"));
  says(*pub, pipe, off("ab"));
  REQUIRE_FALSE(put(*pub, "abc"));
  says(*pub, pipe, off("a"));
  REQUIRE_FALSE(put(*pub, "abc"));
  CHECK(taken(*pub, pipe) == texts{"abc"});
  CHECK_FALSE(pub->readable());
}

TEST_CASE("29.XPUB.1 subscribers' messages are delivered, each in its turn") {
  const auto xpub = make_gate(socket_type::xpub);
  const auto a = *accept(*xpub);
  const auto b = *accept(*xpub);
  comes(*xpub, a, message{"\2 from a", "more"});
  comes(*xpub, b, message{"\2 from b"});
  CHECK(all_read(*xpub) == texts{"\2 from a|more", "\2 from b"});
}

TEST_CASE("29.XPUB.2 subscriptions are delivered, once for a topic") {
  const auto xpub = make_gate(socket_type::xpub);
  const auto a = *accept(*xpub);
  const auto b = *accept(*xpub);
  says(*xpub, a, on("t"));
  says(*xpub, a, on("t"));
  says(*xpub, b, on("t"));
  says(*xpub, a, off("t"));
  says(*xpub, b, off("t"));
  CHECK(all_read(*xpub) == texts{on("t"), off("t")});
}

TEST_CASE("29.XPUB.3 XPUB_VERBOSE tells every one, XPUB_VERBOSER ends too") {
  socket_options options = with_hwm(1000, 1000);
  options.xpub_verboser = GENERATE(false, true);
  options.xpub_verbose = !options.xpub_verboser;
  CAPTURE(options.xpub_verboser);
  gate xpub(socket_type::xpub, options);
  const auto a = *accept(xpub);
  const auto b = *accept(xpub);
  for (const auto from : {a, b, a})
    says(xpub, from, on("t"));
  says(xpub, a, off("t"));
  CHECK(all_read(xpub)
        == (options.xpub_verboser ? texts{on("t"), on("t"), on("t"), off("t")}
                                  : texts{on("t"), on("t"), on("t")}));
}

TEST_CASE("29.XPUB.4 a lost subscriber's topics end") {
  const auto xpub = make_gate(socket_type::xpub);
  const auto gone = *accept(*xpub);
  const auto stays = *accept(*xpub);
  says(*xpub, gone, on("mine"));
  says(*xpub, gone, on("ours"));
  says(*xpub, stays, on("ours"));
  CHECK(all_read(*xpub).size() == 2);
  batch none;
  xpub->detach(gone, none);
  CHECK(all_read(*xpub) == texts{off("mine")});
}

TEST_CASE("29.XPUB.5 XPUB_MANUAL: the application says who gets what") {
  socket_options options = with_hwm(1000, 1000);
  options.xpub_manual = true;
  gate xpub(socket_type::xpub, options);
  const auto pipe = *accept(xpub);
  says(xpub, pipe, on("asked"));
  CHECK(get(xpub) == on("asked"));
  REQUIRE_FALSE(xpub.subscribe("given", true));
  REQUIRE_FALSE(put(xpub, "asked for"));
  REQUIRE_FALSE(put(xpub, "given"));
  CHECK(taken(xpub, pipe) == texts{"given"});
}

TEST_CASE("29.XPUB.6 XPUB_MANUAL_LAST_VALUE: the next is for who asked") {
  socket_options options = with_hwm(1000, 1000);
  options.xpub_manual_last_value = true; // includes the other
  gate xpub(socket_type::xpub, options);
  const auto a = *accept(xpub);
  const auto b = *accept(xpub);
  for (const auto from : {a, b}) {
    says(xpub, from, on("t"));
    CHECK(get(xpub) == on("t"));
    REQUIRE_FALSE(xpub.subscribe("t", true));
    REQUIRE_FALSE(put(xpub, "the last"));
  }
  REQUIRE_FALSE(put(xpub, "to both"));
  for (const auto pipe : {a, b})
    CHECK(taken(xpub, pipe) == texts{"the last", "to both"});
}

// -- SUB and XSUB -------------------------------------------------------------

TEST_CASE("29.SUB.1 any number of PUB or XPUB peers, and only receiving") {
  CHECK_FALSE(compatible(socket_type::sub, socket_type::sub));
  CHECK_FALSE(compatible(socket_type::sub, socket_type::xsub));
  const auto sub = make_gate(socket_type::sub);
  CHECK(put(*sub, "x") == errc::not_supported);
}

TEST_CASE("29.SUB.2 messages are fair-queued, not modified, and filtered") {
  for (const auto type : subscribing) {
    const auto sub = make_gate(type);
    subscribe(*sub, "t");
    const auto a = *accept(*sub);
    const auto b = *accept(*sub);
    for (const char* number : {"1", "2"})
      for (const auto& [from, name] : {std::pair{a, "a"}, std::pair{b, "b"}})
        comes(*sub, from, message{"t", name, number, ""});
    comes(*sub, a, message{"x", "not asked for"});
    texts expected{"t|a|1|", "t|b|1|", "t|a|2|", "t|b|2|"};
    if (type == socket_type::xsub)
      expected.push_back("x|not asked for"); // what came is the proxy's
    CHECK(all_read(*sub) == expected);
  }
}

TEST_CASE("29.SUB.3 a queue for each publisher, limited by an option") {
  for (const auto type : subscribing) {
    const auto sub = make_gate(type, 1000, 3);
    subscribe(*sub, "");
    const auto full = *accept(*sub);
    const auto other = *accept(*sub);
    CHECK(takes_in(*sub, full) == 3);
    CHECK(sub->wants_input(other));
  }
}

TEST_CASE("29.SUB.4 the queue of a connect outlives connections") {
  for (const auto type : subscribing) {
    const auto sub = make_gate(type);
    subscribe(*sub, "");
    const auto pipe = *sub->attach({});
    REQUIRE(sub->plug(pipe, nullptr, nullptr));
    comes(*sub, pipe, message{"1"});
    batch none;
    sub->unplug(pipe, none);
    CHECK(get(*sub) == "1");
  }
}

TEST_CASE("29.SUB.5 subscriptions are told to each publisher") {
  for (const auto type : subscribing) {
    const auto sub = make_gate(type);
    const auto early = *accept(*sub);
    subscribe(*sub, "a");
    subscribe(*sub, "b");
    subscribe(*sub, "b", false);
    const auto late = *accept(*sub);
    CHECK(taken(*sub, early) == texts{on("a"), on("b"), off("b")});
    CHECK(taken(*sub, late) == texts{on("a")});
  }
}

TEST_CASE("29.SUB.6 each subscription is told, and the end of the last") {
  for (const auto type : subscribing) {
    const auto sub = make_gate(type);
    const auto pipe = *accept(*sub);
    subscribe(*sub, "a");
    subscribe(*sub, "a");
    subscribe(*sub, "a", false);
    CHECK(taken(*sub, pipe) == texts{on("a"), on("a")});
    subscribe(*sub, "a", false);
    subscribe(*sub, "a", false); // there is none
    CHECK(taken(*sub, pipe) == texts{off("a")});
  }
}

TEST_CASE("29.SUB.7 a full publisher is told what is new, and no repeats") {
  for (const auto type : subscribing) {
    const auto sub = make_gate(type, 1);
    const auto pipe = *accept(*sub);
    for (const char* topic : {"a", "b", "a", "b"})
      subscribe(*sub, topic);
    CHECK(taken(*sub, pipe) == texts{on("a"), on("b")});
  }
}

TEST_CASE("29.XSUB.1 what is sent goes to all publishers, and never waits") {
  const auto xsub = make_gate(socket_type::xsub, 2);
  REQUIRE_FALSE(put(*xsub, "nobody hears"));
  const auto slow = *accept(*xsub);
  const auto quick = *accept(*xsub);
  for (const char* text : {"1", "2", "3"}) {
    REQUIRE_FALSE(xsub->send(message{text, "x"}, patience::never()));
    CHECK(taken(*xsub, quick) == texts{std::string{text} + "|x"});
  }
  CHECK(taken(*xsub, slow) == texts{"1|x", "2|x"});
}
