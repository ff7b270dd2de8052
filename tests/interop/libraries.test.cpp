// SPDX-License-Identifier: MPL-2.0
//
// zmqrt with libzmq 4.3.4 (C++ and Python) and with JeroMQ 0.3.6 (ZMTP 2.0) in
// a process of its own: both roles, tcp and ipc, both backends.

#include "tests/interop/peer.hpp"
#include "tests/interop/zmqrt_side.hpp"

namespace zmqrt::test {

namespace {

// Around every boundary of the framing, of inline frames and of copying.
const traffic mixed{
  600, {0, 1, 8, 69, 70, 71, 254, 255, 256, 4095, 4096, 65'536, 300'000}, 1};
const traffic parts{400, {0, 5, 255, 256, 5000, 70'000, 0}, 3};

/// A zmqrt socket and a peer's, connected.
struct joined : link {
  joined(const place& home, bool we_bind, implementation other,
         socket_type type, const std::string& peer_type)
    : link(home, type, other, peer_type) {
    join(we_bind);
  }
};

/// What is passed between sockets of one kind of peer.
void require_interop(const place& where, implementation other) {
  const auto we_bind = GENERATE(true, false);
  CAPTURE(name_of(other), we_bind);
  SECTION("PUSH to PULL") {
    joined it{where, we_bind, other, socket_type::push, "PULL"};
    it.require_out(mixed);
    it.require_out(parts);
  }
  SECTION("PULL from PUSH") {
    joined it{where, we_bind, other, socket_type::pull, "PUSH"};
    it.require_in(mixed);
    it.require_in(parts);
  }
  SECTION("PAIR with PAIR") {
    joined it{where, we_bind, other, socket_type::pair, "PAIR"};
    it.require_out(parts);
    it.require_in(mixed);
    it.require_out(mixed);
    it.require_in(parts);
  }
}

} // namespace

TEST_CASE("interop: libzmq over tcp") {
  ON_EVERY(where, over_tcp());
  require_interop(where, implementation::libzmq);
}

TEST_CASE("interop: libzmq over ipc") {
  ON_EVERY(where, places_of({"ipc"}));
  require_interop(where, implementation::libzmq);
}

TEST_CASE("interop: pyzmq over tcp and ipc") {
  ON_EVERY(where, wires());
  require_interop(where, implementation::pyzmq);
}

TEST_CASE("interop: JeroMQ over tcp") {
  ON_EVERY(where, over_tcp());
  require_interop(where, implementation::jeromq);
}

TEST_CASE("interop: a hundred thousand small messages in order") {
  ON_EVERY(where, wires());
  const traffic many{100'000, {16, 64, 100}, 1};
  SECTION("out") {
    joined it{where, true, implementation::libzmq, socket_type::push, "PULL"};
    it.require_out(many);
  }
  SECTION("in") {
    joined it{where, true, implementation::libzmq, socket_type::pull, "PUSH"};
    it.require_in(many);
  }
}

TEST_CASE("interop: messages up to 64 MiB", "[large]") {
  ON_EVERY(where, wires());
  const auto we_bind = GENERATE(true, false);
  CAPTURE(we_bind);
  constexpr auto libzmq = implementation::libzmq;
  // One giant each way: what takes the time is making and summing up bytes.
  constexpr std::size_t mib = std::size_t{1} << 20;
  const traffic large{3, {mib, 64 * mib, mib - 1}, 1};
  const traffic large_parts{1, {3 * mib + 7, 0, 64 * mib}, 3};
  SECTION("PUSH to PULL") {
    joined{where, we_bind, libzmq, socket_type::push, "PULL"}.require_out(
      large);
  }
  SECTION("PULL from PUSH") {
    joined{where, we_bind, libzmq, socket_type::pull, "PUSH"}.require_in(large);
  }
  SECTION("PAIR with PAIR") {
    joined it{where, we_bind, libzmq, socket_type::pair, "PAIR"};
    it.require_out(large_parts);
    it.require_in(large_parts);
  }
}

TEST_CASE("interop: a libzmq peer sees a proper handshake") {
  ON_EVERY(where, over_tcp());
  joined it{where, false, implementation::libzmq, socket_type::pair, "PAIR"};
  it.theirs.ask({{"do", "await"}, {"monitor", "handshake_succeeded"}});
  it.theirs.ask({{"do", "say"}, {"frames", {"who are you"}}});
  const auto heard = it.ours.recv();
  REQUIRE(heard.property("Socket-Type") == "PAIR");
  REQUIRE(heard.property("Peer-Address") == "127.0.0.1");
}

TEST_CASE("interop: incompatible libzmq sockets are refused, both see it") {
  ON_EVERY(where, over_tcp());
  link it{where, socket_type::pull, implementation::libzmq, "PULL"};
  auto events = it.ours.monitor();
  it.join(true);
  // Both look at the other's type. Whoever comes second may find the
  // connection reset, with the reason still in it.
  await_event(events, {event_kind::handshake_failed_protocol,
                       event_kind::handshake_failed_no_detail});
  it.theirs.ask({{"do", "await"}, {"monitor", "disconnected"}});
}

} // namespace zmqrt::test
