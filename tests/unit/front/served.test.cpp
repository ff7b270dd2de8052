// SPDX-License-Identifier: MPL-2.0
//
// The envelope of a request that an actor serves: what it gets, and where its
// answer goes (RFC 28).

#include "actors/front/served.hpp"

#include "tests/support/catch.hpp"

using namespace zmqrt;
using namespace zmqrt::actors;

namespace {

std::string joined(const message& what) {
  std::string text;
  for (std::size_t i = 0; i < what.size(); ++i)
    text += (i == 0 ? "" : "|") + std::string{what[i].view()};
  return text;
}

} // namespace

TEST_CASE("served: a ROUTER's envelope reaches up to the first empty frame") {
  struct example {
    message came;
    const char* request;
    const char* reply;
  };
  const auto each = GENERATE(
    example{{"id", "", "body"}, "body", "id||r"},
    example{{"id", "number", "", "body"}, "body", "id|number||r"},
    example{{"id", "id2", "", "a", "", "b"}, "a||b", "id|id2||r"},
    example{{"id", "body"}, "body", "id|r"},
    example{{"id", "a", "b"}, "a|b", "id|r"},
    // Nothing behind the empty frame: it is the request.
    example{{"id", ""}, "", "id|r"}, example{{"id", "a", ""}, "a|", "id|r"});
  auto request = each.came;
  const auto where = take_path(socket_type::router, request);
  CHECK(joined(request) == each.request);
  message reply{"r"};
  put_path(where, reply);
  CHECK(joined(reply) == each.reply);
}

TEST_CASE("served: a SERVER's is a number, a REP keeps it") {
  message request{"body"};
  request.set_routing_id(7);
  const auto where = take_path(socket_type::server, request);
  message reply{"r"};
  put_path(where, reply);
  CHECK(reply.routing_id() == 7);
  CHECK(joined(reply) == "r");
  message plain{"body"};
  put_path(take_path(socket_type::rep, plain), reply);
  CHECK(joined(plain) == "body");
  CHECK(joined(reply) == "r");
}

TEST_CASE("served: who can serve") {
  CHECK(can_serve(socket_type::rep));
  CHECK(can_serve(socket_type::router));
  CHECK(can_serve(socket_type::server));
  CHECK_FALSE(can_serve(socket_type::dealer));
  CHECK_FALSE(can_serve(socket_type::pull));
}
