// SPDX-License-Identifier: MPL-2.0
//
// ZAP requests as they are made, replies as they come, and every malformed one.

#include "libzmqrt/security/zap.hpp"

#include "tests/support/catch.hpp"
#include "tests/unit/security/parties.hpp"

using namespace zmqrt;
using namespace zmqrt::security;
using namespace zmqrt::security_test;
using wire::protocol_detail;

namespace {

std::vector<std::string> frames_of(const message& from) {
  std::vector<std::string> out;
  for (std::size_t i = 0; i < from.size(); ++i)
    out.emplace_back(from[i].view());
  return out;
}

// RFC 27, "Message Format".
const std::vector<std::string> good{
  "",                                // delimiter
  "1.0",                             // version
  "0001",                            // request id
  "200",                             // status code
  "OK",                              // status text
  "joe",                             // user id
  std::string{"\x01k\0\0\0\x01v", 7} // metadata
};

message reply_of(const std::vector<std::string>& frames) {
  message out;
  for (const std::string& part : frames)
    out.push_back(part);
  return out;
}

message with(std::size_t at, std::string_view frame) {
  auto frames = good;
  frames[at] = frame;
  return reply_of(frames);
}

protocol_detail judged(const message& reply) {
  wire::auth_answer out;
  out.user_id = "as it was";
  const auto bad = parse_zap_reply(reply, "0001", out);
  if (bad) {
    CHECK(bad->reason == errc::protocol_error);
    CHECK(out.user_id == "as it was");
  }
  return detail_of(bad);
}

} // namespace

TEST_CASE("ZAP requests of each mechanism") {
  const std::vector<std::string> front{"",       "1.0",       "7",
                                       "global", "127.0.0.1", "id"};
  const wire::auth_question questions[] = {
    {"NULL", {}},
    {"PLAIN", {"admin", "secret"}},
    {"CURVE", {std::string(32, 'C')}},
  };
  for (const auto& question : questions) {
    auto expected = front;
    expected.emplace_back(question.mechanism);
    for (const auto& credential : question.credentials)
      expected.push_back(credential);
    auth_request about;
    about.mechanism = question.mechanism;
    about.domain = "global";
    about.address = "127.0.0.1";
    about.routing_id = "id";
    about.credentials = question.credentials;
    CHECK(frames_of(make_zap_request("7", about)) == expected);
  }
}

TEST_CASE("ZAP replies of each status") {
  for (const std::uint32_t status : {200U, 300U, 400U, 500U}) {
    wire::auth_answer out;
    CHECK_FALSE(parse_zap_reply(with(3, std::to_string(status)), "0001", out));
    CHECK(out.status == status);
    CHECK(out.user_id == "joe");
    REQUIRE(out.metadata.find("k"));
    CHECK(*out.metadata.find("k") == "v");
  }
}

TEST_CASE("ZAP replies that are none are refused with libzmq's code") {
  CHECK(judged(reply_of(good)) == protocol_detail::none);
  for (std::size_t size = 0; size < good.size(); ++size)
    CHECK(judged(reply_of(
            {good.begin(), good.begin() + static_cast<std::ptrdiff_t>(size)}))
          == protocol_detail::zap_malformed_reply);
  auto longer = good;
  longer.emplace_back("");
  CHECK(judged(reply_of(longer)) == protocol_detail::zap_malformed_reply);

  CHECK(judged(with(0, "x")) == protocol_detail::zap_unspecified);
  for (const char* version : {"", "1", "1.", "1.1", "2.0", "1.0 ", "01.0"})
    CHECK(judged(with(1, version)) == protocol_detail::zap_bad_version);
  for (const char* id : {"", "000", "0002", "00011", "0001 "})
    CHECK(judged(with(2, id)) == protocol_detail::zap_bad_request_id);
  for (const char* code : {"", "2", "20", "2000", "100", "600", "201", "210",
                           "abc", "200 ", " 20", "-20"})
    CHECK(judged(with(3, code)) == protocol_detail::zap_invalid_status_code);
}

TEST_CASE("ZAP replies may leave texts empty") {
  for (const std::size_t at : {4UL, 5UL, 6UL})
    CHECK(judged(with(at, "")) == protocol_detail::none);
  CHECK(judged(with(5, std::string(70000, 'u'))) == protocol_detail::none);
}
