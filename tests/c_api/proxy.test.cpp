// SPDX-License-Identifier: MPL-2.0
//
// zmq_proxy(3), zmq_proxy_steerable(3), zmq_device(3). Runs on libzmq, too.

#include <cstring>
#include <functional>
#include <future>
#include <thread>

#include "tests/c_api/monitored.hpp"
#include "tests/support/eventually.hpp"

namespace zmqrt::test {

namespace {

using texts = std::vector<std::string>;

std::vector<std::uint64_t> numbers_in(const texts& frames) {
  std::vector<std::uint64_t> all;
  for (const auto& each : frames)
    all.push_back(number_at<std::uint64_t>(each, 0));
  return all;
}

/// A call on a thread of its own.
std::future<outcome> later(std::function<int()> call) {
  return std::async(std::launch::async,
                    [call = std::move(call)] { return outcome{call()}; });
}

/// Between a PUSH and a PULL: what is pushed at `push` comes out at `pull`.
struct streamer {
  streamer() {
    push.connect(front.bind("inproc://front"));
    pull.connect(back.bind("inproc://back"));
  }

  context ctx;
  socket front = ctx.open(ZMQ_PULL);
  socket back = ctx.open(ZMQ_PUSH);
  socket push = ctx.open(ZMQ_PUSH);
  socket pull = ctx.open(ZMQ_PULL);
};

/// The same, and who steers it.
struct steered : streamer {
  steered() {
    steering.connect(control.bind("inproc://control"));
    ended = later(
      [this] { return zmq_proxy_steerable(front, back, nullptr, control); });
  }
  steered(const steered&) = delete;
  steered& operator=(const steered&) = delete;
  ~steered() {
    if (ended.valid())
      zmq_ctx_shutdown(ctx);
  }

  socket control = ctx.open(ZMQ_PAIR);
  socket steering = ctx.open(ZMQ_PAIR);
  std::future<outcome> ended;
};

} // namespace

TEST_CASE("proxy: arguments") {
  const context ctx;
  auto pull = ctx.open(ZMQ_PULL);
  auto push = ctx.open(ZMQ_PUSH);
  CHECK(outcome{zmq_proxy(nullptr, push, nullptr)} == failure(EFAULT));
  CHECK(outcome{zmq_proxy(pull, nullptr, nullptr)} == failure(EFAULT));
  if (!on_ours()) // libzmq does not look
    return;
  CHECK(outcome{zmq_device(ZMQ_QUEUE, pull, nullptr)} == failure(EFAULT));
  CHECK(outcome{zmq_proxy_steerable(nullptr, push, nullptr, nullptr)}
        == failure(EFAULT));
  std::array<char, 4096> zeros{};
  CHECK(outcome{zmq_proxy(zeros.data(), push, nullptr)} == failure(ENOTSOCK));
  CHECK(outcome{zmq_proxy(pull, ctx, nullptr)} == failure(ENOTSOCK));
  CHECK(outcome{zmq_proxy(pull, push, zeros.data())} == failure(ENOTSOCK));
  CHECK(outcome{zmq_proxy_steerable(pull, push, nullptr, zeros.data())}
        == failure(ENOTSOCK));
}

TEST_CASE("proxy: passes requests and replies until the context ends") {
  const bool device = GENERATE(false, true);
  const context ctx;
  auto [front, req] = ctx.connected(ZMQ_ROUTER, ZMQ_REQ, "inproc://front");
  auto [back, rep] = ctx.connected(ZMQ_DEALER, ZMQ_REP, "inproc://back");
  auto ended = later([&, &front = front, &back = back] {
    return device ? zmq_device(ZMQ_QUEUE, front, back)
                  : zmq_proxy(front, back, nullptr);
  });
  for (int i = 0; i < 100; ++i) {
    req.send("question");
    CHECK(rep.recv() == "question");
    rep.send("an", ZMQ_SNDMORE);
    rep.send("swer");
    CHECK(req.recv() == "an");
    CHECK(req.recv() == "swer");
  }
  zmq_ctx_shutdown(ctx);
  CHECK(ended.get() == failure(ETERM));
}

TEST_CASE("proxy: the capture sees what goes through") {
  const context ctx;
  auto [front, left] = ctx.connected(ZMQ_PAIR, ZMQ_PAIR, "inproc://front");
  auto [back, right] = ctx.connected(ZMQ_PAIR, ZMQ_PAIR, "inproc://back");
  auto [tap, seen] = ctx.connected(ZMQ_PUSH, ZMQ_PULL, "inproc://tap");
  auto ended = later([&front = front, &back = back, &tap = tap] {
    return zmq_proxy(front, back, tap);
  });
  left.send("a", ZMQ_SNDMORE);
  left.send("b");
  CHECK(next_frames(right) == texts{"a", "b"});
  CHECK(next_frames(seen) == texts{"a", "b"});
  right.send("back");
  CHECK(left.recv() == "back");
  CHECK(next_frames(seen) == texts{"back"});
  zmq_ctx_shutdown(ctx);
  CHECK(ended.get() == failure(ETERM));
}

TEST_CASE("proxy: is paused, resumed, asked, and ended") {
  steered it;
  it.push.send("12345");
  CHECK(it.pull.recv() == "12345");
  it.steering.send("STATISTICS");
  CHECK(numbers_in(next_frames(it.steering))
        == std::vector<std::uint64_t>{1, 5, 0, 0, 0, 0, 1, 5});
  it.steering.send("PAUSE");
  it.steering.send("STATISTICS");
  CHECK(next_frames(it.steering).size() == 8); // it has paused
  it.push.send("later");
  it.steering.send("STATISTICS");
  CHECK(numbers_in(next_frames(it.steering))[0] == 1);
  CHECK(it.pull.try_recv() == failure(EAGAIN));
  it.steering.send("RESUME");
  CHECK(it.pull.recv() == "later");
  it.steering.send("TERMINATE");
  CHECK(it.ended.get() == 0);
  it.push.send("to nobody");
  CHECK(it.pull.try_recv() == failure(EAGAIN));
}

TEST_CASE("proxy: one socket as both sends back what it receives") {
  const auto [type, asks] =
    GENERATE(std::pair{ZMQ_REP, ZMQ_REQ}, std::pair{ZMQ_PAIR, ZMQ_PAIR});
  const context ctx;
  auto [mirror, asking] = ctx.connected(type, asks);
  auto ended =
    later([&mirror = mirror] { return zmq_device(ZMQ_QUEUE, mirror, mirror); });
  for (const char* text : {"a", "b"}) {
    asking.send(text);
    CHECK(asking.recv() == text);
  }
  zmq_ctx_shutdown(ctx);
  CHECK(ended.get() == failure(ETERM));
}

TEST_CASE("proxy: a closed side ends it") {
  if (!on_ours())
    return;
  streamer it;
  auto ended = later([&] { return zmq_proxy(it.front, it.back, nullptr); });
  it.push.send("a");
  CHECK(it.pull.recv() == "a");
  it.front.close();
  CHECK(ended.get() == failure(ENOTSOCK));
}

TEST_CASE("proxy: a signal ends it") {
  const int flags = GENERATE(0, SA_RESTART);
  streamer it;
  const disturbance signals{flags};
  CHECK(outcome{zmq_proxy(it.front, it.back, nullptr)} == failure(EINTR));
  CHECK(outcome{zmq_device(ZMQ_STREAMER, it.front, it.back)} == failure(EINTR));
  auto control = it.ctx.open(ZMQ_PULL);
  CHECK(outcome{zmq_proxy_steerable(it.front, it.back, nullptr, control)}
        == failure(EINTR));
}

// libzmq loses the message that it has in its hand then.
TEST_CASE("proxy: a signal loses nothing") {
  if (!on_ours())
    return;
  const bool captured = GENERATE(false, true);
  streamer it;
  it.back.set(ZMQ_SNDHWM, 3);
  it.back.bind("inproc://narrow");
  auto narrow = it.ctx.open(ZMQ_PULL);
  narrow.set(ZMQ_RCVHWM, 3);
  narrow.connect("inproc://narrow");
  it.pull.close();
  auto tap = it.ctx.open(ZMQ_PUSH);
  tap.set(ZMQ_SNDHWM, 2);
  auto seen = it.ctx.open(ZMQ_PULL);
  seen.set(ZMQ_RCVHWM, 2);
  seen.connect(tap.bind("inproc://tap"));
  constexpr int messages = 3'000;
  std::thread feeding{[&] {
    for (int i = 0; i < messages; ++i)
      it.push.send(std::to_string(i));
  }};
  std::thread tapping{[&] {
    for (int i = 0; captured && i < messages; ++i)
      REQUIRE(seen.recv() == std::to_string(i));
  }};
  std::atomic<bool> over{false};
  std::thread reading{[&] {
    for (int i = 0; i < messages; ++i)
      REQUIRE(narrow.recv() == std::to_string(i));
    over = true;
  }};
  int interrupted = 0;
  {
    const disturbance signals{0};
    while (!over) {
      const outcome how = zmq_proxy(
        it.front, it.back, captured ? static_cast<void*>(tap) : nullptr);
      REQUIRE(how == failure(EINTR));
      ++interrupted;
    }
  }
  feeding.join();
  reading.join();
  tapping.join();
  CHECK(interrupted > 0);
}

TEST_CASE("proxy: what it has taken is received by whoever comes next") {
  if (!on_ours())
    return;
  streamer it;
  it.pull.close();
  it.back.set(ZMQ_SNDHWM, 1);
  it.back.bind("inproc://narrow");
  auto narrow = it.ctx.open(ZMQ_PULL);
  narrow.set(ZMQ_RCVHWM, 1);
  narrow.connect("inproc://narrow");
  constexpr int messages = 50;
  for (int i = 0; i < messages; ++i) {
    it.push.send(std::to_string(i), ZMQ_SNDMORE);
    it.push.send("end");
  }
  {
    const disturbance signals{0};
    REQUIRE(outcome{zmq_proxy(it.front, it.back, nullptr)} == failure(EINTR));
  }
  int next = 0;
  narrow.set(ZMQ_RCVTIMEO, 0);
  std::array<char, 16> text{};
  const auto there = [&] { // what has gone through
    return zmq_recv(narrow, text.data(), text.size(), 0) >= 0;
  };
  for (; there(); ++next) {
    CHECK(std::stoi(text.data()) == next);
    CHECK(narrow.recv() == "end");
  }
  CHECK(next < messages);
  for (; next < messages; ++next) {
    zmq_pollitem_t front{it.front, 0, ZMQ_POLLIN, 0};
    REQUIRE(zmq_poll(&front, 1, -1) == 1);
    CHECK(next_frames(it.front) == texts{std::to_string(next), "end"});
  }
  CHECK(it.front.try_recv() == failure(EAGAIN));
}

} // namespace zmqrt::test
