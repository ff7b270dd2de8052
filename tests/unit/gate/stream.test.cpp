// SPDX-License-Identifier: MPL-2.0
//
// The gate with peers that speak no ZMTP: they are announced in order with
// their bytes, hung up on, and another one gets nothing that was for them.

#include <thread>

#include "tests/support/catch.hpp"
#include "tests/unit/gate/fixtures.hpp"

using namespace zmqrt;
using namespace zmqrt::test;
using actors::peer_facts;
using actors::pipe_fate;
using texts = std::vector<std::string>;

namespace {

peer_facts raw_peer(bool announced = true) {
  peer_facts who;
  who.raw = true;
  who.announced = announced;
  return who;
}

pipe_id come(gate& at, std::shared_ptr<actors::doorbell> bell = nullptr) {
  actors::pipe_setup setup;
  setup.peer = raw_peer();
  setup.bell = std::move(bell);
  return *at.attach(std::move(setup));
}

std::error_code put_to(gate& into, std::string_view id, std::string_view bytes,
                       patience wait = patience::never()) {
  message what{id};
  what.push_back(bytes);
  return into.send(what, wait);
}

std::string id_in(gate& from) {
  const auto text = get(from);
  return text.substr(0, text.find('|'));
}

/// The next message is these bytes of this peer.
void check_next(gate& from, const std::string& id, const char* bytes) {
  CHECK(get(from) == id + '|' + bytes);
}

} // namespace

TEST_CASE("raw: a peer's coming and going are told around its bytes") {
  const auto stream = make_gate(socket_type::stream);
  const auto pipe = come(*stream);
  comes(*stream, pipe, message{"one"});
  comes(*stream, pipe, message{"two"});
  batch none;
  stream->detach(pipe, none);
  const auto id = id_in(*stream); // it has come
  CHECK(id.size() == 5);
  check_next(*stream, id, "one");
  check_next(*stream, id, "two");
  check_next(*stream, id, "");
  CHECK(get(*stream) == "-");
  CHECK(put_to(*stream, id, "x") == errc::host_unreachable);
}

TEST_CASE("raw: who is not announced is not told of") {
  const auto stream = make_gate(socket_type::stream);
  actors::pipe_setup setup;
  setup.peer = raw_peer(false);
  const auto pipe = *stream->attach(std::move(setup));
  CHECK_FALSE(stream->readable());
  comes(*stream, pipe, message{"one"});
  batch none;
  stream->detach(pipe, none);
  CHECK(id_in(*stream).size() == 5);
  CHECK(get(*stream) == "-");
}

TEST_CASE("raw: a connect's peer has an id before it comes") {
  const auto stream = make_gate(socket_type::stream);
  const auto pipe = *stream->attach(stream->connect_setup());
  const auto id = stream->options().routing_id;
  REQUIRE(id.size() == 5);
  CHECK_FALSE(stream->readable());
  REQUIRE_FALSE(put_to(*stream, id, "early"));
  REQUIRE(stream->plug(pipe, nullptr, nullptr, raw_peer()));
  check_next(*stream, id, "");
  CHECK(taken(*stream, pipe) == texts{"early"});
  // The next connect's is another one.
  (void)stream->attach(stream->connect_setup());
  CHECK(stream->options().routing_id != id);
}

TEST_CASE("raw: what was for one connection does not go to the next") {
  const auto stream = make_gate(socket_type::stream, 3);
  const auto pipe = *stream->attach(stream->connect_setup());
  const auto id = stream->options().routing_id;
  REQUIRE(stream->plug(pipe, nullptr, nullptr, raw_peer()));
  for (const char* bytes : {"half sent", "not sent"})
    REQUIRE_FALSE(put_to(*stream, id, bytes));
  batch unaccepted;
  stream->take(pipe, unaccepted);
  REQUIRE_FALSE(put_to(*stream, id, "not even taken"));
  CHECK(put_to(*stream, id, "full") == errc::again);
  stream->unplug(pipe, unaccepted);
  CHECK(stream->unsent() == 0);
  REQUIRE_FALSE(put_to(*stream, id, "for the next"));
  REQUIRE(stream->plug(pipe, nullptr, nullptr, raw_peer()));
  CHECK(taken(*stream, pipe) == texts{"for the next"});
  for (int notices = 0; notices < 3; ++notices) // come, gone, come
    check_next(*stream, id, "");
  CHECK(get(*stream) == "-");
}

TEST_CASE("raw: connections that nobody hears of are bounded, told in pairs") {
  const auto stream = make_gate(socket_type::stream, 10, 10);
  const auto pipe = *stream->attach(stream->connect_setup());
  batch none;
  for (int i = 0; i < 5000; ++i) {
    REQUIRE(stream->plug(pipe, nullptr, nullptr, raw_peer()));
    stream->unplug(pipe, none);
  }
  int heard = 0;
  while (get(*stream) != "-")
    ++heard;
  CHECK(heard >= 1000);
  CHECK(heard < 2000);
  CHECK(heard % 2 == 0);
}

TEST_CASE("raw: a hang-up lets out what is queued, and lets in nothing more") {
  const auto stream = make_gate(socket_type::stream);
  const auto bell = std::make_shared<counting_bell>();
  const auto pipe = come(*stream, bell);
  const auto id = id_in(*stream);
  comes(*stream, pipe, message{"unread"});
  CHECK(stream->fate(pipe) == pipe_fate::stays);
  SECTION("something is queued") {
    REQUIRE_FALSE(put_to(*stream, id, "last words"));
    REQUIRE_FALSE(put_to(*stream, id, ""));
    CHECK(taken(*stream, pipe) == texts{"last words"});
  }
  SECTION("nothing is") {
    REQUIRE_FALSE(put_to(*stream, id, ""));
    CHECK(taken(*stream, pipe).empty());
  }
  CHECK(bell->rung > 0);
  CHECK(stream->fate(pipe) == pipe_fate::hung_up);
  CHECK_FALSE(stream->readable());
  comes(*stream, pipe, message{"late"});
  for (const char* bytes : {"x", ""})
    CHECK(put_to(*stream, id, bytes) == errc::host_unreachable);
  batch none;
  stream->detach(pipe, none);
  CHECK(get(*stream) == "-"); // who hung up knows
}

TEST_CASE("raw: a hang-up frees a paused session") {
  const auto stream = make_gate(socket_type::stream, 10, 2);
  const auto pipe = come(*stream);
  const auto id = id_in(*stream);
  (void)takes_in(*stream, pipe);
  CHECK_FALSE(stream->wants_input(pipe));
  REQUIRE_FALSE(put_to(*stream, id, ""));
  CHECK(stream->wants_input(pipe));
}

TEST_CASE(
  "raw: who was hung up on before it came is told so, and sent it all") {
  const auto stream = make_gate(socket_type::stream);
  const auto pipe = *stream->attach(stream->connect_setup());
  const auto id = stream->options().routing_id;
  REQUIRE_FALSE(put_to(*stream, id, "hello and goodbye"));
  REQUIRE_FALSE(put_to(*stream, id, ""));
  const auto bell = std::make_shared<counting_bell>();
  REQUIRE(stream->plug(pipe, bell, nullptr, raw_peer()));
  CHECK(bell->rung > 0);
  CHECK(stream->fate(pipe) == pipe_fate::hung_up);
  CHECK(taken(*stream, pipe) == texts{"hello and goodbye"});
  CHECK(put_to(*stream, id, "x") == errc::host_unreachable);
  CHECK(get(*stream) == "-");
}

TEST_CASE("raw: a duplicate CONNECT_ROUTING_ID is refused") {
  const auto stream = make_gate(socket_type::stream);
  actors::pipe_setup setup;
  setup.name = "server";
  REQUIRE(stream->attach(setup));
  CHECK_FALSE(stream->attach(setup));
}

TEST_CASE("raw: who waits for a peer that is hung up on is told") {
  const auto stream = make_gate(socket_type::stream, 1);
  (void)come(*stream);
  const auto id = id_in(*stream);
  REQUIRE_FALSE(put_to(*stream, id, "1"));
  std::error_code why;
  std::thread sender(
    [&] { why = put_to(*stream, id, "2", patience::forever()); });
  REQUIRE_FALSE(put_to(*stream, id, ""));
  sender.join();
  CHECK(why == errc::host_unreachable);
}
