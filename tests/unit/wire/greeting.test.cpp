// SPDX-License-Identifier: MPL-2.0
//
// The greeting alone: what it takes for which dialect, and what it answers
// at which octet.

#include "libzmqrt/wire/greeting.hpp"

#include "tests/support/catch.hpp"
#include "tests/unit/wire/transcripts.hpp"

using namespace zmqrt;
using namespace zmqrt::wire;
using namespace zmqrt::wire_test;

namespace {

const greeting_offer push_offer{socket_type::push, "me", "NULL", false};

const std::string our_signature = hex("ff"               // begin
                                      "0000000000000003" // identity 2, plus 1
                                      "7f");             // end
const std::string our_rest = hex("01"                    // minor
                                 "4e554c4c")             // mechanism "NULL"
                             + std::string(16, '\0')     // mechanism's padding
                             + std::string(32, '\0');    // as-server, filler

struct row {
  const char* name;
  std::string peer;
  dialect spoken;
  std::string answer; // behind our signature
  std::size_t left;   // octets that are not the greeting's
};

const std::vector<row>& rows() {
  static const std::vector<row> all{
    {"3.1", greeting_3(), dialect::zmtp_3_1, hex("03") + our_rest, 0},
    {"3.0", greeting_3("00"), dialect::zmtp_3_0, hex("03") + our_rest, 0},
    {"3.7 is spoken to as 3.1", greeting_3("07") + "x", dialect::zmtp_3_1,
     hex("03") + our_rest, 1},
    {"2.0", handshake_2("07"), dialect::zmtp_2_0,
     hex("03"           // version-major
         "08"           // socket-type PUSH
         "00 02 6d65"), // identity "me"
     4},
    {"revision 2 is 2.0", hex("ff 0000000000000001 7f 02 07"),
     dialect::zmtp_2_0, hex("03 08 00 02 6d65"), 0},
    {"revision 0", hex("ff 0000000000000001 7f 00 07"), dialect::revision_0,
     hex("03"           // version-major
         "08"           // socket-type PUSH
         "03 00 6d65"), // identity "me", 1.0 framing
     0},
    {"1.0", handshake_1(), dialect::unversioned, hex("6d65"), 3},
    {"1.0, long identity", hex("ff 0000000000000003 00 6964"),
     dialect::unversioned, hex("6d65"), 2},
    {"major 4", hex("ff 0000000000000000 7f 04") + greeting_3().substr(11),
     dialect::zmtp_3_1, hex("03") + our_rest, 0},
    {"odd padding", hex("ff a1a2a3a4a5a6a7a8 01") + greeting_3().substr(10),
     dialect::zmtp_3_1, hex("03") + our_rest, 0},
  };
  return all;
}

} // namespace

TEST_CASE("The greeting tells the peer's dialect at every split") {
  for (const row& want : rows()) {
    INFO(want.name);
    for (std::size_t at = 0; at <= want.peer.size(); ++at) {
      std::string out;
      greeting over(push_offer, out);
      CHECK(out == our_signature);
      out.clear();
      auto first = octets(want.peer).first(at);
      auto second = octets(want.peer).subspan(at);
      over.receive(first, out);
      if (!over.done())
        CHECK(first.empty());
      over.receive(second, out);
      REQUIRE(over.done());
      CHECK(over.spoken() == want.spoken);
      CHECK(out == want.answer);
      // Of a 1.0 peer the first octets are given back, not taken.
      CHECK(first.size() + second.size() + over.taken_back().size()
            == want.left
                 + (want.spoken == dialect::unversioned
                      ? want.peer.size() - want.left
                      : 0));
    }
  }
}

TEST_CASE("The version is announced only behind the peer's signature") {
  std::string out;
  greeting over(push_offer, out);
  const std::string peer = greeting_3();
  for (std::size_t i = 0; i < peer.size(); ++i) {
    auto one = octets(peer).subspan(i, 1);
    over.receive(one, out);
    const std::size_t want = i < 9 ? 10 : i < 10 ? 11 : 64;
    CHECK(out.size() == want);
  }
  CHECK(over.done());
}

TEST_CASE("A mechanism's name must match with its padding") {
  const std::string null = hex("4e554c4c") + std::string(16, '\0');
  CHECK(same_mechanism(null, "NULL"));
  CHECK_FALSE(same_mechanism(null, "NUL"));
  CHECK_FALSE(same_mechanism(null, "PLAIN"));
  CHECK_FALSE(same_mechanism("NULLX" + std::string(15, '\0'), "NULL"));
  CHECK_FALSE(same_mechanism("NULL" + std::string(15, '\0') + "x", "NULL"));
}
