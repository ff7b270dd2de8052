// SPDX-License-Identifier: MPL-2.0
//
// Errors, socket types and events: numbers, names and texts.

#include "zmqrt/error.hpp"

#include <string>
#include <system_error>

#include "tests/support/catch.hpp"
#include "zmqrt/event.hpp"
#include "zmqrt/socket_type.hpp"

using zmqrt::errc;
using zmqrt::socket_type;

TEST_CASE("codes compare with our names and the system's") {
  const std::error_code code = errc::again;
  REQUIRE(code == errc::again);
  REQUIRE(code.category().name() == std::string{"zmqrt"});
  REQUIRE(code == std::errc::resource_unavailable_try_again);
  REQUIRE(zmqrt::errno_code(EINVAL) == errc::invalid_argument);
  REQUIRE(zmqrt::errno_code(ECHILD) == std::errc::no_child_process);
  REQUIRE(static_cast<int>(errc::terminated) == 156384765);
  const std::error_code own = errc::fsm;
  REQUIRE(own != std::errc::invalid_argument);
}

TEST_CASE("every code has a text") {
  for (errc code :
       {errc::again, errc::fsm, errc::terminated, errc::no_compatible_protocol,
        errc::no_io_thread, errc::no_memory, errc::not_a_socket}) {
    const std::string text = zmqrt::make_error_code(code).message();
    REQUIRE_FALSE(text.empty());
    REQUIRE(text.find("Unknown") == std::string::npos);
  }
}

TEST_CASE("an error says what it is about and which rule was broken") {
  const zmqrt::error why{errc::invalid_argument, "tcp://x", "no port"};
  REQUIRE(why.subject() == "tcp://x");
  const std::string text = why.what();
  REQUIRE(text.rfind("tcp://x: no port: ", 0) == 0);
  const zmqrt::error bare{errc::again};
  REQUIRE(bare.subject().empty());
  REQUIRE(std::string{bare.what()}.find("would block") != std::string::npos);
}

TEST_CASE("socket types have their names") {
  REQUIRE(to_string(socket_type::pair) == "PAIR");
  REQUIRE(to_string(socket_type::router) == "ROUTER");
  REQUIRE(to_string(socket_type::push) == "PUSH");
  REQUIRE(to_string(socket_type::stream) == "STREAM");
  REQUIRE(to_string(socket_type::server) == "SERVER");
  REQUIRE(to_string(socket_type::channel) == "CHANNEL");
  REQUIRE(to_string(static_cast<socket_type>(99)) == "?");
}

TEST_CASE("who may talk to whom is the RFCs' table, and symmetric") {
  // PAIR PUB SUB REQ REP DEALER ROUTER PULL PUSH XPUB XSUB STREAM
  // SERVER CLIENT RADIO DISH GATHER SCATTER DGRAM PEER CHANNEL
  static const char* const table[] = {
    "x....................", "..x.......x..........", ".x.......x...........",
    "....x.x..............", "...x.x...............", "....xxx..............",
    "...x.xx..............", "........x............", ".......x.............",
    "..x.......x..........", ".x.......x...........", ".....................",
    ".............x.......", "............x........", "...............x.....",
    "..............x......", ".................x...", "................x....",
    ".....................", "...................x.", "....................x"};
  for (unsigned a = 0; a < zmqrt::socket_types; ++a) {
    for (unsigned b = 0; b < zmqrt::socket_types; ++b) {
      INFO(a << " with " << b);
      const auto left = static_cast<socket_type>(a);
      const auto right = static_cast<socket_type>(b);
      REQUIRE(compatible(left, right) == (table[a][b] == 'x'));
      REQUIRE(compatible(left, right) == compatible(right, left));
    }
  }
}

TEST_CASE("events have the manual's names") {
  REQUIRE(to_string(zmqrt::event_kind::connected) == "CONNECTED");
  REQUIRE(to_string(zmqrt::event_kind::handshake_failed_auth)
          == "HANDSHAKE_FAILED_AUTH");
  for (unsigned bit = 0; bit < 15; ++bit)
    REQUIRE(to_string(static_cast<zmqrt::event_kind>(1U << bit)) != "?");
  REQUIRE(to_string(static_cast<zmqrt::event_kind>(0x8000)) == "?");
}
