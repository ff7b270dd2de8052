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

/// A zmqrt socket and a peer's socket, connected.
struct link {
  link(io_backend backend, implementation other, const std::string& transport,
       bool we_bind, socket_type type, const std::string& peer_type)
    : ctx(make_context(backend)), ours(make_socket(ctx, type)), theirs(other) {
    theirs.open(peer_type);
    if (we_bind)
      theirs.connect(ours.bind(fresh_endpoint(transport, directory)));
    else
      ours.connect(theirs.bind(fresh_endpoint(transport, directory)));
  }

  void require_out(const traffic& what) {
    theirs.start_recv(what.count);
    const auto sum = send_traffic(ours, what);
    REQUIRE(theirs.received() == sum);
  }

  void require_in(const traffic& what) {
    theirs.start_send(what);
    const auto sum = recv_traffic(ours, what.count);
    REQUIRE(theirs.sent() == sum);
  }

  temporary_directory directory;
  context ctx;
  socket ours;
  peer theirs;
};

/// What is passed between sockets of one kind of peer.
void require_interop(implementation other, const std::string& transport) {
  const auto backend = GENERATE(from_range(backends()));
  const auto we_bind = GENERATE(true, false);
  CAPTURE(name_of(backend), name_of(other), transport, we_bind);
  SECTION("PUSH to PULL") {
    link it{backend, other, transport, we_bind, socket_type::push, "PULL"};
    it.require_out(mixed);
    it.require_out(parts);
  }
  SECTION("PULL from PUSH") {
    link it{backend, other, transport, we_bind, socket_type::pull, "PUSH"};
    it.require_in(mixed);
    it.require_in(parts);
  }
  SECTION("PAIR with PAIR") {
    link it{backend, other, transport, we_bind, socket_type::pair, "PAIR"};
    it.require_out(parts);
    it.require_in(mixed);
    it.require_out(mixed);
    it.require_in(parts);
  }
}

} // namespace

TEST_CASE("interop: libzmq over tcp") {
  require_interop(implementation::libzmq, "tcp");
}

TEST_CASE("interop: libzmq over ipc") {
  require_interop(implementation::libzmq, "ipc");
}

TEST_CASE("interop: pyzmq over tcp and ipc") {
  require_interop(implementation::pyzmq, GENERATE("tcp", "ipc"));
}

TEST_CASE("interop: JeroMQ over tcp") {
  require_interop(implementation::jeromq, "tcp");
}

TEST_CASE("interop: a hundred thousand small messages in order") {
  const auto backend = GENERATE(from_range(backends()));
  const std::string transport = GENERATE("tcp", "ipc");
  CAPTURE(name_of(backend), transport);
  const traffic many{100'000, {16, 64, 100}, 1};
  SECTION("out") {
    link it{backend, implementation::libzmq, transport,
            true,    socket_type::push,      "PULL"};
    it.require_out(many);
  }
  SECTION("in") {
    link it{backend, implementation::libzmq, transport,
            true,    socket_type::pull,      "PUSH"};
    it.require_in(many);
  }
}

TEST_CASE("interop: messages up to 64 MiB", "[large]") {
  const auto backend = GENERATE(from_range(backends()));
  const std::string transport = GENERATE("tcp", "ipc");
  CAPTURE(name_of(backend), transport);
  constexpr std::size_t mib = std::size_t{1} << 20;
  const traffic large{5, {mib, mib - 1, 7 * mib + 3, 64 * mib, 0}, 1};
  const traffic large_parts{3, {3 * mib, 0, 64 * mib}, 3};
  SECTION("out") {
    link it{backend, implementation::libzmq, transport,
            false,   socket_type::push,      "PULL"};
    it.require_out(large);
    it.require_out(large_parts);
  }
  SECTION("in") {
    link it{backend, implementation::libzmq, transport,
            false,   socket_type::pull,      "PUSH"};
    it.require_in(large);
    it.require_in(large_parts);
  }
}

TEST_CASE("interop: a libzmq peer sees a proper handshake") {
  const auto backend = GENERATE(from_range(backends()));
  CAPTURE(name_of(backend));
  link it{backend, implementation::libzmq, "tcp",
          false,   socket_type::pair,      "PAIR"};
  it.theirs.ask({{"do", "await"}, {"monitor", "handshake_succeeded"}});
  it.theirs.ask({{"do", "say"}, {"frames", {"who are you"}}});
  const auto heard = it.ours.recv();
  REQUIRE(heard.property("Socket-Type") == "PAIR");
  REQUIRE(heard.property("Peer-Address") == "127.0.0.1");
}

TEST_CASE("interop: incompatible libzmq sockets are refused, both see it") {
  const auto backend = GENERATE(from_range(backends()));
  CAPTURE(name_of(backend));
  auto ctx = make_context(backend);
  auto pull = make_socket(ctx, socket_type::pull);
  auto events = pull.monitor();
  peer other{implementation::libzmq};
  other.open("PULL");
  other.connect(pull.bind("tcp://127.0.0.1:*"));
  // Both look at the other's type. Whoever comes second may find the
  // connection reset, with the reason still in it.
  await_event(events, {event_kind::handshake_failed_protocol,
                       event_kind::handshake_failed_no_detail});
  other.ask({{"do", "await"}, {"monitor", "disconnected"}});
}

} // namespace zmqrt::test
