// SPDX-License-Identifier: MPL-2.0
//
// zmq_poll(3): what it answers, what wakes it, what ends it. Runs on libzmq,
// too.

#include <cstddef>
#include <thread>
#include <vector>

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/c_api/scene.hpp"

namespace zmqrt::test {

namespace {

constexpr short in = ZMQ_POLLIN;
constexpr short out = ZMQ_POLLOUT;
constexpr short error = ZMQ_POLLERR;
constexpr short urgent = ZMQ_POLLPRI;
constexpr long forever = -1;

zmq_pollitem_t item(void* socket, short events) {
  return {socket, -1, events, -1};
}
zmq_pollitem_t item(int fd, short events) {
  return {nullptr, fd, events, -1};
}

template <class... Items>
struct polled {
  explicit polled(Items... each) : items{each...} {
  }
  outcome operator()(long timeout) {
    return zmq_poll(items.data(), static_cast<int>(items.size()), timeout);
  }
  short operator[](std::size_t which) const {
    return items[which].revents;
  }
  std::array<zmq_pollitem_t, sizeof...(Items)> items;
};

struct two_ends {
  two_ends() {
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM, 0, fds) == 0);
  }
  two_ends(const two_ends&) = delete;
  two_ends& operator=(const two_ends&) = delete;
  ~two_ends() {
    ::close(fds[0]);
    close_other();
  }
  void write() {
    REQUIRE(::write(fds[1], "x", 1) == 1);
  }
  void read() {
    char got = 0;
    REQUIRE(::read(fds[0], &got, 1) == 1);
  }
  void close_other() {
    if (fds[1] >= 0)
      ::close(std::exchange(fds[1], -1));
  }
  int fds[2] = {-1, -1};
};

/// The same over TCP, for what is urgent.
struct tcp_ends {
  tcp_ends() {
    const int listening = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in here{};
    here.sin_family = AF_INET;
    here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof here;
    auto* const address = reinterpret_cast<sockaddr*>(&here);
    REQUIRE(::bind(listening, address, size) == 0);
    REQUIRE(::listen(listening, 1) == 0);
    REQUIRE(::getsockname(listening, address, &size) == 0);
    fds[1] = ::socket(AF_INET, SOCK_STREAM, 0);
    REQUIRE(::connect(fds[1], address, size) == 0);
    fds[0] = ::accept(listening, nullptr, nullptr);
    REQUIRE(fds[0] >= 0);
    ::close(listening);
  }
  tcp_ends(const tcp_ends&) = delete;
  tcp_ends& operator=(const tcp_ends&) = delete;
  ~tcp_ends() {
    for (const int each : fds)
      ::close(each);
  }
  int fds[2];
};

} // namespace

TEST_CASE("poll: arguments") {
  const context ctx;
  zmq_pollitem_t none{};
  CHECK(outcome{zmq_poll(&none, -1, 0)} == failure(EINVAL));
  CHECK(outcome{zmq_poll(nullptr, -1, 0)} == failure(EINVAL));
  CHECK(outcome{zmq_poll(nullptr, 1, 0)} == failure(EFAULT));
  CHECK(outcome{zmq_poll(nullptr, 0, 0)} == 0);
  CHECK(outcome{zmq_poll(&none, 0, 1)} == 0);
  std::array<char, 4096> zeros{};
  CHECK(polled{item(zeros.data(), in)}(forever) == failure(ENOTSOCK));
  polled mixed{item(ctx.open(ZMQ_PAIR), in), item(-1, in)};
  if (on_ours()) { // libzmq looks at what was freed
    CHECK(mixed(0) == failure(ENOTSOCK));
    CHECK(polled{item(static_cast<void*>(ctx), in)}(0) == failure(ENOTSOCK));
  }
}

TEST_CASE("poll: what holds is told, as long as it does") {
  const context ctx;
  auto [pull, push] = ctx.connected(ZMQ_PULL, ZMQ_PUSH);
  polled both{item(pull, in | out | error | urgent), item(push, in | out)};
  for (int i = 0; i < 2; ++i) {
    CHECK(both(forever) == 1);
    CHECK(both[0] == 0);
    CHECK(both[1] == out);
  }
  push.send("a");
  push.send("b");
  for (int i = 0; i < 2; ++i) {
    CHECK(both(i) == 2);
    CHECK(both[0] == in);
    CHECK(both[1] == out);
    CHECK(polled{item(pull, in)}(forever) == 1);
    CHECK(pull.recv() == (i == 0 ? "a" : "b"));
  }
  CHECK(polled{item(pull, in)}(0) == 0);
}

TEST_CASE("poll: what is not asked for is not told") {
  const context ctx;
  auto [pull, push] = ctx.connected(ZMQ_PULL, ZMQ_PUSH);
  push.send("a");
  polled none{item(pull, out), item(push, in), item(pull, 0), item(push, 0)};
  CHECK(none(0) == 0);
  CHECK(none(1) == 0);
  for (std::size_t i = 0; i < 4; ++i)
    CHECK(none[i] == 0);
}

TEST_CASE("poll: the rest of a message is there to be read") {
  const context ctx;
  auto [pull, push] = ctx.connected(ZMQ_PULL, ZMQ_PUSH);
  push.send("a", ZMQ_SNDMORE);
  push.send("b");
  polled one{item(pull, in)};
  CHECK(one(forever) == 1);
  CHECK(pull.recv() == "a");
  CHECK(one(forever) == 1);
  CHECK(one[0] == in);
  CHECK(pull.recv() == "b");
  CHECK(one(0) == 0);
}

TEST_CASE("poll: file descriptors") {
  two_ends pipe;
  SECTION("readable and writable") {
    polled one{item(pipe.fds[0], in | out)};
    CHECK(one(forever) == 1);
    CHECK(one[0] == out);
    pipe.write();
    CHECK(one(forever) == 1);
    CHECK(one[0] == (in | out));
  }
  SECTION("not asked for") {
    pipe.write();
    polled one{item(pipe.fds[0], 0)};
    CHECK(one(1) == 0);
    CHECK(one[0] == 0);
  }
  SECTION("hung up") {
    pipe.close_other();
    polled none{item(pipe.fds[0], 0)};
    CHECK(none(forever) == 1);
    CHECK(none[0] == error);
    polled all{item(pipe.fds[0], in | out)};
    CHECK(all(forever) == 1);
    CHECK(all[0] == (in | out | error));
  }
  SECTION("none at all") {
    const int gone = ::dup(pipe.fds[0]);
    ::close(gone);
    polled one{item(gone, in)};
    CHECK(one(forever) == 1);
    CHECK(one[0] == error);
    CHECK(polled{item(-1, in)}(1) == 0);
  }
  SECTION("urgent") {
    const tcp_ends tcp;
    REQUIRE(::send(tcp.fds[1], "!", 1, MSG_OOB) == 1);
    polled one{item(tcp.fds[0], urgent)};
    CHECK(one(forever) == 1);
    CHECK(one[0] == urgent);
  }
}

TEST_CASE("poll: sockets and file descriptors are told together") {
  const context ctx;
  auto [pull, push] = ctx.connected(ZMQ_PULL, ZMQ_PUSH);
  two_ends pipe;
  push.send("a");
  pipe.write();
  polled all{item(pipe.fds[0], in), item(pull, in), item(push, out)};
  CHECK(all(forever) == 3);
  CHECK(all[0] == in);
  CHECK(all[1] == in);
  CHECK(all[2] == out);
  CHECK(pull.recv() == "a");
  CHECK(all(forever) == 2);
  CHECK(all[1] == 0);
}

TEST_CASE("poll: a message from elsewhere wakes it") {
  const char* const endpoint =
    GENERATE("inproc://both", "tcp://127.0.0.1:*", "ipc://*");
  const bool with_fd = GENERATE(false, true);
  const context ctx;
  auto [here, there] = ctx.connected(ZMQ_PAIR, ZMQ_PAIR, endpoint);
  constexpr int rounds = 2'000;
  std::thread other{[&there = there] {
    for (int i = 0; i < rounds; ++i)
      there.send(there.recv());
  }};
  const two_ends pipe;
  for (int i = 0; i < rounds; ++i) {
    here.send("x");
    if (with_fd) {
      polled both{item(pipe.fds[0], in), item(here, in)};
      REQUIRE(both(forever) == 1);
      REQUIRE(both[1] == in);
    } else {
      polled one{item(here, in)};
      REQUIRE(one(forever) == 1);
      REQUIRE(one[0] == in);
    }
    REQUIRE(here.recv(ZMQ_DONTWAIT) == "x");
  }
  other.join();
}

TEST_CASE("poll: a file descriptor wakes it beside sockets") {
  const context ctx;
  auto quiet = ctx.open(ZMQ_PULL);
  two_ends to;
  two_ends from;
  constexpr int rounds = 2'000;
  std::thread other{[&] {
    for (int i = 0; i < rounds; ++i) {
      to.read();
      from.write();
    }
  }};
  for (int i = 0; i < rounds; ++i) {
    to.write();
    polled both{item(quiet, in), item(from.fds[0], in)};
    REQUIRE(both(forever) == 1);
    REQUIRE(both[1] == in);
    from.read();
  }
  other.join();
}

TEST_CASE("poll: one socket more than once") {
  const context ctx;
  auto here = ctx.open(ZMQ_PAIR);
  const auto endpoint = here.bind("inproc://twice");
  auto there = ctx.open(ZMQ_PAIR);
  SECTION("for room") {
    std::thread other{[&] { there.connect(endpoint); }};
    polled both{item(here, out), item(here, in)};
    CHECK(both(forever) == 1);
    CHECK(both[0] == out);
    other.join();
  }
  SECTION("for a message") {
    auto sender = ctx.open(ZMQ_PUSH);
    auto receiver = ctx.open(ZMQ_PULL);
    receiver.connect(sender.bind("inproc://once"));
    std::thread other{[&] { sender.send("a"); }};
    polled both{item(receiver, in), item(receiver, out), item(receiver, in)};
    CHECK(both(forever) == 2);
    CHECK(both[0] == in);
    CHECK(both[1] == 0);
    CHECK(both[2] == in);
    other.join();
  }
}

TEST_CASE("poll: one of many") {
  const context ctx;
  std::vector<socket> all;
  std::vector<zmq_pollitem_t> items;
  for (int i = 0; i < 100; ++i) {
    all.push_back(ctx.open(ZMQ_PULL));
    items.push_back(item(all.back(), in));
  }
  auto push = ctx.open(ZMQ_PUSH);
  push.connect(all[77].bind("inproc://one"));
  std::thread other{[&] { push.send("a"); }};
  CHECK(outcome{zmq_poll(items.data(), 100, forever)} == 1);
  CHECK(items[77].revents == in);
  CHECK(items[76].revents == 0);
  other.join();
}

TEST_CASE("poll: a signal ends it") {
  const int flags = GENERATE(0, SA_RESTART);
  const bool limited = GENERATE(false, true);
  const long timeout = limited ? 600'000 : forever;
  const context ctx;
  auto pull = ctx.open(ZMQ_PULL);
  const two_ends pipe;
  const disturbance signals{flags};
  SECTION("on sockets") {
    polled one{item(pull, in)};
    CHECK(one(timeout) == failure(EINTR));
    CHECK(one[0] == 0);
  }
  SECTION("on file descriptors") {
    CHECK(polled{item(pipe.fds[0], in)}(timeout) == failure(EINTR));
  }
  SECTION("on both") {
    CHECK(polled{item(pipe.fds[0], in), item(pull, in)}(timeout)
          == failure(EINTR));
  }
  SECTION("on nothing") {
    CHECK(outcome{zmq_poll(nullptr, 0, timeout)} == failure(EINTR));
  }
}

// libzmq answers EINTR now and then.
TEST_CASE("poll: what is there already is told in spite of signals") {
  if (!on_ours())
    return;
  const context ctx;
  auto [pull, push] = ctx.connected(ZMQ_PULL, ZMQ_PUSH);
  push.send("a");
  const disturbance signals{0};
  polled one{item(pull, in)};
  for (int i = 0; i < 1'000; ++i)
    REQUIRE(one(forever) == 1);
}

TEST_CASE("poll: the context's end ends it") {
  context ctx;
  auto pull = ctx.open(ZMQ_PULL);
  const two_ends pipe;
  const bool with_fd = GENERATE(false, true);
  const short events = GENERATE(in, 0);
  std::thread other{[&] { zmq_ctx_shutdown(ctx); }};
  if (with_fd)
    CHECK(polled{item(pipe.fds[0], in), item(pull, in)}(forever)
          == failure(ETERM));
  else
    CHECK(polled{item(pull, in)}(forever) == failure(ETERM));
  other.join();
  CHECK(polled{item(pull, events)}(0) == failure(ETERM));
  CHECK(polled{item(pipe.fds[1], out), item(pull, events)}(forever)
        == failure(ETERM));
}

// In libzmq a socket that is closed while somebody waits for it is an accident.
TEST_CASE("poll: who waits for a socket that closes hears of it") {
  if (!on_ours())
    return;
  const bool with_fd = GENERATE(false, true);
  const short events = GENERATE(in, 0);
  const context ctx;
  for (int i = 0; i < 200; ++i) {
    auto pull = ctx.open(ZMQ_PULL);
    const two_ends pipe;
    void* const handle = pull;
    std::thread other{[&] { pull.close(); }};
    if (with_fd)
      REQUIRE(polled{item(pipe.fds[0], in), item(handle, events)}(forever)
              == failure(ENOTSOCK));
    else
      REQUIRE(polled{item(handle, events)}(forever) == failure(ENOTSOCK));
    other.join();
  }
}

TEST_CASE("poll: threads wait for one socket side by side") {
  if (!on_ours())
    return;
  const context ctx;
  auto [pull, push] = ctx.connected(ZMQ_PULL, ZMQ_PUSH);
  std::vector<std::thread> all;
  std::atomic<int> told{0};
  for (int i = 0; i < 4; ++i)
    all.emplace_back([&, &pull = pull] {
      polled one{item(pull, in)};
      told += one(forever) == 1 ? 1 : 0;
    });
  push.send("a");
  for (auto& each : all)
    each.join();
  CHECK(told == 4);
}

} // namespace zmqrt::test
