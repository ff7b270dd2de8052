// SPDX-License-Identifier: MPL-2.0
//
// Every compatible pair of socket types with libzmq 4.3.4 in a process of its
// own: who gets what, with which envelope. Both roles, tcp and ipc, both
// backends.

#include <thread>
#include <vector>

#include "tests/interop/peer.hpp"
#include "tests/interop/zmqrt_side.hpp"

namespace zmqrt::test {

namespace {

using frames = std::vector<std::string>;

frames frames_of(const message& what) {
  frames found;
  for (std::size_t i = 0; i < what.size(); ++i)
    found.emplace_back(what[i].view());
  return found;
}

message message_of(const frames& what) {
  message made;
  for (const auto& part : what)
    made.push_back(std::string_view{part});
  return made;
}

/// A socket of ours and one of libzmq's, each with a routing id of its own.
struct couple : link {
  couple(const place& home, socket_type type, const std::string& peer_type,
         const json& peer_options = json::object())
    : link(home, type, implementation::libzmq, peer_type, peer_options) {
  }

  void say(const frames& what) {
    ours.send(message_of(what));
  }
  frames hear() {
    return frames_of(ours.recv());
  }
  void they_say(const frames& what) {
    theirs.ask({{"do", "say"}, {"frames", what}});
  }
  frames they_hear() {
    return theirs.ask({{"do", "hear"}}).at("frames");
  }
  /// A bound libzmq socket attaches a peer in its next call: they listen, and
  /// heard() is what they hear.
  void they_listen() {
    theirs.tell({{"do", "hear"}});
  }
  frames heard() {
    return theirs.next().at("frames");
  }
  /// Until their subscription is here.
  void await_topics(int count) {
    while (ours.get(option::topics_count) != count)
      std::this_thread::yield();
  }
};

const json named{{"routing_id", "them"}};

} // namespace

// -- request/reply ------------------------------------------------------------

TEST_CASE("interop: REQ with REP and ROUTER") {
  ON_EVERY(where, wires());
  const auto we_bind = GENERATE(true, false);
  CAPTURE(we_bind);
  SECTION("our REQ, their REP") {
    couple it{where, socket_type::req, "REP"};
    it.join(we_bind);
    for (int round = 0; round < 3; ++round) {
      it.say({"question", "part two"});
      CHECK(it.they_hear() == frames{"question", "part two"});
      it.they_say({"answer", ""});
      CHECK(it.hear() == frames{"answer", ""});
    }
  }
  SECTION("our REP, their REQ") {
    couple it{where, socket_type::rep, "REQ"};
    it.join(we_bind);
    for (int round = 0; round < 3; ++round) {
      it.they_say({"question"});
      CHECK(it.hear() == frames{"question"});
      it.say({"answer", "part two"});
      CHECK(it.they_hear() == frames{"answer", "part two"});
    }
  }
  SECTION("our REQ, their ROUTER") {
    couple it{where, socket_type::req, "ROUTER"};
    it.ours.set(option::routing_id, "us");
    it.join(we_bind);
    it.say({"question"});
    CHECK(it.they_hear() == frames{"us", "", "question"});
    it.they_say({"us", "", "answer"});
    CHECK(it.hear() == frames{"answer"});
  }
  SECTION("our ROUTER, their REQ") {
    couple it{where, socket_type::router, "REQ", named};
    it.join(we_bind);
    it.they_say({"question"});
    CHECK(it.hear() == frames{"them", "", "question"});
    it.say({"them", "", "answer"});
    CHECK(it.they_hear() == frames{"answer"});
  }
  SECTION("our REQ with REQ_CORRELATE, their ROUTER") {
    couple it{where, socket_type::req, "ROUTER"};
    it.ours.set(option::routing_id, "us");
    it.ours.set(option::req_correlate, true);
    it.join(we_bind);
    it.say({"question"});
    const auto asked = it.they_hear();
    REQUIRE(asked.size() == 4);
    CHECK(asked[1].size() == 4);
    CHECK(asked[2].empty());
    it.they_say({"us", "none", "", "wrong id"});
    it.they_say({"us", asked[1], "", "answer"});
    CHECK(it.hear() == frames{"answer"});
  }
}

TEST_CASE("interop: DEALER with REP, DEALER and ROUTER") {
  ON_EVERY(where, wires());
  const auto we_bind = GENERATE(true, false);
  CAPTURE(we_bind);
  SECTION("our DEALER, their REP") {
    couple it{where, socket_type::dealer, "REP"};
    it.join(we_bind);
    it.say({"", "question"});
    CHECK(it.they_hear() == frames{"question"});
    it.they_say({"answer"});
    CHECK(it.hear() == frames{"", "answer"});
  }
  SECTION("our REP, their DEALER") {
    couple it{where, socket_type::rep, "DEALER"};
    it.join(we_bind);
    it.they_say({"no delimiter"}); // skipped
    it.they_say({"hop", "", "question"});
    CHECK(it.hear() == frames{"question"});
    it.say({"answer"});
    CHECK(it.they_hear() == frames{"hop", "", "answer"});
  }
  SECTION("DEALER with DEALER") {
    couple it{where, socket_type::dealer, "DEALER"};
    it.join(we_bind);
    it.say({"a", "", "b"});
    CHECK(it.they_hear() == frames{"a", "", "b"});
    it.they_say({"c"});
    CHECK(it.hear() == frames{"c"});
  }
  SECTION("our DEALER, their ROUTER") {
    couple it{where, socket_type::dealer, "ROUTER"};
    it.ours.set(option::routing_id, "us");
    it.join(we_bind);
    it.say({"a", "b"});
    CHECK(it.they_hear() == frames{"us", "a", "b"});
    it.they_say({"us", "c"});
    CHECK(it.hear() == frames{"c"});
  }
  SECTION("our ROUTER, their DEALER") {
    couple it{where, socket_type::router, "DEALER", named};
    it.join(we_bind);
    it.they_say({"a", "b"});
    CHECK(it.hear() == frames{"them", "a", "b"});
    const auto known = it.ours.peer_info("them");
    REQUIRE(known);
    CHECK(known->property("Socket-Type") == "DEALER");
    CHECK(known->protocol == "ZMTP/3.1");
    CHECK(known->writable);
    it.say({"them", "c", "d"});
    CHECK(it.they_hear() == frames{"c", "d"});
  }
  SECTION("our ROUTER names a peer that did not") {
    couple it{where, socket_type::router, "DEALER"};
    it.join(we_bind);
    it.they_say({"a"});
    const auto heard = it.hear();
    REQUIRE(heard.size() == 2);
    REQUIRE(heard[0].size() == 5);
    CHECK(heard[0][0] == '\0');
    it.say({heard[0], "b"});
    CHECK(it.they_hear() == frames{"b"});
  }
}

TEST_CASE("interop: ROUTER with ROUTER, by name and by CONNECT_ROUTING_ID") {
  ON_EVERY(where, wires());
  SECTION("both have names") {
    const auto we_bind = GENERATE(true, false);
    couple it{where, socket_type::router, "ROUTER", named};
    it.ours.set(option::routing_id, "us");
    it.ours.set(option::router_mandatory, true);
    auto events = it.ours.monitor();
    it.join(we_bind);
    await_event(events, event_kind::handshake_succeeded);
    // The event may come before the pipe does.
    while (true) {
      try {
        it.say({"them", "hello"});
        break;
      } catch (const error& problem) {
        REQUIRE(problem.code() == errc::host_unreachable);
        std::this_thread::yield();
      }
    }
    CHECK(it.they_hear() == frames{"us", "hello"});
    it.they_say({"us", "hello yourself"});
    CHECK(it.hear() == frames{"them", "hello yourself"});
  }
  SECTION("we name them before they are there") {
    couple it{where, socket_type::router, "ROUTER", named};
    it.ours.set(option::routing_id, "us");
    it.ours.set(option::connect_routing_id, "friend");
    it.join(false);
    it.say({"friend", "hello"});
    CHECK(it.they_hear() == frames{"us", "hello"});
    it.they_say({"us", "hello yourself"});
    CHECK(it.hear() == frames{"friend", "hello yourself"});
  }
}

TEST_CASE("interop: PROBE_ROUTER makes us known") {
  ON_EVERY(where, wires());
  couple it{where, socket_type::dealer, "ROUTER"};
  it.ours.set(option::routing_id, "us");
  it.ours.set(option::probe_router, true);
  it.join(false);
  CHECK(it.they_hear() == frames{"us", ""});
}

// -- publish/subscribe --------------------------------------------------------

TEST_CASE("interop: PUB with SUB and XSUB") {
  ON_EVERY(where, wires());
  const auto we_bind = GENERATE(true, false);
  CAPTURE(we_bind);
  SECTION("our PUB, their SUB") {
    couple it{where, socket_type::pub, "SUB", {{"subscribe", "a"}}};
    it.join(we_bind);
    it.they_listen();
    it.await_topics(1);
    it.say({"b", "unwanted"});
    it.say({"a", "wanted"});
    it.say({"abc"});
    CHECK(it.heard() == frames{"a", "wanted"});
    CHECK(it.they_hear() == frames{"abc"});
  }
  SECTION("our XPUB, their SUB") {
    couple it{where, socket_type::xpub, "SUB", {{"subscribe", "topic"}}};
    it.join(we_bind);
    it.they_listen();
    CHECK(it.hear() == frames{"\1topic"});
    it.say({"topic", "news"});
    CHECK(it.heard() == frames{"topic", "news"});
  }
  SECTION("our XPUB, their XSUB, which also talks back") {
    couple it{where, socket_type::xpub, "XSUB"};
    it.join(we_bind);
    it.theirs.ask({{"do", "await"}, {"monitor", "handshake_succeeded"}});
    it.they_say({"\1t"});
    CHECK(it.hear() == frames{"\1t"});
    it.they_say({"word"});
    CHECK(it.hear() == frames{"word"});
    it.say({"t1"});
    CHECK(it.they_hear() == frames{"t1"});
    it.they_say({std::string{'\0', 't'}});
    CHECK(it.hear() == frames{std::string{'\0', 't'}});
  }
  SECTION("our SUB, their XPUB") {
    couple it{where, socket_type::sub, "XPUB", {{"xpub_verbose", 1}}};
    it.ours.subscribe("to");
    it.join(we_bind);
    CHECK(it.they_hear() == frames{"\1to"});
    for (int times = 0; times < 2; ++times) {
      it.ours.subscribe("");
      CHECK(it.they_hear() == frames{"\1"});
    }
    it.ours.unsubscribe("");
    it.ours.unsubscribe("");
    CHECK(it.they_hear() == frames{std::string(1, '\0')});
    it.they_say({"other"});
    it.they_say({"topic", "", "news"});
    CHECK(it.hear() == frames{"topic", "", "news"});
  }
  SECTION("our SUB, their PUB") {
    couple it{where, socket_type::sub, "PUB"};
    it.ours.subscribe("a");
    it.join(we_bind);
    // They cannot know when the subscription is there: they say it again.
    std::optional<message> heard;
    while (!heard) {
      it.they_say({"b"});
      it.they_say({"a"});
      heard = it.ours.try_recv();
    }
    CHECK(frames_of(*heard) == frames{"a"});
  }
  SECTION("our XSUB, their XPUB") {
    couple it{where, socket_type::xsub, "XPUB"};
    it.join(we_bind);
    it.say({"\1t"});
    CHECK(it.they_hear() == frames{"\1t"});
    it.they_say({"t", "news"});
    CHECK(it.hear() == frames{"t", "news"});
    it.say({"word"});
    CHECK(it.they_hear() == frames{"word"});
  }
}

} // namespace zmqrt::test
