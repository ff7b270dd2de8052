// SPDX-License-Identifier: MPL-2.0
//
// STREAM in virtual time: a peer that was hung up on and does not end its side,
// and connections that come again amid partial writes.

#include "tests/sim/raw_peer.hpp"
#include "tests/sim/stage.hpp"
#include "tests/support/catch.hpp"

using namespace zmqrt;
using namespace zmqrt::sim_test;
using namespace std::chrono_literals;

namespace {

constexpr auto endpoint = "tcp://127.0.0.1:5999";

message to(const std::string& id, std::string_view bytes) {
  message made{std::string_view{id}};
  made.push_back(bytes);
  return made;
}

void send(actor_node& from, const std::string& id, std::string_view bytes) {
  message what = to(id, bytes);
  REQUIRE(from.try_send(what));
}

} // namespace

TEST_CASE("stream: who was hung up on has two seconds to end its side") {
  stage on;
  const auto stream = on.open(socket_type::stream);
  auto events = stream->handle().monitor();
  REQUIRE(on.bind(*stream, endpoint).empty());
  raw_peer client{on};
  client.dial();
  const auto came = on.await_message(*stream);
  REQUIRE(came);
  const std::string id{(*came)[0].view()};
  send(*stream, id, "bye");
  send(*stream, id, "");
  const time_point hung_up = on.now();
  on.world().run_until([&] { return !client.peer->ends.empty(); },
                       on.now() + 1s);
  CHECK(client.peer->received == "bye");
  REQUIRE(client.peer->ends.size() == 1);
  CHECK_FALSE(client.peer->ends.front()); // in order
  SECTION("it does not") {
    REQUIRE(on.await(events, event_kind::disconnected, 1h));
    CHECK(on.now() - hung_up >= 2s);
    CHECK(on.now() - hung_up <= 2s + 100ms);
  }
  SECTION("it does") {
    (*client.peer)->close();
    REQUIRE(on.await(events, event_kind::disconnected, 1h));
    CHECK(on.now() - hung_up <= 1s);
  }
}

TEST_CASE("stream: closing waits no longer for a peer that does not end") {
  stage on;
  const auto stream = on.open(socket_type::stream);
  REQUIRE(on.bind(*stream, endpoint).empty());
  raw_peer client{on};
  client.dial();
  const auto came = on.await_message(*stream);
  REQUIRE(came);
  send(*stream, std::string{(*came)[0].view()}, "bye");
  stream->close(); // LINGER -1
  const time_point begun = on.now();
  on.world().run_until([&] { return stream->is_over(); }, on.now() + 1h);
  CHECK(stream->is_over());
  CHECK(on.now() - begun <= 2s + 100ms);
  CHECK(client.peer->received == "bye");
}

TEST_CASE("stream: a peer is never sent what was for the one before it") {
  const auto seed = GENERATE(range(1, 20));
  CAPTURE(seed);
  stage on{static_cast<std::uint64_t>(seed)};
  const auto stream = on.open(socket_type::stream);
  stream->handle().set(option::reconnect_ivl, 1ms);
  raw_peer server{on};
  server.listen();
  REQUIRE(on.connect(*stream, endpoint).empty());
  const auto id = stream->handle().get(option::routing_id);
  for (char mark = 'a'; mark < 'e'; ++mark) {
    server.await_client();
    REQUIRE(server.peer != nullptr);
    // Nothing is left over, and from now on it is this one's.
    while (stream->try_recv())
      continue;
    for (int i = 0; i < 8; ++i)
      send(*stream, id, std::string(50'000, mark));
    const auto enough = static_cast<std::size_t>(40'000 * seed % 400'000);
    on.world().run_until([&] { return server.peer->received.size() >= enough; },
                         on.now() + 1min);
    CHECK(server.peer->received.size() >= enough);
    CHECK(server.peer->received.size() <= 400'000);
    CHECK(server.peer->received.find_first_not_of(mark) == std::string::npos);
    (*server.peer)->close();
    on.world().run_until([&] { return server.peer->closed != 0; },
                         on.now() + 1s);
    // Gone; the notice says so before the next one comes.
    while (on.await_message(*stream)->size() != 2)
      continue;
  }
}
