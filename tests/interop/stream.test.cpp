// SPDX-License-Identifier: MPL-2.0
//
// STREAM and ROUTER_RAW with libzmq's in a process of its own: both roles, tcp
// and ipc, both backends. What they do not frame, neither do we.

#include <utility>

#include "tests/interop/peer.hpp"
#include "tests/interop/zmqrt_side.hpp"

namespace zmqrt::test {

namespace {

/// A raw socket of ours and one of libzmq's.
struct couple : link {
  couple(const place& home, socket_type type, const std::string& peer_type)
    : link(home, type, implementation::libzmq, peer_type,
           peer_type == "ROUTER" ? json{{"router_raw", 1}} : json::object()) {
    if (type == socket_type::router)
      ours.set(option::router_raw, true);
  }

  std::string hear() {
    const auto got = ours.recv();
    REQUIRE(got.size() == 2);
    CHECK((id.empty() || got[0].view() == id));
    id = got[0].view();
    return std::string{got[1].view()};
  }
  void say(std::string_view bytes) {
    message what{std::string_view{id}};
    what.push_back(bytes);
    ours.send(std::move(what));
  }
  std::string they_hear() {
    const auto frames = theirs.ask({{"do", "hear"}}).at("frames");
    REQUIRE(frames.size() == 2);
    return frames.at(1);
  }
  void they_say(const std::string& bytes) {
    theirs.ask({{"do", "reply"}, {"frames", {bytes}}});
  }

  std::string id; // theirs, here
};

} // namespace

TEST_CASE("interop: STREAM and ROUTER_RAW, ours and libzmq's") {
  ON_EVERY(where, wires());
  const auto we_bind = GENERATE(true, false);
  const auto ours = GENERATE(socket_type::stream, socket_type::router);
  const std::string theirs = GENERATE("STREAM", "ROUTER");
  CAPTURE(we_bind, to_string(ours), theirs);
  couple it{where, ours, theirs};
  it.join(we_bind);
  CHECK(it.they_hear().empty()); // we have come
  CHECK(it.hear().empty());      // they have
  it.say("question");
  CHECK(it.they_hear() == "question");
  it.they_say("answer");
  CHECK(it.hear() == "answer");
  const std::string large(300'000, 'x');
  it.say(large);
  for (std::string got; got != large;) {
    got += it.they_hear();
    REQUIRE(large.starts_with(got));
  }
  it.they_say(large);
  for (std::string got; got != large;) {
    got += it.hear();
    REQUIRE(large.starts_with(got));
  }
  SECTION("we hang up") {
    it.say("last words");
    it.say("");
    CHECK(it.they_hear() == "last words");
    CHECK(it.they_hear().empty());
  }
  SECTION("they close") {
    it.theirs.ask({{"do", "close"}});
    CHECK(it.hear().empty());
  }
}

} // namespace zmqrt::test
