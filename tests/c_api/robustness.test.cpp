// SPDX-License-Identifier: MPL-2.0
//
// What a peer may write, and what it cannot do with it: its connection ends,
// and the others notice nothing. And a process that runs out of files.

#include <optional>

#include "tests/actors/garbage.hpp"
#include "tests/actors/proc.hpp"
#include "tests/c_api/c_scene.hpp"

namespace zmqrt::test {

namespace {

void set_maxmsgsize(socket& of, std::int64_t bytes) {
  checked(zmq_setsockopt(of.get(), ZMQ_MAXMSGSIZE, &bytes, sizeof bytes),
          "zmq_setsockopt");
}

/// A PULL with one healthy PUSH, and the events of whoever comes next.
struct bystanders {
  explicit bystanders(const std::string& transport)
    : it(transport), pull(it.open(ZMQ_PULL)), push(it.open(ZMQ_PUSH)),
      events(it.ctx, pull), others(it.ctx, push) {
    set_maxmsgsize(pull, std::int64_t{1} << 20);
    // How long libzmq waits for the rest of what is no greeting.
    pull.set(ZMQ_HANDSHAKE_IVL, ours() ? 30'000 : 100);
    endpoint = pull.bind(it.fresh());
    join(it, push, endpoint, events);
    others.await(ZMQ_EVENT_HANDSHAKE_SUCCEEDED);
  }

  void require_unharmed() {
    push.send_parts({"still", "here"});
    REQUIRE(pull.recv_parts() == parts{"still", "here"});
    REQUIRE_FALSE(others.next(0)); // not even a reconnect
    REQUIRE_FALSE(pull.try_recv());
  }

  scene it;
  socket pull;
  socket push;
  monitor events;
  monitor others;
  std::string endpoint;
};

} // namespace

TEST_CASE("robustness: garbage for a handshake") {
  OVER_WIRES(transport);
  const auto what = GENERATE(from_range(before_traffic()));
  CAPTURE(what);
  if (!ours() && what.name == std::string_view{"endless metadata"})
    return; // libzmq takes it
  bystanders it{transport};
  const raw_peer thrower{it.endpoint};
  // Whether all of it is taken is the other side's affair.
  (void)thrower.write(what.bytes);
  (void)thrower.read_to_end();
  it.events.expect(ZMQ_EVENT_ACCEPTED);
  if (ours()) {
    const auto failed = it.events.expect(ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL);
    CHECK(failed.value != 0); // ZMQ_PROTOCOL_ERROR_*
    CHECK(failed.endpoint == it.endpoint);
    it.events.expect(ZMQ_EVENT_DISCONNECTED);
  } else {
    it.events.expect(handshake_failed | ZMQ_EVENT_DISCONNECTED);
  }
  it.require_unharmed();
}

TEST_CASE("robustness: garbage behind a proper handshake") {
  OVER_WIRES(transport);
  const auto what = GENERATE(from_range(in_traffic()));
  CAPTURE(what);
  bystanders it{transport};
  const raw_peer thrower{it.endpoint};
  (void)thrower.write(what.bytes);
  (void)thrower.read_to_end();
  it.events.expect(ZMQ_EVENT_ACCEPTED);
  if (ours())
    it.events.expect(ZMQ_EVENT_HANDSHAKE_SUCCEEDED);
  it.events.await(ZMQ_EVENT_DISCONNECTED);
  it.require_unharmed();
}

TEST_CASE("robustness: a message of endless parts") {
  if (!ours()) // libzmq takes them all
    return;
  OVER_WIRES(transport);
  bystanders it{transport};
  const raw_peer thrower{it.endpoint};
  REQUIRE(thrower.write(greeting() + ready("PUSH")));
  it.events.await(ZMQ_EVENT_HANDSHAKE_SUCCEEDED);
  const auto before = resident_bytes();
  std::string some;
  for (int i = 0; i < 1000; ++i)
    some += message_of(std::string(100, 'x'), true);
  std::size_t sent = 0;
  while (thrower.write(some)) {
    sent += some.size();
    REQUIRE(sent < std::size_t{1} << 30);
  }
  it.events.expect(ZMQ_EVENT_DISCONNECTED);
  if (!sanitized)
    CHECK(resident_bytes() < before + (std::size_t{64} << 20));
  it.require_unharmed();
}

TEST_CASE("robustness: half a greeting and no more is timed out") {
  OVER_WIRES(transport);
  const std::size_t size = GENERATE(0, 1, 5, 30, 64, 80);
  CAPTURE(size);
  scene it{transport};
  auto pull = it.open(ZMQ_PULL);
  pull.set(ZMQ_HANDSHAKE_IVL, 50);
  monitor events{it.ctx, pull};
  const raw_peer quiet{pull.bind(it.fresh())};
  const auto all = greeting() + ready("PUSH");
  REQUIRE(size < all.size());
  REQUIRE(quiet.write(all.substr(0, size)));
  (void)quiet.read_to_end();
  events.expect(ZMQ_EVENT_LISTENING);
  events.expect(ZMQ_EVENT_ACCEPTED);
  events.expect(ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL | ZMQ_EVENT_DISCONNECTED);
}

TEST_CASE("robustness: a size that lies takes no memory") {
  OVER_WIRES(transport);
  scene it{transport};
  auto pull = it.open(ZMQ_PULL);
  set_maxmsgsize(pull, 1000);
  monitor events{it.ctx, pull};
  const auto endpoint = pull.bind(it.fresh());
  const raw_peer liar{endpoint};
  REQUIRE(liar.write(greeting() + ready("PUSH")));
  events.await(ZMQ_EVENT_HANDSHAKE_SUCCEEDED);
  const auto before = resident_bytes();
  (void)liar.write(long_header(0, std::uint64_t{1} << 30)
                   + std::string(10'000, 'x'));
  (void)liar.read_to_end();
  events.await(ZMQ_EVENT_DISCONNECTED);
  auto push = it.connected(ZMQ_PUSH, endpoint);
  require_passes(push, pull, "healthy");
  if (!sanitized)
    CHECK(resident_bytes() < before + (std::size_t{16} << 20));
}

TEST_CASE("robustness: a frozen peer is noticed by heartbeats") {
  OVER_WIRES(transport);
  scene it{transport};
  auto pull = it.open(ZMQ_PULL);
  pull.set(ZMQ_HEARTBEAT_IVL, 20);
  pull.set(ZMQ_HEARTBEAT_TIMEOUT, 60);
  monitor events{it.ctx, pull};
  const auto endpoint = pull.bind(it.fresh());
  auto alive = it.open(ZMQ_PUSH);
  join(it, alive, endpoint, events);
  // Shakes hands, and says nothing any more.
  const raw_peer frozen{endpoint};
  REQUIRE(frozen.write(greeting() + ready("PUSH")));
  events.await(ZMQ_EVENT_HANDSHAKE_SUCCEEDED);
  const auto heard = frozen.read_to_end();
  CHECK(heard > 64);
  events.await(ZMQ_EVENT_DISCONNECTED);
  require_passes(alive, pull, "alive");
  CHECK_FALSE(events.next(0));
}

TEST_CASE("robustness: a peer's TTL is honoured") {
  OVER_WIRES(transport);
  scene it{transport};
  auto pull = it.open(ZMQ_PULL);
  monitor events{it.ctx, pull};
  const raw_peer quiet{pull.bind(it.fresh())};
  REQUIRE(quiet.write(greeting() + ready("PUSH")));
  events.await(ZMQ_EVENT_HANDSHAKE_SUCCEEDED);
  // A tenth of a second, and then silence.
  REQUIRE(quiet.write(command("PING", big_endian(1, 2) + "context")));
  const auto heard = quiet.read_to_end();
  CHECK(heard > 64);
  events.await(ZMQ_EVENT_DISCONNECTED);
}

TEST_CASE("robustness: HEARTBEAT_TTL is what a frame can say") {
  scene it{"tcp"};
  auto pull = it.open(ZMQ_PULL);
  pull.set(ZMQ_HEARTBEAT_TTL, 6'553'599);
  const int more = 6'553'600;
  CHECK(
    errno_of(zmq_setsockopt(pull.get(), ZMQ_HEARTBEAT_TTL, &more, sizeof more))
    == EINVAL);
}

// -- no files -----------------------------------------------------------------

TEST_CASE("robustness: no file to accept with is an event, and a retry") {
  OVER_WIRES(transport);
  if (!ours()) // aborts, or is busy with events until a full monitor blocks it
    return;
  const few_files limit;
  scene it{transport};
  auto pull = it.open(ZMQ_PULL);
  const auto endpoint = pull.bind(it.fresh());
  auto push = it.connected(ZMQ_PUSH, endpoint);
  require_passes(push, pull, "before");
  monitor events{it.ctx, pull};
  raw_peer outside{transport == "ipc" ? AF_UNIX : AF_INET};
  {
    const no_more_files shortage;
    outside.connect(endpoint);
    // Not once: the listener tries again, each time in vain.
    for (int i = 0; i < 2; ++i) {
      const auto failed = events.expect(ZMQ_EVENT_ACCEPT_FAILED);
      CHECK(failed.value == EMFILE);
      CHECK(failed.endpoint == endpoint);
    }
    // Those who are in notice nothing.
    require_passes(push, pull, "meanwhile");
  }
  REQUIRE(
    outside.write(greeting() + ready("PUSH") + message_of("from outside")));
  events.await(ZMQ_EVENT_ACCEPTED);
  CHECK(pull.recv() == "from outside");
}

TEST_CASE("robustness: no file to connect with is an event, and a retry") {
  OVER_WIRES(transport);
  const few_files limit;
  scene it{transport};
  auto pull = it.open(ZMQ_PULL);
  const auto endpoint = pull.bind(it.fresh());
  auto push = it.open(ZMQ_PUSH);
  push.set(ZMQ_RECONNECT_IVL, 1);
  monitor events{it.ctx, push};
  {
    const no_more_files shortage;
    push.connect(endpoint);
    events.await(ZMQ_EVENT_CONNECT_RETRIED);
    events.await(ZMQ_EVENT_CONNECT_RETRIED);
    push.send("queued");
  }
  events.await(ZMQ_EVENT_HANDSHAKE_SUCCEEDED);
  CHECK(pull.recv() == "queued");
}

TEST_CASE("robustness: no file to bind with is an error, and undone") {
  OVER_WIRES(transport);
  if (!ours()) // aborts
    return;
  const few_files limit;
  scene it{transport};
  auto pull = it.open(ZMQ_PULL);
  const auto endpoint = it.vacant();
  {
    const no_more_files shortage;
    CHECK(errno_of(zmq_bind(pull.get(), endpoint.c_str())) == EMFILE);
    CHECK(pull.last_endpoint().empty());
  }
  CHECK(pull.bind(endpoint) == endpoint);
  auto push = it.connected(ZMQ_PUSH, endpoint);
  require_passes(push, pull, "x");
}

TEST_CASE("robustness: no file for a first socket is EMFILE") {
  const few_files limit;
  { // what the first context leaves open for good
    const scene warm{"tcp"};
    const socket any{warm.ctx, ZMQ_PULL};
  }
  const auto before = open_files();
  context ctx;
  {
    const no_more_files shortage;
    CHECK(zmq_socket(ctx.get(), ZMQ_PULL) == nullptr);
    CHECK(errno == EMFILE);
  }
  if (ours()) // libzmq leaves one open
    CHECK(open_files() == before);
  const socket any{ctx, ZMQ_PULL};
}

} // namespace zmqrt::test
