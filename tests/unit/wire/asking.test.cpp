// SPDX-License-Identifier: MPL-2.0
//
// NULL where a peer has to be let in: READY waits for the answer, the peer's
// own may come before it, and peers that are too old are not asked about.

#include "libzmqrt/wire/frame_header.hpp"
#include "libzmqrt/wire/handshake.hpp"
#include "libzmqrt/wire/null_mechanism.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/wire/transcripts.hpp"

using namespace zmqrt;
using namespace zmqrt::wire;
using namespace zmqrt::wire_test;

namespace {

struct asking_pull : listener {
  asking_pull()
    : listener(options_of(socket_type::pull), true,
               std::make_unique<null_mechanism>(
                 ready_metadata(options_of(socket_type::pull)), true)) {
  }
  void answer(std::uint32_t status) {
    auth_answer given;
    given.status = status;
    given.user_id = "joe";
    engine.authenticated(given, now);
    drain();
  }
};

} // namespace

TEST_CASE("NULL asks, and READY waits for the answer") {
  for (const bool early : {false, true}) {
    asking_pull to;
    to.feed(greeting_3());
    REQUIRE(to.questions.size() == 1);
    CHECK(to.questions[0].mechanism == "NULL");
    CHECK(to.questions[0].credentials.empty());
    if (early)
      to.feed(ready("PUSH") + messages_2(), 3);
    CHECK(to.output.size() == 64);
    CHECK(to.ready == 0);
    to.answer(200);
    CHECK(to.output
          == greeting_3().substr(0, 1) + to.output.substr(1, 63)
               + ready("PULL"));
    if (!early)
      to.feed(ready("PUSH") + messages_2());
    CHECK(to.ready == 1);
    CHECK(to.messages == three_messages());
    CHECK(*to.engine.peer().properties.find("User-Id") == "joe");
    CHECK(to.questions.size() == 1);
    CHECK(to.sound);
  }
}

TEST_CASE("NULL tells whom it refuses, but for 300") {
  for (const std::uint32_t status : {300U, 400U, 500U}) {
    asking_pull to;
    to.feed(greeting_3() + ready("PUSH"));
    to.answer(status);
    REQUIRE(to.closed);
    CHECK(to.closed->failure == event_kind::handshake_failed_auth);
    CHECK(to.closed->detail == status);
    CHECK(to.ready == 0);
    CHECK(to.output.size() == 64 + (status == 300 ? 0U : 12U));
  }
}

TEST_CASE("A peer that does not wait to be let in is refused in time") {
  asking_pull to;
  to.feed(greeting_3() + ready("PUSH"));
  const std::size_t limit =
    options_of(socket_type::pull).max_command_size + longest_header;
  to.feed(std::string(limit - ready("PUSH").size(), 'x'));
  CHECK_FALSE(to.closed);
  to.feed("x");
  REQUIRE(to.closed);
  CHECK(to.closed->detail == 0x10000001);
}

TEST_CASE("Peers before ZMTP 3.0 are not let in where they have to be") {
  for (const std::string& old : {handshake_1(), handshake_2("08")}) {
    asking_pull to;
    to.feed(old + messages_2());
    REQUIRE(to.closed);
    CHECK(to.closed->detail == 0x11000002);
    CHECK(to.questions.empty());
    CHECK(to.messages.empty());
  }
}
