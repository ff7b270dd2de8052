// SPDX-License-Identifier: MPL-2.0
//
// PLAIN: both roles by themselves, octet by octet, and against each other in
// two engines, with every answer that may come.

#include "libzmqrt/security/plain_client.hpp"
#include "libzmqrt/security/plain_server.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/security/parties.hpp"
#include "tests/unit/wire/transcripts.hpp"

using namespace zmqrt;
using namespace zmqrt::security;
using namespace zmqrt::security_test;
using namespace zmqrt::wire_test;
using wire::protocol_detail;

namespace {

constexpr time_point now{};

const std::string hello = hex("05 48454c4c4f"         // "HELLO"
                              "05 61646d696e"         // "admin"
                              "03 707764");           // "pwd"
const std::string welcome = hex("07 57454c434f4d45"); // "WELCOME"
const std::string initiate_name = hex("08 494e495449415445");
const std::string ready_name = hex("05 5245414459");

wire::auth_answer answer_of(std::uint32_t status) {
  wire::auth_answer out;
  out.status = status;
  out.user_id = "user";
  return out;
}

/// A server that has heard `bodies`, and let the client in where it asked.
struct served {
  explicit served(std::initializer_list<std::string> bodies)
    : server(metadata_of(socket_type::router)) {
    REQUIRE_FALSE(server.begin(out));
    for (const std::string& body : bodies) {
      why = server.on_command(octets(body), now, out);
      if (why)
        return;
      if (server.question() != nullptr)
        why = server.on_answer(answer_of(200), out);
    }
  }
  plain_server server;
  std::string out;
  wire::verdict why;
};

protocol_detail served_detail(std::initializer_list<std::string> bodies) {
  return detail_of(served(bodies).why);
}

protocol_detail client_detail(std::initializer_list<std::string> bodies) {
  plain_client client("admin", "pwd", metadata_of(socket_type::dealer));
  std::string out;
  wire::verdict why = client.begin(out);
  for (const std::string& body : bodies)
    if (!why)
      why = client.on_command(octets(body), now, out);
  CHECK((why || !client.complete() || bodies.size() == 2));
  return detail_of(why);
}

} // namespace

TEST_CASE("PLAIN: what the client says") {
  plain_client client("admin", "pwd", metadata_of(socket_type::dealer));
  std::string out;
  REQUIRE_FALSE(client.begin(out));
  CHECK(take_bodies(out) == std::vector{hello});
  REQUIRE_FALSE(client.on_command(octets(welcome), now, out));
  CHECK(take_bodies(out)
        == std::vector{initiate_name + metadata_of(socket_type::dealer)});
  CHECK_FALSE(client.complete());
  const std::string ready_body = ready_name + metadata_of(socket_type::router);
  REQUIRE_FALSE(client.on_command(octets(ready_body), now, out));
  CHECK(client.complete());
  CHECK(*client.metadata().find("Socket-Type") == "ROUTER");
  CHECK(out.empty());
  CHECK(client.take_cipher() == nullptr);
}

TEST_CASE("PLAIN: names and passwords of every size") {
  for (const std::size_t size : {0UL, 1UL, 254UL, 255UL}) {
    plain_client client(std::string(size, 'u'), std::string(255 - size, 'p'),
                        {});
    std::string out;
    REQUIRE_FALSE(client.begin(out));
    plain_server server({});
    REQUIRE_FALSE(server.on_command(octets(take_bodies(out).at(0)), now, out));
    REQUIRE(server.question() != nullptr);
    CHECK(server.question()->mechanism == "PLAIN");
    CHECK(server.question()->credentials
          == std::vector{std::string(size, 'u'), std::string(255 - size, 'p')});
  }
}

TEST_CASE("PLAIN: what the server says") {
  served to({hello});
  REQUIRE_FALSE(to.why);
  CHECK(take_bodies(to.out) == std::vector{welcome});
  REQUIRE_FALSE(to.server.on_command(
    octets(initiate_name + metadata_of(socket_type::dealer)), now, to.out));
  CHECK(take_bodies(to.out)
        == std::vector{ready_name + metadata_of(socket_type::router)});
  CHECK(to.server.complete());
  CHECK(*to.server.metadata().find("Socket-Type") == "DEALER");
}

TEST_CASE("PLAIN: the server refuses with libzmq's codes") {
  using detail = protocol_detail;
  CHECK(served_detail({hello}) == detail::none);
  // Cut short anywhere, and followed by more.
  for (std::size_t size = 0; size < hello.size(); ++size) {
    INFO("HELLO of " << size);
    CHECK(served_detail({hello.substr(0, size)})
          == (size < 6 ? detail::malformed_command : detail::malformed_hello));
  }
  CHECK(served_detail({hello + "x"}) == detail::malformed_hello);
  CHECK(served_detail({welcome}) == detail::unexpected_command);
  CHECK(served_detail({initiate_name}) == detail::unexpected_command);
  CHECK(served_detail({hex("05 4552524f52 00")}) == detail::unexpected_command);
  CHECK(served_detail({hex("05 68656c6c6f 00 00")}) // "hello"
        == detail::unexpected_command);
  CHECK(served_detail({hello, hello}) == detail::unexpected_command);
  CHECK(served_detail({hello, initiate_name}) == detail::none);
  CHECK(served_detail({hello, initiate_name + "x"})
        == detail::invalid_metadata);
}

TEST_CASE("PLAIN: the client refuses with libzmq's codes") {
  using detail = protocol_detail;
  CHECK(client_detail({welcome, ready_name}) == detail::none);
  CHECK(client_detail({welcome + "x"}) == detail::malformed_welcome);
  CHECK(client_detail({ready_name}) == detail::unexpected_command);
  CHECK(client_detail({welcome, welcome}) == detail::unexpected_command);
  CHECK(client_detail({welcome, ready_name + "x"}) == detail::invalid_metadata);
  CHECK(client_detail({hello}) == detail::unexpected_command);
  CHECK(client_detail({""}) == detail::malformed_command);
  CHECK(client_detail({hex("05 4552524f52")}) == detail::malformed_error);
  CHECK(client_detail({hex("05 4552524f52 04 343030")})
        == detail::malformed_error);
  CHECK(client_detail({hex("5e 52524f52")}) == detail::malformed_error);
  CHECK(client_detail({hex("5e 52524f52 04 343030")})
        == detail::malformed_error);
}

TEST_CASE("PLAIN: every octet of each command counts") {
  const std::string server_says[] = {
    welcome, ready_name + metadata_of(socket_type::router)};
  for (std::size_t at = 0; at < server_says[0].size(); ++at) {
    std::string bad = server_says[0];
    bad[at] ^= '\x01';
    CHECK(client_detail({bad})
          == (at == 0 && bad[0] > 7 ? protocol_detail::malformed_command
                                    : protocol_detail::unexpected_command));
  }
  for (std::size_t at = 0; at < 6; ++at) {
    for (const char mask : {'\x01', '\x40'}) {
      std::string bad = hello;
      bad[at] = static_cast<char>(bad[at] ^ mask);
      INFO("octet " << at);
      const bool longer =
        at == 0 && static_cast<std::size_t>(bad[0]) >= bad.size();
      CHECK(served_detail({bad})
            == (longer ? protocol_detail::malformed_command
                       : protocol_detail::unexpected_command));
    }
  }
}

TEST_CASE("PLAIN: a peer that is refused hears why, but for 300") {
  for (const std::uint32_t status : {300U, 400U, 500U}) {
    plain_server server({});
    std::string out;
    REQUIRE_FALSE(server.on_command(octets(hello), now, out));
    const auto why = server.on_answer(answer_of(status), out);
    REQUIRE(why);
    CHECK(why->reason == errc::access_denied);
    CHECK(why->auth_status == status);
    const auto said = take_bodies(out);
    if (status == 300) {
      CHECK(said.empty());
      continue;
    }
    REQUIRE(said.size() == 1);
    // As libzmq has it (see plain_error.hpp); the client also reads RFC 24's.
    CHECK(said[0] == hex("5e 52524f52 03") + std::to_string(status));
    for (const std::string& error :
         {said[0], hex("05 4552524f52 03") + std::to_string(status)}) {
      plain_client client("admin", "pwd", {});
      REQUIRE_FALSE(client.begin(out));
      const auto told = client.on_command(octets(error), now, out);
      REQUIRE(told);
      CHECK(told->reason == errc::access_denied);
      CHECK(told->auth_status == status);
    }
  }
}
