// SPDX-License-Identifier: MPL-2.0
//
// What hurts users of libzmq, and must not hurt here: each case says what
// either library does.

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <functional>
#include <future>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/actors/raw_peer.hpp"
#include "tests/c_api/c_scene.hpp"

namespace zmqrt::test {

namespace {

/// The signal that ends a child in `body`; 0: none does.
int signal_of_child(const std::function<void()>& body) {
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    const rlimit none{0, 0};
    ::setrlimit(RLIMIT_CORE, &none);
    ::close(STDERR_FILENO); // its last words
    std::signal(SIGABRT, SIG_DFL);
    ::alarm(20);
    body();
    ::_exit(0);
  }
  int status = -1;
  while (::waitpid(child, &status, 0) != child)
    REQUIRE(errno == EINTR);
  return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

} // namespace

TEST_CASE("differences: a duplicate CONNECT_ROUTING_ID") {
  CHECK(signal_of_child([] {
          context ctx;
          socket router{ctx, ZMQ_ROUTER};
          socket one{ctx, ZMQ_DEALER};
          one.bind("inproc://one");
          router.set(ZMQ_CONNECT_ROUTING_ID, "same");
          router.connect("inproc://one");
          router.set(ZMQ_CONNECT_ROUTING_ID, "same");
          if (zmq_connect(router.get(), "inproc://one") == 0)
            ::_exit(0);
          router.send_parts({"same", "still works"});
          if (one.recv() != "still works")
            ::raise(SIGUSR1);
        })
        == (ours() ? 0 : SIGABRT));
}

TEST_CASE("differences: a bind for which there is no file") {
  CHECK(signal_of_child([] {
          context ctx;
          socket pull{ctx, ZMQ_PULL};
          const rlimit none{3, 3};
          ::setrlimit(RLIMIT_NOFILE, &none);
          if (zmq_bind(pull.get(), "tcp://127.0.0.1:*") == 0 || errno != EMFILE)
            ::raise(SIGUSR1);
        })
        == (ours() ? 0 : SIGABRT));
}

TEST_CASE("differences: the tail on ipc, with a reader that rests") {
  OVER_WIRES(transport);
  constexpr std::size_t count = 3000;
  for (int round = 0; round < 3; ++round) {
    scene there{transport};
    auto pull = there.open(ZMQ_PULL, 10);
    monitor events{there.ctx, pull};
    const auto endpoint = pull.bind(there.fresh());
    scene here{transport};
    {
      auto push = here.open_lingering(ZMQ_PUSH, 0);
      push.connect(endpoint);
      send_numbered(push, count, 1000);
    }
    auto over = std::async(std::launch::async, [&] { here.ctx.term(); });
    std::size_t got = 0;
    if (ours()) {
      for (; got < count; ++got)
        REQUIRE(pull.recv() == numbered(got, 1000));
    } else { // up to some 30 messages less, on ipc
      pull.set(ZMQ_RCVTIMEO, 100);
      while (zmq_recv(pull.get(), nullptr, 0, 0) >= 0)
        ++got;
    }
    over.get();
    CHECK(got <= count);
  }
}

TEST_CASE("differences: term behind a reader that rests") {
  OVER_WIRES(transport);
  scene there{transport};
  auto pull = there.open(ZMQ_PULL, 2);
  const auto endpoint = pull.bind(there.fresh());
  scene here{transport};
  auto push = here.open_lingering(ZMQ_PUSH);
  push.connect(endpoint);
  // What the kernel takes, and the reader does not: not a quarter of a buffer.
  send_numbered(push, 30, 1000);
  CHECK(pull.recv() == numbered(0, 1000));
  push.close();
  auto over = std::async(std::launch::async, [handle = here.ctx.release()] {
    return zmq_ctx_term(handle);
  });
  using namespace std::chrono_literals;
  if (!ours()) // what the kernel has is sent
    REQUIRE(over.wait_for(20s) == std::future_status::ready);
  else // what the peer has got is sent
    CHECK(over.wait_for(50ms) == std::future_status::timeout);
  if (ours() || transport != "ipc")
    recv_numbered(pull, 29, 1000, 1);
  CHECK(over.get() == 0);
}

TEST_CASE("differences: RECONNECT_IVL 0") {
  OVER_WIRES(transport);
  scene it{transport};
  auto push = it.open(ZMQ_PUSH);
  push.set(ZMQ_RECONNECT_IVL, 0);
  monitor events{it.ctx, push};
  const auto endpoint = it.vacant();
  push.connect(endpoint);
  events.await(ZMQ_EVENT_CLOSED);
  if (!ours()) { // never
    CHECK_FALSE(events.next(20));
    return;
  }
  // At once.
  for (int i = 0; i < 3; ++i)
    CHECK(events.await(ZMQ_EVENT_CONNECT_RETRIED).value <= 2);
  auto pull = it.open(ZMQ_PULL);
  pull.bind(endpoint);
  require_passes(push, pull, "x");
}

TEST_CASE("differences: a large message that comes slowly, and heartbeats") {
  OVER_WIRES(transport);
  scene it{transport};
  auto pull = it.open(ZMQ_PULL);
  pull.set(ZMQ_HEARTBEAT_IVL, 30);
  pull.set(ZMQ_HEARTBEAT_TIMEOUT, 150);
  monitor events{it.ctx, pull};
  const raw_peer slow{pull.bind(it.fresh())};
  REQUIRE(slow.write(greeting()));
  (void)slow.read(64);
  (void)slow.read(static_cast<unsigned char>(slow.read(2)[1])); // READY
  REQUIRE(slow.write(ready("PUSH")));
  // A byte for each PING, which cannot be answered amid a frame.
  const std::string body(20, 'b');
  REQUIRE(slow.write(long_header(0, body.size())));
  if (!ours()) { // is taken for dead
    REQUIRE(slow.write(body.substr(1)));
    events.await(ZMQ_EVENT_DISCONNECTED);
    return;
  }
  for (const char each : body) {
    const auto ping = slow.read(2);
    REQUIRE(ping[0] == 4);
    (void)slow.read(static_cast<unsigned char>(ping[1]));
    REQUIRE(slow.write({&each, 1}));
  }
  CHECK(pull.recv() == body);
}

TEST_CASE("differences: notifications that an XPUB does not read") {
  if (!ours()) // grow without end
    return;
  scene it{"tcp"};
  auto xpub = it.open(ZMQ_XPUB, 10);
  const raw_peer sub{xpub.bind(it.fresh())};
  REQUIRE(sub.write(greeting() + ready("SUB")));
  for (int i = 0; i < 10'000; ++i)
    REQUIRE(sub.write(message_of("\1" + std::to_string(i))));
  // The oldest go: the last one is there.
  int heard = 0;
  for (std::string next; next
                         != "\1"
                            "9999";
       ++heard)
    next = xpub.recv();
  CHECK(heard <= 10'000);
}

TEST_CASE("differences: draft types, and calls that are none of a type's") {
  context ctx;
  if (ours()) // libzmq makes some of them
    for (int type = ZMQ_STREAM + 1; type < 30; ++type) {
      CHECK(zmq_socket(ctx.get(), type) == nullptr);
      CHECK(errno == EINVAL);
    }
  CHECK(zmq_socket(ctx.get(), -1) == nullptr);
  CHECK(errno == EINVAL);
  socket pull{ctx, ZMQ_PULL};
  socket push{ctx, ZMQ_PUSH};
  CHECK(pull.refusal("x") == ENOTSUP);
  CHECK(pull.refusal("x", ZMQ_SNDMORE | ZMQ_DONTWAIT) == ENOTSUP);
  CHECK(errno_of(zmq_recv(push.get(), nullptr, 0, 0)) == ENOTSUP);
}

} // namespace zmqrt::test
