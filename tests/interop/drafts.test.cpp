// SPDX-License-Identifier: MPL-2.0
//
// The socket types of single frames with libzmq 4.3.5 in a process of its own:
// both roles, tcp and ipc, both backends.

#include <atomic>
#include <optional>
#include <thread>

#include "tests/interop/peer.hpp"
#include "tests/interop/zmqrt_side.hpp"
#include "tests/support/eventually.hpp"

namespace zmqrt::test {

namespace {

/// A socket of ours and one of libzmq's.
struct couple : link {
  couple(const place& home, socket_type type, const std::string& peer_type)
    : link(home, type, implementation::node, peer_type) {
  }

  json they_hear() {
    return theirs.ask({{"do", "hear"}});
  }
  void they_say(const std::string& text) {
    theirs.ask({{"do", "say"}, {"frames", {text}}});
  }
  void they_say(const std::string& text, const char* about, const json& what) {
    theirs.ask({{"do", "say"}, {"frames", {text}}, {about, what}});
  }
};

const json& only(const json& heard) {
  REQUIRE(heard.at("frames").size() == 1);
  return heard.at("frames").at(0);
}

} // namespace

TEST_CASE("interop: CLIENT and SERVER") {
  ON_EVERY(where, wires());
  const auto we_bind = GENERATE(true, false);
  CAPTURE(we_bind);
  SECTION("our CLIENT") {
    couple it{where, socket_type::client, "SERVER"};
    it.join(we_bind);
    it.ours.send("question");
    const auto asked = it.they_hear();
    CHECK(only(asked) == "question");
    for (const char* answer : {"one", "", "three"}) {
      it.they_say(answer, "routing_id", asked.at("routing_id"));
      CHECK(it.ours.recv().str() == answer);
    }
  }
  SECTION("our SERVER") {
    couple it{where, socket_type::server, "CLIENT"};
    it.join(we_bind);
    it.they_say("question");
    auto asked = it.ours.recv();
    CHECK(asked.str() == "question");
    REQUIRE(asked.routing_id() != 0);
    message answer{std::string_view{std::string(70'000, 'a')}};
    answer.set_routing_id(asked.routing_id());
    it.ours.send(answer);
    CHECK(only(it.they_hear()) == answer.str());
  }
}

TEST_CASE("interop: RADIO and DISH") {
  ON_EVERY(where, wires());
  const auto we_bind = GENERATE(true, false);
  CAPTURE(we_bind);
  SECTION("our RADIO, their DISH") {
    couple it{where, socket_type::radio, "DISH"};
    it.theirs.ask({{"do", "join"}, {"group", "early"}});
    it.join(we_bind);
    it.theirs.ask({{"do", "join"}, {"group", "late"}});
    it.theirs.tell({{"do", "hear"}});
    // A RADIO tells nobody who has joined: until they hear it.
    json heard;
    std::thread listening([&] { heard = it.theirs.next(); });
    std::atomic<bool> done{false};
    std::thread sending([&] {
      message what{"hello"};
      what.set_group("late");
      while (!done) {
        it.ours.send(what);
        std::this_thread::yield();
      }
    });
    listening.join();
    done = true;
    sending.join();
    CHECK(only(heard) == "hello");
    CHECK(heard.at("group") == "late");
    message what{"nobody"};
    what.set_group("lat");
    it.ours.send(what);
    what = message{"end"};
    what.set_group("early");
    it.ours.send(what);
    do
      heard = it.they_hear();
    while (heard.at("group") == "late");
    CHECK(only(heard) == "end");
    CHECK(heard.at("group") == "early");
  }
  SECTION("our DISH, their RADIO") {
    couple it{where, socket_type::dish, "RADIO"};
    it.ours.join("early");
    it.join(we_bind);
    it.ours.join("late");
    std::optional<message> heard;
    const auto hears = [&](const char* group) {
      it.they_say("hello", "group", group);
      heard = it.ours.recv_for(std::chrono::milliseconds{5});
      return heard && heard->group() == group;
    };
    eventually_is([&] { return hears("late"); }, true);
    CHECK(heard->str() == "hello");
    eventually_is([&] { return hears("early"); }, true);
    it.ours.leave("early");
    it.they_say("filtered", "group", "early");
    it.they_say("end", "group", "late");
    do
      heard = it.ours.recv();
    while (heard->str() != "end");
  }
}

TEST_CASE("interop: SCATTER and GATHER") {
  ON_EVERY(where, wires());
  const auto we_bind = GENERATE(true, false);
  CAPTURE(we_bind);
  SECTION("our SCATTER") {
    couple it{where, socket_type::scatter, "GATHER"};
    it.join(we_bind);
    it.ours.send("one");
    it.ours.send("two");
    CHECK(only(it.they_hear()) == "one");
    CHECK(only(it.they_hear()) == "two");
  }
  SECTION("our GATHER") {
    couple it{where, socket_type::gather, "SCATTER"};
    it.join(we_bind);
    it.they_say("one");
    it.they_say("two");
    CHECK(it.ours.recv().str() == "one");
    CHECK(it.ours.recv().str() == "two");
  }
}

TEST_CASE("interop: CHANNEL") {
  ON_EVERY(where, wires());
  const auto we_bind = GENERATE(true, false);
  CAPTURE(we_bind);
  couple it{where, socket_type::channel, "CHANNEL"};
  it.join(we_bind);
  it.ours.send("over");
  CHECK(only(it.they_hear()) == "over");
  it.they_say("and out");
  CHECK(it.ours.recv().str() == "and out");
}

TEST_CASE("interop: PEER, whose package can only listen") {
  ON_EVERY(where, wires());
  couple it{where, socket_type::peer, "PEER"};
  const auto endpoint =
    it.theirs.bind(fresh_endpoint(where.transport, it.directory));
  message what{"hello"};
  what.set_routing_id(it.ours.connect_peer(endpoint));
  it.ours.send(what);
  CHECK(only(it.they_hear()) == "hello");
}

} // namespace zmqrt::test
