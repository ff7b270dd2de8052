// SPDX-License-Identifier: MPL-2.0
//
// ZMQ_FD and ZMQ_EVENTS as event loops use them: they wait for the descriptor,
// and look. Runs on libzmq, too.

#include <thread>

#include <fcntl.h>
#include <poll.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "tests/c_api/scene.hpp"
#include "tests/support/eventually.hpp"

namespace zmqrt::test {

namespace {

constexpr int in = ZMQ_POLLIN;
constexpr int out = ZMQ_POLLOUT;
constexpr int patience_ms = 20'000;

int events(const socket& of) {
  return of.get(ZMQ_EVENTS);
}

bool is_readable(int fd) {
  pollfd one{fd, POLLIN, 0};
  return ::poll(&one, 1, 0) == 1;
}

/// Waits for a descriptor as event loops do.
class loop {
public:
  loop(const socket& of, bool edge) : epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
    epoll_event what{};
    what.events = EPOLLIN | (edge ? EPOLLET : 0U);
    REQUIRE(::epoll_ctl(epoll_, EPOLL_CTL_ADD, of.get(ZMQ_FD), &what) == 0);
  }
  loop(const loop&) = delete;
  loop& operator=(const loop&) = delete;
  ~loop() {
    ::close(epoll_);
  }
  /// False: nothing shows for a long time.
  [[nodiscard]] bool wait() const {
    epoll_event what{};
    return ::epoll_wait(epoll_, &what, 1, patience_ms) == 1;
  }

private:
  int epoll_;
};

/// Waits until it can be received from, looking at ZMQ_EVENTS.
std::string next(socket& from, const loop& at) {
  while ((events(from) & in) == 0)
    REQUIRE(at.wait());
  return from.recv(ZMQ_DONTWAIT);
}

/// Waits until it can be sent to, looking at ZMQ_EVENTS.
void pass(socket& to, const loop& at, std::string_view text) {
  while ((events(to) & out) == 0)
    REQUIRE(at.wait());
  to.send(text, ZMQ_DONTWAIT);
}

std::string anywhere() {
  return GENERATE("inproc://both", "tcp://127.0.0.1:*", "ipc://*");
}

} // namespace

TEST_CASE("fd: one per socket, always the same") {
  const context ctx;
  auto a = ctx.open(ZMQ_PAIR);
  auto b = ctx.open(ZMQ_PAIR);
  const int fd = a.get(ZMQ_FD);
  CHECK(fd >= 0);
  CHECK((::fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0);
  CHECK(a.get(ZMQ_FD) == fd);
  CHECK(b.get(ZMQ_FD) != fd);
}

TEST_CASE("fd: shows what comes, and is quiet once it was looked at") {
  const context ctx;
  auto [pull, push] = ctx.connected(ZMQ_PULL, ZMQ_PUSH, anywhere().c_str());
  const int fd = pull.get(ZMQ_FD);
  const auto quiet_at = [&, &pull = pull](int wanted) {
    // libzmq has news of its own to tell now and then.
    return events(pull) == wanted && !is_readable(fd);
  };
  eventually_is([&push = push] { return events(push); }, out);
  eventually_is([&] { return quiet_at(0); }, true);
  for (int i = 0; i < 3; ++i) {
    push.send("a");
    eventually_is([&] { return is_readable(fd); }, true);
    eventually_is([&] { return quiet_at(in); }, true);
    CHECK(pull.recv() == "a");
    eventually_is([&] { return quiet_at(0); }, true);
  }
}

TEST_CASE("fd: shows what came before it was asked for") {
  const context ctx;
  auto [pull, push] = ctx.connected(ZMQ_PULL, ZMQ_PUSH);
  push.send("a");
  CHECK(is_readable(pull.get(ZMQ_FD)));
}

TEST_CASE("fd: shows at first to who has not looked at ZMQ_EVENTS") {
  const context ctx;
  auto [pull, push] = ctx.connected(ZMQ_PULL, ZMQ_PUSH, anywhere().c_str());
  const int fd = pull.get(ZMQ_FD);
  eventually_is([&] { return is_readable(fd); }, true);
  eventually_is(
    [&, &pull = pull] { return events(pull) == 0 && !is_readable(fd); }, true);
}

TEST_CASE("fd: shows room") {
  const context ctx;
  auto push = ctx.open(ZMQ_PUSH);
  const auto endpoint = push.bind(anywhere().c_str());
  CHECK(events(push) == 0);
  const loop at{push, GENERATE(false, true)};
  auto pull = ctx.open(ZMQ_PULL);
  std::thread other{[&] { pull.connect(endpoint); }};
  pass(push, at, "a");
  other.join();
  CHECK(pull.recv() == "a");
}

TEST_CASE("fd: no wake-up is lost where ZMQ_EVENTS is looked at") {
  const bool edge = GENERATE(false, true);
  const context ctx;
  auto [here, there] =
    ctx.connected(ZMQ_DEALER, ZMQ_DEALER, anywhere().c_str());
  constexpr int rounds = 2'000;
  const loop at{here, edge};
  std::thread other{[&there = there, edge] {
    const loop over_there{there, edge};
    for (int i = 0; i < rounds; ++i)
      pass(there, over_there, next(there, over_there));
  }};
  for (int i = 0; i < rounds; ++i) {
    const auto text = std::to_string(i);
    pass(here, at, text);
    REQUIRE(next(here, at) == text);
  }
  other.join();
}

TEST_CASE("fd: no wake-up is lost where receives are tried") {
  const bool edge = GENERATE(false, true);
  const context ctx;
  auto [here, there] = ctx.connected(ZMQ_PULL, ZMQ_PUSH, anywhere().c_str());
  constexpr int messages = 5'000;
  const loop at{here, edge};
  std::thread other{[&there = there] {
    for (int i = 0; i < messages; ++i)
      there.send("x");
  }};
  for (int got = 0; got < messages;) {
    outcome how = here.try_recv();
    for (; how.value >= 0; how = here.try_recv())
      ++got;
    REQUIRE(how == failure(EAGAIN));
    if (got < messages)
      REQUIRE(at.wait());
  }
  other.join();
}

TEST_CASE("fd: no wake-up is lost where sends are tried") {
  const bool edge = GENERATE(false, true);
  if (edge && !on_ours())
    return; // libzmq wants a look at ZMQ_EVENTS
  const context ctx;
  auto here = ctx.open(ZMQ_PUSH);
  auto there = ctx.open(ZMQ_PULL);
  here.set(ZMQ_SNDHWM, 2);
  there.set(ZMQ_RCVHWM, 2);
  there.connect(here.bind(anywhere().c_str()));
  constexpr int messages = 1'000;
  const loop at{here, edge};
  std::thread other{[&there = there] {
    for (int i = 0; i < messages; ++i)
      (void)there.recv();
  }};
  for (int sent = 0; sent < messages;) {
    const auto how = here.try_send("x");
    if (how.value < 0) {
      REQUIRE(how == failure(EAGAIN));
      REQUIRE(at.wait());
    } else {
      ++sent;
    }
  }
  other.join();
}

TEST_CASE("fd: a message that a ROUTER could not send is waited for") {
  const bool parts = GENERATE(false, true);
  const context ctx;
  auto router = ctx.open(ZMQ_ROUTER);
  router.set(ZMQ_ROUTER_MANDATORY, 1);
  router.set(ZMQ_SNDHWM, 2);
  auto dealer = ctx.open(ZMQ_DEALER);
  dealer.set(ZMQ_RCVHWM, 2);
  REQUIRE(zmq_setsockopt(dealer, ZMQ_ROUTING_ID, "d", 1) == 0);
  dealer.connect(router.bind("inproc://router"));
  constexpr int messages = 1'000;
  const bool edge = GENERATE(false, true);
  if (edge && !on_ours())
    return; // as above
  const loop at{router, edge};
  std::thread other{[&] {
    for (int i = 0; i < messages; ++i)
      for (int part = parts ? 2 : 1; part > 0; --part)
        (void)dealer.recv();
  }};
  for (int sent = 0; sent < messages;) {
    if (zmq_send(router, "d", 1, ZMQ_SNDMORE | ZMQ_DONTWAIT) < 0) {
      REQUIRE(errno == EAGAIN);
      REQUIRE(at.wait());
      continue;
    }
    if (parts)
      router.send("a", ZMQ_SNDMORE | ZMQ_DONTWAIT);
    while (zmq_send(router, "b", 1, ZMQ_DONTWAIT) < 0) {
      REQUIRE(errno == EAGAIN);
      REQUIRE(at.wait());
    }
    ++sent;
  }
  other.join();
}

TEST_CASE("fd: a subscriber sleeps through what it has not asked for") {
  const context ctx;
  auto [pub, sub] = ctx.connected(ZMQ_XPUB, ZMQ_SUB, anywhere().c_str());
  REQUIRE(zmq_setsockopt(sub, ZMQ_SUBSCRIBE, "a", 1) == 0);
  CHECK(pub.recv() == "\1a");
  const loop at{sub, GENERATE(false, true)};
  constexpr int rounds = 500;
  std::thread other{[&pub = pub] {
    for (int i = 0; i < rounds; ++i) {
      pub.send("b");
      pub.send("a");
      pub.send("c");
    }
  }};
  for (int i = 0; i < rounds; ++i)
    REQUIRE(next(sub, at) == "a");
  other.join();
  CHECK((events(sub) & in) == 0);
}

TEST_CASE("fd: requests and replies take turns") {
  const bool edge = GENERATE(false, true);
  const context ctx;
  auto [rep, req] = ctx.connected(ZMQ_REP, ZMQ_REQ, anywhere().c_str());
  constexpr int rounds = 1'000;
  std::thread other{[&rep = rep, edge] {
    const loop over_there{rep, edge};
    for (int i = 0; i < rounds; ++i)
      pass(rep, over_there, next(rep, over_there));
  }};
  const loop at{req, edge};
  for (int i = 0; i < rounds; ++i) {
    pass(req, at, "x");
    REQUIRE(next(req, at) == "x");
  }
  other.join();
}

TEST_CASE("fd: does not stay readable for who only tries to receive") {
  const context ctx;
  auto [here, there] =
    ctx.connected(ZMQ_DEALER, ZMQ_DEALER, anywhere().c_str());
  const int fd = here.get(ZMQ_FD);
  eventually_is([&there = there] { return events(there); }, out);
  const auto turns_quiet = [&, &here = here] {
    const bool nothing = here.try_recv() == failure(EAGAIN);
    return nothing && !is_readable(fd);
  };
  eventually_is(turns_quiet, true);
  there.send("a");
  eventually_is([&] { return is_readable(fd); }, true);
  CHECK(here.recv() == "a");
  eventually_is(turns_quiet, true);
}

TEST_CASE("fd: the rest of a message shows in ZMQ_EVENTS") {
  const context ctx;
  auto [pull, push] = ctx.connected(ZMQ_PULL, ZMQ_PUSH);
  const loop at{pull, GENERATE(false, true)};
  push.send("a", ZMQ_SNDMORE);
  push.send("b");
  CHECK(next(pull, at) == "a");
  CHECK(next(pull, at) == "b");
  CHECK(events(pull) == 0);
}

TEST_CASE("fd: shows the context's end") {
  const context ctx;
  auto [here, there] = ctx.connected(ZMQ_PAIR, ZMQ_PAIR);
  const loop at{here, GENERATE(false, true)};
  const bool open = GENERATE(false, true); // both directions
  if (open)
    there.send("a");
  CHECK(events(here) == (open ? in | out : out));
  CHECK_FALSE(is_readable(here.get(ZMQ_FD)));
  std::thread other{[&] { zmq_ctx_shutdown(ctx); }};
  CHECK(at.wait());
  other.join();
  int found = 0;
  std::size_t size = sizeof found;
  CHECK(outcome{zmq_getsockopt(here, ZMQ_EVENTS, &found, &size)}
        == failure(ETERM));
}

TEST_CASE("fd: goes with its socket") {
  const context ctx;
  auto pair = ctx.open(ZMQ_PAIR);
  const int fd = pair.get(ZMQ_FD);
  pair.close();
  eventually_is([&] { return ::fcntl(fd, F_GETFD); }, -1);
}

} // namespace zmqrt::test
