// SPDX-License-Identifier: MPL-2.0
//
// The SOCKS5 client: what it says at which octet, and what it makes of each
// answer, at every split.

#include "libzmqrt/wire/socks5.hpp"

#include <algorithm>
#include <cerrno>
#include <utility>
#include <vector>

#include "tests/support/catch.hpp"
#include "tests/unit/wire/transcripts.hpp"
#include "zmqrt/error.hpp"

using namespace zmqrt;
using namespace zmqrt::wire;
using namespace zmqrt::wire_test;

namespace {

const socks5_login nobody;
const socks5_login joe{"joe", "secret"};
const socks5_target by_name{"server.test", 5555};

const std::string ask = hex("05 01" // version, one method
                            "00");  // no login
const std::string ask_login = hex("05 01 02");
const std::string request = hex("05 01 00"               // connect, reserved
                                "03 0b"                  // a name of 11
                                "7365727665722e74657374" // server.test
                                "15b3");                 // port 5555
const std::string say_joe = hex("01"                     // version of the login
                                "03 6a6f65"              // user
                                "06 736563726574");      // password
const std::string fine = hex("05 00");
const std::string logged_in = hex("01 00");
const std::string opened = hex("05 00 00"    // succeeded, reserved
                               "01 7f000001" // bound to 127.0.0.1
                               "1f90");      // port

/// The proxy's part in turns: what we have to have said, what it answers.
struct turn {
  std::string said;
  std::string answer;
};

struct row {
  const char* name;
  socks5_login login;
  std::vector<turn> turns;
  socks5_stage stage;
  std::error_code why = {};
};

std::vector<row> rows() {
  std::vector<row> all{
    {"no login", nobody, {{ask, fine}, {request, opened}}, socks5_stage::open},
    {"a login",
     joe,
     {{ask_login, hex("05 02")}, {say_joe, logged_in}, {request, opened}},
     socks5_stage::open},
    {"bound to an IPv6 address",
     nobody,
     {{ask, fine},
      {request, hex("05 00 00 04") + std::string(16, 'a') + hex("0001")}},
     socks5_stage::open},
    {"bound to a name",
     nobody,
     {{ask, fine},
      {request, hex("05 00 00 03 ff") + std::string(255, 'a') + hex("0001")}},
     socks5_stage::open},
    {"bound to an empty name",
     nobody,
     {{ask, fine}, {request, hex("05 00 00 03 00 0001")}},
     socks5_stage::open},
  };
  const auto fails = [&](const char* name, std::vector<turn> turns,
                         std::error_code why, const socks5_login& login) {
    all.push_back({name, login, std::move(turns), socks5_stage::failed, why});
  };
  const auto wrong = make_error_code(errc::protocol_error);
  const auto denied = make_error_code(errc::access_denied);
  fails("SOCKS4", {{ask, hex("00")}}, wrong, nobody);
  fails("HTTP", {{ask, "H"}}, wrong, nobody);
  fails("no method", {{ask, hex("05 ff")}}, denied, nobody);
  fails("a method not offered", {{ask, hex("05 02")}}, wrong, nobody);
  fails("a login not asked for", {{ask_login, hex("05 00")}}, wrong, joe);
  fails("wrong password", {{ask_login, hex("05 02")}, {say_joe, hex("01 01")}},
        denied, joe);
  fails("a login of another version",
        {{ask_login, hex("05 02")}, {say_joe, hex("05")}}, wrong, joe);
  fails("a reply of another version", {{ask, fine}, {request, hex("04")}},
        wrong, nobody);
  fails("reserved bits", {{ask, fine}, {request, hex("05 00 01")}}, wrong,
        nobody);
  fails("an address of no type", {{ask, fine}, {request, hex("05 00 00 02")}},
        wrong, nobody);
  const std::vector<std::pair<const char*, std::error_code>> refusals{
    {"05 01", make_error_code(errc::connection_aborted)},
    {"05 02", denied},
    {"05 03", errno_code(ENETUNREACH)},
    {"05 04", make_error_code(errc::host_unreachable)},
    {"05 05", make_error_code(errc::connection_refused)},
    {"05 06", make_error_code(errc::timed_out)},
    {"05 07", make_error_code(errc::not_supported)},
    {"05 08", make_error_code(errc::protocol_not_supported)},
    {"05 09", wrong},
    {"05 ff", wrong}};
  for (const auto& [octets_of, why] : refusals)
    fails(octets_of, {{ask, fine}, {request, hex(octets_of)}}, why, nobody);
  return all;
}

} // namespace

TEST_CASE("SOCKS5: every conversation, at every split") {
  for (const row& want : rows()) {
    INFO(want.name);
    const std::string behind =
      want.stage == socks5_stage::open ? "target" : "whatever";
    // Longer than any answer: it comes whole; 0: octet by octet.
    for (std::size_t at = 0; at < 270; ++at) {
      socks5 client{by_name, want.login};
      for (const turn& each : want.turns) {
        REQUIRE(client.waits());
        REQUIRE(client.take_output() == each.said);
        const bool last = &each == &want.turns.back();
        const std::string bytes = last ? each.answer + behind : each.answer;
        auto rest = octets(bytes);
        if (at == 0) {
          for (std::size_t i = 0; i < each.answer.size(); ++i) {
            REQUIRE(client.waits());
            auto one = rest.first(1);
            client.receive(one);
            REQUIRE(one.empty());
            rest = rest.subspan(1);
          }
        } else {
          auto first = rest.first(std::min(at, each.answer.size()));
          rest = rest.subspan(first.size());
          client.receive(first);
          REQUIRE(first.empty());
        }
        client.receive(rest);
        REQUIRE(rest.size() == (last ? behind.size() : 0));
      }
      REQUIRE(client.stage() == want.stage);
      REQUIRE(client.why() == want.why);
      REQUIRE(client.take_output().empty());
    }
  }
}

TEST_CASE("SOCKS5: a target is an address where it is one") {
  const auto request_for = [](const char* host) {
    socks5 client{{host, 258}, {}};
    (void)client.take_output();
    auto answer = octets(fine);
    client.receive(answer);
    return client.take_output();
  };
  CHECK(request_for("192.0.2.1") == hex("05 01 00 01 c0000201 0102"));
  CHECK(request_for("2001:db8::1")
        == hex("05 01 00 04 20010db8000000000000000000000001 0102"));
  CHECK(request_for("192.0.2") == hex("05 01 00 03 07 3139322e302e32 0102"));
  const std::string longest(255, 'n');
  CHECK(request_for(longest.c_str())
        == hex("05 01 00 03 ff") + longest + hex("0102"));
}

TEST_CASE("SOCKS5: an empty password is said as such") {
  socks5 client{by_name, {"joe", ""}};
  (void)client.take_output();
  const std::string by_password = hex("05 02");
  auto answer = octets(by_password);
  client.receive(answer);
  CHECK(client.take_output() == hex("01 03 6a6f65 00"));
}

TEST_CASE("SOCKS5: who answers before it is asked is no proxy") {
  for (const std::string& bytes : {fine, fine + opened}) {
    socks5 eager{by_name, {}};
    if (bytes.size() > fine.size())
      (void)eager.take_output(); // the method was asked for, and no more
    auto rest = octets(bytes);
    eager.receive(rest);
    CHECK(eager.stage() == socks5_stage::failed);
    CHECK(eager.why() == errc::protocol_error);
    CHECK(eager.take_output().empty());
  }
}
