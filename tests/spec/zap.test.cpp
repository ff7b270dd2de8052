// SPDX-License-Identifier: MPL-2.0
//
// The clauses of RFC 27 (ZAP) that are about messages.

#include "libzmqrt/security/zap.hpp"

#include "tests/support/catch.hpp"
#include "tests/unit/security/parties.hpp"

using namespace zmqrt;
using namespace zmqrt::security;
using namespace zmqrt::security_test;
using wire::protocol_detail;

namespace {

message request(const wire::auth_question& question) {
  auth_request about;
  about.mechanism = question.mechanism;
  about.domain = "test";
  about.address = "192.168.55.1";
  about.routing_id = "BOB";
  about.credentials = question.credentials;
  return make_zap_request("1", about);
}

protocol_detail judged(std::initializer_list<std::string_view> reply,
                       wire::auth_answer& out) {
  return detail_of(parse_zap_reply(message{reply}, "1", out));
}

protocol_detail judged(std::initializer_list<std::string_view> reply) {
  wire::auth_answer out;
  return judged(reply, out);
}

} // namespace

TEST_CASE("27.REQUEST.1 Delimiter, version, request id, domain, address, "
          "identity, mechanism") {
  const message made = request({"NULL", {}});
  REQUIRE(made.size() == 7);
  const char* const expected[] = {"",    "1.0", "1", "test", "192.168.55.1",
                                  "BOB", "NULL"};
  for (std::size_t i = 0; i < 7; ++i)
    CHECK(made[i].view() == expected[i]);
}

TEST_CASE("27.REQUEST.2 PLAIN has two credentials") {
  const message made = request({"PLAIN", {"admin", "secret"}});
  REQUIRE(made.size() == 9);
  CHECK(made[7].view() == "admin");
  CHECK(made[8].view() == "secret");
}

TEST_CASE("27.REQUEST.3 CURVE has the peer's permanent public key") {
  const message made = request({"CURVE", {std::string(32, 'C')}});
  REQUIRE(made.size() == 8);
  CHECK(made[7].size() == 32);
}

TEST_CASE("27.REPLY.1 Delimiter, version, request id, status, text, user id, "
          "metadata") {
  wire::auth_answer out;
  CHECK(judged({"", "1.0", "1", "200", "OK", "joe", ""}, out)
        == protocol_detail::none);
  CHECK(out.status == 200);
  CHECK(out.user_id == "joe");
  CHECK(judged({"1.0", "1", "200", "OK", "joe", ""})
        == protocol_detail::zap_malformed_reply);
}

TEST_CASE("27.REPLY.2 The reply repeats the request id and the version") {
  CHECK(judged({"", "1.0", "2", "200", "OK", "joe", ""})
        == protocol_detail::zap_bad_request_id);
  CHECK(judged({"", "2.0", "1", "200", "OK", "joe", ""})
        == protocol_detail::zap_bad_version);
}

TEST_CASE("27.REPLY.3 The status is 200, 300, 400 or 500") {
  for (const char* status : {"200", "300", "400", "500"})
    CHECK(judged({"", "1.0", "1", status, "", "", ""})
          == protocol_detail::none);
  for (const char* status : {"", "0", "100", "201", "600", "2000"})
    CHECK(judged({"", "1.0", "1", status, "", "", ""})
          == protocol_detail::zap_invalid_status_code);
}

TEST_CASE("27.REPLY.4 The metadata has the form of ZMTP 3.0") {
  const std::string good("\5Level\0\0\0\1"
                         "9",
                         11);
  wire::auth_answer out;
  CHECK(judged({"", "1.0", "1", "200", "", "", good}, out)
        == protocol_detail::none);
  REQUIRE(out.metadata.find("Level") != nullptr);
  CHECK(*out.metadata.find("Level") == "9");
  // As libzmq, what has not is as good as none.
  CHECK(judged({"", "1.0", "1", "200", "", "", good.substr(1)}, out)
        == protocol_detail::none);
  CHECK(out.metadata.entries().empty());
}
