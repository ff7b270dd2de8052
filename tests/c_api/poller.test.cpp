// SPDX-License-Identifier: MPL-2.0
//
// zmq_poller(3), a draft: what can be registered, what is told, and when.

#include <algorithm>
#include <thread>
#include <vector>

#include <poll.h>
#include <unistd.h>

#include "tests/c_api/scene.hpp"

namespace zmqrt::test {

namespace {

constexpr short in = ZMQ_POLLIN;
constexpr short out = ZMQ_POLLOUT;
constexpr long forever = -1;

struct poller {
  poller() = default;
  poller(const poller&) = delete;
  poller& operator=(const poller&) = delete;
  ~poller() {
    CHECK(zmq_poller_destroy(&handle) == 0);
    CHECK(handle == nullptr);
  }

  outcome add(void* socket, short events, void* tag = nullptr) {
    return zmq_poller_add(handle, socket, tag, events);
  }
  outcome wait(long timeout) {
    return zmq_poller_wait(handle, &event, timeout);
  }
  outcome wait_all(long timeout) {
    all.resize(8);
    const outcome how = zmq_poller_wait_all(handle, all.data(), 8, timeout);
    all.resize(static_cast<std::size_t>(std::max(how.value, 0)));
    return how;
  }

  void* handle = zmq_poller_new();
  zmq_poller_event_t event{};
  std::vector<zmq_poller_event_t> all;
};

struct two_ends {
  two_ends() {
    REQUIRE(::pipe(fds) == 0);
  }
  two_ends(const two_ends&) = delete;
  two_ends& operator=(const two_ends&) = delete;
  ~two_ends() {
    for (const int each : fds)
      ::close(each);
  }
  void write() {
    REQUIRE(::write(fds[1], "x", 1) == 1);
  }
  int fds[2];
};

bool is_readable(int fd) {
  pollfd one{fd, POLLIN, 0};
  return ::poll(&one, 1, 0) == 1;
}

} // namespace

TEST_CASE("poller: no poller") {
  const context ctx;
  auto pull = ctx.open(ZMQ_PULL);
  std::array<char, 64> zeros{};
  void* gone = zmq_poller_new();
  void* const closed = gone;
  REQUIRE(zmq_poller_destroy(&gone) == 0);
  CHECK(outcome{zmq_poller_destroy(nullptr)} == failure(EFAULT));
  for (void* none :
       {static_cast<void*>(nullptr), static_cast<void*>(zeros.data()), closed,
        static_cast<void*>(pull)}) {
    zmq_poller_event_t event{};
    zmq_fd_t fd = 0;
    void* copy = none;
    CHECK(outcome{zmq_poller_destroy(&copy)} == failure(EFAULT));
    CHECK(copy == none);
    CHECK(outcome{zmq_poller_size(none)} == failure(EFAULT));
    CHECK(outcome{zmq_poller_add(none, pull, nullptr, in)} == failure(EFAULT));
    CHECK(outcome{zmq_poller_modify(none, pull, in)} == failure(EFAULT));
    CHECK(outcome{zmq_poller_remove(none, pull)} == failure(EFAULT));
    CHECK(outcome{zmq_poller_add_fd(none, 0, nullptr, in)} == failure(EFAULT));
    CHECK(outcome{zmq_poller_modify_fd(none, 0, in)} == failure(EFAULT));
    CHECK(outcome{zmq_poller_remove_fd(none, 0)} == failure(EFAULT));
    CHECK(outcome{zmq_poller_wait(none, &event, 0)} == failure(EFAULT));
    CHECK(outcome{zmq_poller_wait_all(none, &event, 1, 0)} == failure(EFAULT));
    CHECK(outcome{zmq_poller_fd(none, &fd)} == failure(EFAULT));
  }
}

TEST_CASE("poller: what can be registered") {
  const context ctx;
  poller it;
  auto pull = ctx.open(ZMQ_PULL);
  auto push = ctx.open(ZMQ_PUSH);
  const two_ends pipe;
  CHECK(outcome{zmq_poller_size(it.handle)} == 0);
  CHECK(it.add(nullptr, in) == failure(ENOTSOCK));
  CHECK(it.add(ctx, in) == failure(ENOTSOCK));
  CHECK(it.add(pull, 16) == failure(EINVAL));
  CHECK(it.add(pull, in) == 0);
  CHECK(it.add(pull, in) == failure(EINVAL));
  CHECK(it.add(push, 0) == 0);
  CHECK(outcome{zmq_poller_add_fd(it.handle, -1, nullptr, in)}
        == failure(EBADF));
  CHECK(outcome{zmq_poller_add_fd(it.handle, pipe.fds[0], nullptr, in)} == 0);
  CHECK(outcome{zmq_poller_add_fd(it.handle, pipe.fds[0], nullptr, in)}
        == failure(EINVAL));
  CHECK(outcome{zmq_poller_size(it.handle)} == 3);
  CHECK(outcome{zmq_poller_modify(it.handle, nullptr, in)}
        == failure(ENOTSOCK));
  CHECK(outcome{zmq_poller_modify(it.handle, pull, 16)} == failure(EINVAL));
  CHECK(outcome{zmq_poller_modify(it.handle, pull, in | out)} == 0);
  CHECK(outcome{zmq_poller_modify_fd(it.handle, -1, in)} == failure(EBADF));
  CHECK(outcome{zmq_poller_modify_fd(it.handle, pipe.fds[1], in)}
        == failure(EINVAL));
  CHECK(outcome{zmq_poller_remove_fd(it.handle, -1)} == failure(EBADF));
  CHECK(outcome{zmq_poller_remove_fd(it.handle, pipe.fds[0])} == 0);
  CHECK(outcome{zmq_poller_remove_fd(it.handle, pipe.fds[0])}
        == failure(EINVAL));
  CHECK(outcome{zmq_poller_remove(it.handle, nullptr)} == failure(ENOTSOCK));
  CHECK(outcome{zmq_poller_remove(it.handle, pull)} == 0);
  CHECK(outcome{zmq_poller_remove(it.handle, pull)} == failure(EINVAL));
  CHECK(outcome{zmq_poller_modify(it.handle, pull, in)} == failure(EINVAL));
  CHECK(outcome{zmq_poller_size(it.handle)} == 1);
}

TEST_CASE("poller: what is ready is told, with what is the user's") {
  const context ctx;
  auto [pull, push] = ctx.connected(ZMQ_PULL, ZMQ_PUSH);
  two_ends pipe;
  poller it;
  int first = 0;
  int second = 0;
  CHECK(it.add(pull, in, &first) == 0);
  REQUIRE(zmq_poller_add_fd(it.handle, pipe.fds[0], &second, in) == 0);
  CHECK(it.wait(0) == failure(EAGAIN));
  CHECK(it.wait(1) == failure(EAGAIN));
  CHECK(it.event.socket == nullptr);
  CHECK(it.event.fd == -1);
  push.send("a");
  CHECK(it.wait(forever) == 0);
  CHECK(it.event.socket == pull);
  CHECK(it.event.fd == -1);
  CHECK(it.event.user_data == &first);
  CHECK(it.event.events == in);
  pipe.write();
  CHECK(it.add(push, in | out) == 0);
  CHECK(it.wait_all(forever) == 3);
  CHECK(it.all[0].socket == pull);
  CHECK(it.all[1].socket == nullptr);
  CHECK(it.all[1].fd == pipe.fds[0]);
  CHECK(it.all[1].user_data == &second);
  CHECK(it.all[2].socket == push);
  CHECK(it.all[2].events == out);
  REQUIRE(zmq_poller_modify(it.handle, push, 0) == 0);
  REQUIRE(zmq_poller_modify_fd(it.handle, pipe.fds[0], 0) == 0);
  CHECK(it.wait_all(forever) == 1);
  CHECK(pull.recv() == "a");
  CHECK(it.wait_all(1) == failure(EAGAIN));
  it.all.resize(1);
  REQUIRE(zmq_poller_modify(it.handle, push, out) == 0);
  push.send("b");
  CHECK(outcome{zmq_poller_wait_all(it.handle, it.all.data(), 1, forever)}
        == 1);
}

TEST_CASE("poller: arguments of a wait") {
  const context ctx;
  poller it;
  auto pull = ctx.open(ZMQ_PULL);
  CHECK(it.wait(forever) == failure(EFAULT)); // for nothing
  CHECK(it.wait(1) == failure(EAGAIN));
  CHECK(it.add(pull, 0) == 0);
  CHECK(it.wait(forever) == failure(EFAULT));
  CHECK(it.wait(1) == failure(EAGAIN));
  CHECK(outcome{zmq_poller_wait(it.handle, nullptr, 0)} == failure(EFAULT));
  CHECK(outcome{zmq_poller_wait_all(it.handle, nullptr, 1, 0)}
        == failure(EFAULT));
  CHECK(outcome{zmq_poller_wait_all(it.handle, &it.event, -1, 0)}
        == failure(EINVAL));
}

TEST_CASE("poller: is woken, by whatever it is") {
  const context ctx;
  auto [pull, push] = ctx.connected(ZMQ_PULL, ZMQ_PUSH);
  two_ends pipe;
  poller it;
  CHECK(it.add(pull, in) == 0);
  REQUIRE(zmq_poller_add_fd(it.handle, pipe.fds[0], nullptr, in) == 0);
  const bool by_fd = GENERATE(false, true);
  std::thread other{[&, &push = push] {
    if (by_fd)
      pipe.write();
    else
      push.send("a");
  }};
  CHECK(it.wait(forever) == 0);
  CHECK((it.event.socket == nullptr) == by_fd);
  other.join();
}

TEST_CASE("poller: ends with a signal, the context, or a socket") {
  context ctx;
  auto pull = ctx.open(ZMQ_PULL);
  poller it;
  CHECK(it.add(pull, in) == 0);
  SECTION("signal") {
    const disturbance signals{GENERATE(0, SA_RESTART)};
    CHECK(it.wait(forever) == failure(EINTR));
  }
  SECTION("context") {
    std::thread other{[&] { zmq_ctx_shutdown(ctx); }};
    CHECK(it.wait(forever) == failure(ETERM));
    other.join();
  }
  SECTION("socket") {
    void* const handle = pull;
    std::thread other{[&] { pull.close(); }};
    CHECK(it.wait(forever) == failure(ENOTSOCK));
    other.join();
    CHECK(it.wait(forever) == failure(ENOTSOCK));
    CHECK(outcome{zmq_poller_remove(it.handle, handle)} == 0);
    CHECK(outcome{zmq_poller_remove(it.handle, handle)} == failure(ENOTSOCK));
    CHECK(it.wait(0) == failure(EAGAIN));
  }
}

TEST_CASE("poller: its descriptor") {
  const context ctx;
  auto [client, server] = ctx.connected(ZMQ_SERVER, ZMQ_CLIENT);
  auto [pull, push] = ctx.connected(ZMQ_PULL, ZMQ_PUSH, "inproc://more");
  const two_ends pipe;
  poller it;
  zmq_fd_t fd = -1;
  CHECK(outcome{zmq_poller_fd(it.handle, &fd)} == failure(EINVAL));
  REQUIRE(zmq_poller_add_fd(it.handle, pipe.fds[0], nullptr, in) == 0);
  CHECK(outcome{zmq_poller_fd(it.handle, &fd)} == failure(EINVAL));
  CHECK(it.add(client, in) == 0);
  CHECK(outcome{zmq_poller_fd(it.handle, nullptr)} == failure(EFAULT));
  CHECK(outcome{zmq_poller_fd(it.handle, &fd)} == 0);
  CHECK_FALSE(is_readable(fd));
  server.send("a");
  CHECK(is_readable(fd));
  CHECK(it.wait(0) == 0);
  CHECK(is_readable(fd));
  CHECK(client.recv() == "a");
  CHECK(it.wait(0) == failure(EAGAIN));
  CHECK_FALSE(is_readable(fd));
  CHECK(it.add(pull, 0) == 0);
  push.send("b");
  CHECK_FALSE(is_readable(fd));
  REQUIRE(zmq_poller_modify(it.handle, pull, in) == 0);
  CHECK(is_readable(fd));
  REQUIRE(zmq_poller_remove(it.handle, pull) == 0);
  CHECK_FALSE(is_readable(fd));
}

} // namespace zmqrt::test
