// SPDX-License-Identifier: MPL-2.0
//
// The socket types of single frames with libzmq 4.3.5 in a process of its own:
// both roles, tcp and ipc, both backends.

#include <optional>
#include <thread>

#include "tests/interop/peer.hpp"
#include "tests/interop/zmqrt_side.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/raw_datagram.hpp"

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

/// One that nobody has now: libzmq does not tell which it was given.
std::uint16_t free_udp_port() {
  return raw_datagram{}.port();
}

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
    it.ours.set(option::linger, std::chrono::milliseconds{0});
    it.theirs.ask({{"do", "join"}, {"group", "early"}});
    it.join(we_bind);
    it.theirs.ask({{"do", "join"}, {"group", "late"}});
    // A RADIO tells nobody who has joined, and drops what a slow DISH has no
    // room for: it speaks until they hear.
    const auto hears = [&](const char* group) {
      std::jthread sending([&](std::stop_token heard) {
        for (; !heard.stop_requested(); std::this_thread::yield())
          for (const char* to : {group, "lat"}) {
            message what{to};
            what.set_group(to);
            it.ours.send(what);
          }
      });
      const auto heard = it.theirs.ask({{"do", "hear"}, {"group", group}});
      CHECK(only(heard) == group);
      for (const auto& before : heard.at("skipped"))
        CHECK(before == "late");
    };
    hears("late");
    hears("early");
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

TEST_CASE("interop: RADIO and DISH over UDP") {
  ON_EVERY(where, places_of({"udp"}));
  const std::string bound = GENERATE("udp://127.0.0.1:", "udp://lo;239.9.9.9:");
  CAPTURE(bound);
  const auto port = std::to_string(free_udp_port());
  SECTION("our RADIO, their DISH") {
    couple it{where, socket_type::radio, "DISH"};
    it.theirs.ask({{"do", "join"}, {"group", "good"}});
    it.theirs.bind(bound + port);
    it.ours.connect(bound + port);
    // Their engine opens its socket some time after the bind.
    std::jthread sending([&](std::stop_token heard) {
      for (; !heard.stop_requested(); std::this_thread::yield())
        for (const char* to : {"good", "other"}) {
          message what{to};
          what.set_group(to);
          it.ours.send(what);
        }
    });
    for (int i = 0; i < 10; ++i) {
      const auto heard = it.they_hear();
      CHECK(only(heard) == "good");
      CHECK(heard.at("group") == "good");
    }
  }
  SECTION("our DISH, their RADIO") {
    couple it{where, socket_type::dish, "RADIO"};
    it.ours.join("good");
    it.theirs.connect(it.ours.bind(bound + port));
    for (const std::string& text :
         {std::string{"one"}, std::string{}, std::string(5000, 'x')}) {
      it.they_say("filtered", "group", "other");
      it.they_say(text, "group", "good");
      const auto heard = it.ours.recv();
      CHECK(heard.str() == text);
      CHECK(heard.group() == "good");
    }
  }
}

TEST_CASE("interop: DGRAM") {
  ON_EVERY(where, places_of({"udp"}));
  couple it{where, socket_type::dgram, "DGRAM"};
  const auto ours = it.ours.bind("udp://127.0.0.1:*").substr(6);
  const auto theirs = "127.0.0.1:" + std::to_string(free_udp_port());
  it.theirs.bind("udp://" + theirs);
  const auto say = [&](const std::string& text) {
    it.theirs.ask({{"do", "say"}, {"frames", {ours, text}}});
  };
  // They lose what comes before their engine has its socket.
  say("first");
  auto heard = it.ours.recv();
  REQUIRE(heard.size() == 2);
  CHECK(heard[0].view() == theirs);
  CHECK(heard[1].view() == "first");
  it.ours.send(message{heard[0].view(), "second"});
  const auto got = it.they_hear().at("frames");
  REQUIRE(got.size() == 2);
  // What they name a peer by is a C string, and good to name it to us, too.
  CHECK(got.at(0).get<std::string>() == ours + '\0');
  CHECK(got.at(1) == "second");
  it.ours.send(message{theirs + '\0', "third"});
  CHECK(it.they_hear().at("frames").at(1) == "third");
  say(std::string(5000, 'x'));
  CHECK(it.ours.recv()[1].size() == 5000);
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
