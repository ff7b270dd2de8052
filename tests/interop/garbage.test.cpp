// SPDX-License-Identifier: MPL-2.0
//
// What a peer cannot do: garbage in any phase of a connection ends that
// connection, with an event, and nothing else.

#include "tests/interop/peer.hpp"
#include "tests/interop/zmqrt_side.hpp"

namespace zmqrt::test {

namespace {

/// A PULL with one healthy libzmq PUSH, and the garbage thrower beside it.
struct scene {
  explicit scene(const place& where)
    : ctx(make_context(where.backend)),
      pull(make_socket(ctx, socket_type::pull)) {
    pull.set(option::maxmsgsize, std::int64_t{1} << 20);
    pull.set(option::handshake_ivl, std::chrono::milliseconds{500});
    endpoint = pull.bind("tcp://127.0.0.1:*");
    healthy.open("PUSH");
    healthy.connect(endpoint);
    require_healthy();
    events.emplace(pull.monitor());
    thrower.ask({{"do", "connect"}, {"endpoint", endpoint}});
  }

  void require_healthy() {
    healthy.ask({{"do", "say"}, {"frames", {"still", "here"}}});
    const auto got = pull.recv();
    REQUIRE(got.size() == 2);
    REQUIRE(got[0].view() == "still");
    REQUIRE(got[1].view() == "here");
  }

  void throw_garbage(const std::string& kind) {
    thrower.ask({{"do", "garbage"}, {"kind", kind}});
  }

  context ctx;
  socket pull;
  std::string endpoint;
  std::optional<monitor> events;
  peer healthy{implementation::libzmq};
  peer thrower{implementation::raw};
};

} // namespace

TEST_CASE("garbage: instead of a handshake") {
  ON_EVERY(where, over_tcp());
  const std::string kind = GENERATE(
    "http", "tls", "zeros", "noise", "bad_signature", "unknown_mechanism",
    "lowercase_mechanism", "message_instead_of_ready",
    "unknown_handshake_command", "error_command", "empty_command",
    "command_name_too_long", "oversized_command", "negative_size",
    "incompatible_type", "unknown_type", "lying_name", "lying_value",
    "cut_metadata", "endless_metadata", "v2_unknown_type");
  CAPTURE(kind);
  scene it{where};
  it.throw_garbage(kind);
  it.thrower.ask({{"do", "drain"}});
  await_event(*it.events, {event_kind::handshake_failed_protocol,
                           event_kind::handshake_failed_no_detail,
                           event_kind::handshake_failed_auth});
  it.require_healthy();
}

TEST_CASE("garbage: as in libzmq, a peer need not name its type") {
  ON_EVERY(where, over_tcp());
  scene it{where};
  it.throw_garbage("no_type");
  await_event(*it.events, event_kind::handshake_succeeded);
  it.thrower.ask({{"do", "write"}, {"hex", "000568656c6c6f"}});
  REQUIRE(it.pull.recv().str() == "hello");
  it.require_healthy();
}

TEST_CASE("garbage: behind a proper handshake") {
  ON_EVERY(where, over_tcp());
  const std::string kind =
    GENERATE("reserved_flags", "command_with_more", "short_ping",
             "second_ready", "unknown_command", "oversized_traffic_command",
             "impossible_size", "endless_more");
  CAPTURE(kind);
  scene it{where};
  it.throw_garbage(kind);
  it.thrower.ask({{"do", "drain"}});
  await_event(*it.events, event_kind::disconnected);
  it.require_healthy();
}

TEST_CASE("garbage: a peer that says half and goes") {
  ON_EVERY(where, over_tcp());
  const std::string kind =
    GENERATE("nothing", "one_byte", "half_signature", "half_greeting",
             "half_ready", "half_message", "half_multipart");
  CAPTURE(kind);
  scene it{where};
  it.throw_garbage(kind);
  it.thrower.ask({{"do", "half_close"}});
  it.thrower.ask({{"do", "drain"}});
  it.require_healthy();
}

TEST_CASE("garbage: a peer that says half and waits is timed out") {
  ON_EVERY(where, over_tcp());
  const std::string kind = GENERATE("nothing", "one_byte", "half_signature",
                                    "half_greeting", "half_ready");
  CAPTURE(kind);
  scene it{where};
  it.throw_garbage(kind);
  it.thrower.ask({{"do", "drain"}});
  it.require_healthy();
}

TEST_CASE("garbage: MAXMSGSIZE ends the connection, not the socket") {
  ON_EVERY(where, over_tcp());
  scene it{where};
  it.thrower.ask({{"do", "handshake"}, {"version", "3.0"}, {"type", "PUSH"}});
  // A frame of exactly the limit passes, one byte more does not.
  it.thrower.start_send({1, {std::size_t{1} << 20}, 1});
  REQUIRE(it.pull.recv().bytes() == std::size_t{1} << 20);
  it.thrower.sent();
  it.thrower.ask({{"do", "write"}, {"hex", "020000000000100001"}});
  it.thrower.ask({{"do", "drain"}});
  await_event(*it.events, event_kind::disconnected);
  it.require_healthy();
}

} // namespace zmqrt::test
