// SPDX-License-Identifier: MPL-2.0
//
// zmq_socket_monitor(3): which events, in which order, of which endpoint, and
// when it ends. Runs on libzmq, too.

#include <thread>

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/c_api/monitored.hpp"
#include "tests/support/eventually.hpp"

namespace zmqrt::test {

namespace {

using list = std::vector<unsigned>;

constexpr int patience_ms = 20'000;

outcome monitor(const socket& of, const char* endpoint,
                int events = ZMQ_EVENT_ALL) {
  return zmq_socket_monitor(of, endpoint, events);
}

/// Who reads there.
socket reader(const context& ctx, const char* endpoint) {
  auto made = ctx.open(ZMQ_PAIR);
  made.set(ZMQ_RCVTIMEO, patience_ms);
  made.connect(endpoint);
  return made;
}

/// A monitor that is read from.
socket watch(const context& ctx, const socket& which,
             const char* endpoint = "inproc://events",
             int events = ZMQ_EVENT_ALL) {
  REQUIRE(monitor(which, endpoint, events) == 0);
  return reader(ctx, endpoint);
}

/// Connects there over TCP, and goes.
void visit(const std::string& endpoint) {
  const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in there{};
  there.sin_family = AF_INET;
  there.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const auto port = endpoint.substr(endpoint.rfind(':') + 1);
  there.sin_port = htons(static_cast<std::uint16_t>(std::stoi(port)));
  (void)::connect(fd, reinterpret_cast<sockaddr*>(&there), sizeof there);
  ::close(fd);
}

} // namespace

TEST_CASE("monitor: arguments") {
  const context ctx;
  auto pull = ctx.open(ZMQ_PULL);
  auto other = ctx.open(ZMQ_PULL);
  other.bind("inproc://used");
  CHECK(monitor(pull, "tcp://127.0.0.1:*") == failure(EPROTONOSUPPORT));
  CHECK(monitor(pull, "what://ever") == failure(EPROTONOSUPPORT));
  CHECK(monitor(pull, "events") == failure(EINVAL));
  CHECK(monitor(pull, "") == failure(EINVAL));
  CHECK(monitor(pull, "inproc://") == failure(EINVAL));
  CHECK(monitor(pull, "inproc://a", -1) == failure(EINVAL));
  CHECK(monitor(pull, "inproc://a", 0x10000) == failure(EINVAL));
  CHECK(monitor(pull, "inproc://used") == failure(EADDRINUSE));
  CHECK(monitor(pull, nullptr) == 0);
  CHECK(monitor(pull, "inproc://a", 0) == 0);
  CHECK(monitor(pull, nullptr) == 0);
  CHECK(monitor(pull, nullptr) == 0);
  CHECK(outcome{zmq_socket_monitor(nullptr, "inproc://a", ZMQ_EVENT_ALL)}
        == failure(ENOTSOCK));
  zmq_ctx_shutdown(ctx);
  CHECK(monitor(pull, "inproc://a") == failure(ETERM));
}

TEST_CASE("monitor: who listens") {
  const char* const where = GENERATE("tcp://127.0.0.1:*", "ipc://*");
  const context ctx;
  auto pull = ctx.open(ZMQ_PULL);
  auto events = watch(ctx, pull);
  const auto endpoint = pull.bind(where);
  auto push = ctx.open(ZMQ_PUSH);
  push.connect(endpoint);
  auto seen = events_until(events, ZMQ_EVENT_HANDSHAKE_SUCCEEDED);
  CHECK(kinds(seen)
        == list{ZMQ_EVENT_LISTENING, ZMQ_EVENT_ACCEPTED,
                ZMQ_EVENT_HANDSHAKE_SUCCEEDED});
  push.close();
  seen.push_back(next_event(events));
  CHECK(seen.back().event == ZMQ_EVENT_DISCONNECTED);
  REQUIRE(zmq_unbind(pull, endpoint.c_str()) == 0);
  seen.push_back(next_event(events));
  CHECK(seen.back().event == ZMQ_EVENT_CLOSED);
  for (const told& each : seen) {
    CHECK(each.endpoint == endpoint);
    if (on_ours()) // where libzmq has file descriptors
      CHECK(each.value
            == (each.event == ZMQ_EVENT_HANDSHAKE_SUCCEEDED ? 0 : ~0U));
  }
}

TEST_CASE("monitor: who connects") {
  const char* const where = GENERATE("tcp://127.0.0.1:*", "ipc://*");
  const context ctx;
  auto pull = ctx.open(ZMQ_PULL);
  const auto endpoint = pull.bind(where);
  auto push = ctx.open(ZMQ_PUSH);
  auto events = watch(ctx, push);
  push.connect(endpoint);
  const auto seen = events_until(events, ZMQ_EVENT_HANDSHAKE_SUCCEEDED);
  auto expected = list{ZMQ_EVENT_CONNECT_DELAYED, ZMQ_EVENT_CONNECTED,
                       ZMQ_EVENT_HANDSHAKE_SUCCEEDED};
  if (seen.size() == 2) // where the kernel connects at once
    expected.erase(expected.begin());
  CHECK(kinds(seen) == expected);
  for (const told& each : seen)
    CHECK(each.endpoint == endpoint);
  pull.close();
  CHECK(next_event(events).event == ZMQ_EVENT_DISCONNECTED);
}

TEST_CASE("monitor: nobody is there") {
  const context ctx;
  auto pull = ctx.open(ZMQ_PULL);
  const auto endpoint = pull.bind("ipc://*");
  pull.close();
  auto push = ctx.open(ZMQ_PUSH);
  push.set(ZMQ_RECONNECT_IVL, 7);
  auto events = watch(ctx, push);
  push.connect(endpoint);
  const auto seen = events_until(events, ZMQ_EVENT_CONNECT_RETRIED);
  CHECK(seen.back().endpoint == endpoint);
  CHECK(seen.back().value >= 7);
  CHECK(seen.back().value < 14);
}

TEST_CASE("monitor: only what was asked for") {
  const context ctx;
  auto pull = ctx.open(ZMQ_PULL);
  auto events = watch(ctx, pull, "inproc://events", ZMQ_EVENT_CLOSED);
  const auto endpoint = pull.bind("tcp://127.0.0.1:*");
  REQUIRE(zmq_unbind(pull, endpoint.c_str()) == 0);
  const auto closed = next_event(events);
  CHECK(closed.event == ZMQ_EVENT_CLOSED);
  CHECK(closed.endpoint == endpoint);
  CHECK(monitor(pull, nullptr) == 0);
  CHECK(events.try_recv() == failure(EAGAIN)); // nor that it has stopped
}

TEST_CASE("monitor: ends when it is told to") {
  const context ctx;
  auto pull = ctx.open(ZMQ_PULL);
  auto events = watch(ctx, pull);
  pull.bind("tcp://127.0.0.1:*");
  CHECK(monitor(pull, nullptr) == 0);
  pull.bind("tcp://127.0.0.1:*");
  const auto seen = events_until(events, ZMQ_EVENT_MONITOR_STOPPED);
  CHECK(kinds(seen) == list{ZMQ_EVENT_LISTENING, ZMQ_EVENT_MONITOR_STOPPED});
  CHECK(seen.back().value == 0);
  CHECK(seen.back().endpoint.empty());
  CHECK(events.try_recv() == failure(EAGAIN));
}

TEST_CASE("monitor: another one takes its place") {
  const context ctx;
  auto pull = ctx.open(ZMQ_PULL);
  auto before = watch(ctx, pull, "inproc://before");
  auto after = watch(ctx, pull, "inproc://after");
  CHECK(next_event(before).event == ZMQ_EVENT_MONITOR_STOPPED);
  pull.bind("tcp://127.0.0.1:*");
  CHECK(next_event(after).event == ZMQ_EVENT_LISTENING);
  CHECK(before.try_recv() == failure(EAGAIN));
}

TEST_CASE("monitor: ends with its socket, behind the other events") {
  const context ctx;
  auto pull = ctx.open(ZMQ_PULL);
  auto events = watch(ctx, pull);
  pull.bind("tcp://127.0.0.1:*");
  pull.close();
  CHECK(
    kinds(events_until(events, ZMQ_EVENT_MONITOR_STOPPED))
    == list{ZMQ_EVENT_LISTENING, ZMQ_EVENT_CLOSED, ZMQ_EVENT_MONITOR_STOPPED});
}

TEST_CASE("monitor: its endpoint is free again") {
  const context ctx;
  for (int i = 0; i < 20; ++i) {
    auto pull = ctx.open(ZMQ_PULL);
    const auto taken = [&] { return monitor(pull, "inproc://events"); };
    if (on_ours())
      REQUIRE(taken() == 0); // at once
    else
      eventually_is(taken, outcome{0});
    auto events = reader(ctx, "inproc://events");
    if (i % 2 == 0) {
      REQUIRE(monitor(pull, nullptr) == 0);
      if (on_ours())
        REQUIRE(monitor(pull, "inproc://events") == 0);
    }
    if (i % 3 == 0) {
      auto late = ctx.open(ZMQ_PULL);
      pull.close();
      if (on_ours())
        REQUIRE(monitor(late, "inproc://events") == 0);
    }
    pull.close();
    CHECK(next_event(events).event == ZMQ_EVENT_MONITOR_STOPPED);
  }
}

TEST_CASE("monitor: its end comes also to who reads late") {
  const context ctx;
  auto push = ctx.open(ZMQ_PUSH);
  push.set(ZMQ_LINGER, -1);
  auto pull = ctx.open(ZMQ_PULL);
  const auto endpoint = pull.bind("ipc://*");
  auto events = watch(ctx, push);
  push.connect(endpoint);
  push.send("a");
  push.close();
  CHECK(pull.recv() == "a");
  events_until(events, ZMQ_EVENT_MONITOR_STOPPED);
}

TEST_CASE("monitor: an inproc socket has nothing to tell") {
  const context ctx;
  auto pull = ctx.open(ZMQ_PULL);
  auto events = watch(ctx, pull);
  auto push = ctx.open(ZMQ_PUSH);
  push.connect(pull.bind("inproc://quiet"));
  push.send("a");
  CHECK(pull.recv() == "a");
  CHECK(monitor(pull, nullptr) == 0);
  CHECK(next_event(events).event == ZMQ_EVENT_MONITOR_STOPPED);
}

// libzmq waits for somebody who reads, in whatever thread has something to
// tell.
TEST_CASE("monitor: holds up nothing, and keeps what it can") {
  if (!on_ours())
    return;
  const context ctx;
  auto pull = ctx.open(ZMQ_PULL);
  REQUIRE(monitor(pull, "inproc://events") == 0);
  constexpr int few = 100;
  for (int i = 0; i < few; ++i)
    REQUIRE(zmq_unbind(pull, pull.bind("tcp://127.0.0.1:*").c_str()) == 0);
  auto events = reader(ctx, "inproc://events");
  for (int i = 0; i < few; ++i) {
    CHECK(next_event(events).event == ZMQ_EVENT_LISTENING);
    CHECK(next_event(events).event == ZMQ_EVENT_CLOSED);
  }
  constexpr int many = 2'500;
  for (int i = 0; i < many; ++i)
    REQUIRE(zmq_unbind(pull, pull.bind("tcp://127.0.0.1:*").c_str()) == 0);
  for (int i = 0; i < 1'000; ++i) {
    REQUIRE(next_event(events).event == ZMQ_EVENT_LISTENING);
    REQUIRE(next_event(events).event == ZMQ_EVENT_CLOSED);
  }
  int rest = 0;
  events.set(ZMQ_RCVTIMEO, 0);
  for (; events.try_recv().value >= 0; ++rest)
    CHECK(events.get(ZMQ_RCVMORE) == 1 - rest % 2);
  CHECK(rest % 2 == 0);
  CHECK(rest < 2 * (2 * many - 2'000));
  const auto endpoint = pull.bind("tcp://127.0.0.1:*");
  events.set(ZMQ_RCVTIMEO, patience_ms);
  CHECK(next_event(events).endpoint == endpoint);
}

// libzmq runs out of sockets, which it frees a while later.
TEST_CASE("monitor: comes and goes while there is something to tell") {
  if (!on_ours())
    return;
  const context ctx;
  auto pull = ctx.open(ZMQ_PULL);
  const auto endpoint = pull.bind("tcp://127.0.0.1:*");
  std::atomic<bool> over{false};
  std::thread other{[&] {
    for (int i = 0; i < 300; ++i)
      visit(endpoint);
    over = true;
  }};
  for (int i = 0; !over; ++i) {
    const auto where = "inproc://events" + std::to_string(i);
    auto events = watch(ctx, pull, where.c_str());
    REQUIRE(monitor(pull, nullptr) == 0);
    events_until(events, ZMQ_EVENT_MONITOR_STOPPED);
  }
  other.join();
}

TEST_CASE("monitor: the context's end goes before") {
  const context ctx;
  auto pull = ctx.open(ZMQ_PULL);
  auto events = watch(ctx, pull);
  zmq_ctx_shutdown(ctx);
  CHECK(events.try_recv() == failure(ETERM));
}

} // namespace zmqrt::test
