// SPDX-License-Identifier: MPL-2.0
//
// zmq_socket_monitor_versioned(3) and zmq_socket_monitor_pipes_stats(3),
// drafts.

#include "tests/c_api/monitored.hpp"
#include "tests/support/eventually.hpp"

namespace zmqrt::test {

namespace {

using texts = std::vector<std::string>;

constexpr std::uint64_t all = ZMQ_EVENT_ALL_V2;

outcome monitor(const socket& of, const char* endpoint, std::uint64_t events,
                int version = 2, int type = ZMQ_PAIR) {
  return zmq_socket_monitor_versioned(of, endpoint, events, version, type);
}

/// An event of version 2.
struct versioned {
  std::uint64_t event;
  std::vector<std::uint64_t> values;
  std::string local;
  std::string remote;
};

versioned next(const socket& from) {
  const auto frames = next_frames(from);
  REQUIRE(frames.size() >= 4);
  versioned made{number_at<std::uint64_t>(frames[0], 0),
                 {},
                 frames[frames.size() - 2],
                 frames.back()};
  const auto count = number_at<std::uint64_t>(frames[1], 0);
  REQUIRE(frames.size() == 4 + count);
  for (std::size_t i = 0; i < count; ++i) {
    REQUIRE(frames[2 + i].size() == 8);
    made.values.push_back(number_at<std::uint64_t>(frames[2 + i], 0));
  }
  return made;
}

} // namespace

TEST_CASE("versioned monitor: arguments") {
  const context ctx;
  auto pull = ctx.open(ZMQ_PULL);
  CHECK(monitor(pull, "tcp://127.0.0.1:*", all) == failure(EPROTONOSUPPORT));
  CHECK(monitor(pull, "inproc://a", all, 0) == failure(EINVAL));
  CHECK(monitor(pull, "inproc://a", all, 3) == failure(EINVAL));
  CHECK(monitor(pull, "inproc://a", all, 1) == failure(EINVAL));
  CHECK(monitor(pull, "inproc://a", all, 2, ZMQ_REP) == failure(EINVAL));
  CHECK(monitor(pull, "inproc://a", ZMQ_EVENT_ALL_V1, 1) == 0);
  CHECK(monitor(pull, nullptr, 0) == 0);
  CHECK(outcome{
          zmq_socket_monitor_versioned(nullptr, "inproc://a", all, 2, ZMQ_PAIR)}
        == failure(ENOTSOCK));
  CHECK(outcome{zmq_socket_monitor_pipes_stats(nullptr)} == failure(ENOTSOCK));
  CHECK(outcome{zmq_socket_monitor_pipes_stats(pull)} == failure(EINVAL));
  CHECK(monitor(pull, "inproc://a", ZMQ_EVENT_ALL_V1) == 0);
  CHECK(outcome{zmq_socket_monitor_pipes_stats(pull)} == failure(EINVAL));
  CHECK(monitor(pull, "inproc://a", all) == 0);
  CHECK(outcome{zmq_socket_monitor_pipes_stats(pull)} == failure(EAGAIN));
}

TEST_CASE("versioned monitor: both endpoints, and the numbers in full") {
  const auto [type, reads] =
    GENERATE(std::pair{ZMQ_PAIR, ZMQ_PAIR}, std::pair{ZMQ_PUSH, ZMQ_PULL},
             std::pair{ZMQ_PUB, ZMQ_SUB});
  const context ctx;
  auto pull = ctx.open(ZMQ_PULL);
  REQUIRE(monitor(pull, "inproc://events", all, 2, type) == 0);
  auto events = ctx.open(reads);
  events.connect("inproc://events");
  if (reads == ZMQ_SUB)
    REQUIRE(zmq_setsockopt(events, ZMQ_SUBSCRIBE, "", 0) == 0);
  const auto endpoint = pull.bind("tcp://127.0.0.1:*");
  auto push = ctx.open(ZMQ_PUSH);
  push.connect(endpoint);
  const auto listening = next(events);
  CHECK(listening.event == ZMQ_EVENT_LISTENING);
  CHECK(listening.values == std::vector{~std::uint64_t{0}});
  CHECK(listening.local == endpoint);
  CHECK(listening.remote.empty());
  CHECK(next(events).event == ZMQ_EVENT_ACCEPTED);
  const auto ready = next(events);
  CHECK(ready.event == ZMQ_EVENT_HANDSHAKE_SUCCEEDED);
  CHECK(ready.values == std::vector{std::uint64_t{0}});
  CHECK(ready.local == endpoint);
  CHECK(ready.remote.rfind("tcp://127.0.0.1:", 0) == 0);
  CHECK(ready.remote != endpoint);
  CHECK(monitor(pull, nullptr, 0) == 0);
  const auto stopped = next(events);
  CHECK(stopped.event == ZMQ_EVENT_MONITOR_STOPPED);
  CHECK(stopped.values == std::vector{std::uint64_t{0}});
}

TEST_CASE("versioned monitor: what waits in the queues of each peer") {
  const context ctx;
  auto here = ctx.open(ZMQ_DEALER);
  REQUIRE(monitor(here, "inproc://events", ZMQ_EVENT_PIPES_STATS) == 0);
  auto events = ctx.open(ZMQ_PAIR);
  events.connect("inproc://events");
  const auto endpoint = here.bind("tcp://127.0.0.1:*");
  auto there = ctx.open(ZMQ_DEALER);
  there.connect(endpoint);
  there.send("a");
  there.send("b");
  versioned seen{};
  const auto unread = [&] {
    const int how = zmq_socket_monitor_pipes_stats(here);
    if (how != 0)
      return std::uint64_t{0};
    seen = next(events);
    REQUIRE(seen.values.size() == 2);
    return seen.values[1];
  };
  eventually_is(unread, std::uint64_t{2});
  CHECK(seen.event == ZMQ_EVENT_PIPES_STATS);
  CHECK(seen.values[0] == 0);
  CHECK(seen.remote.rfind("tcp://127.0.0.1:", 0) == 0);
}

} // namespace zmqrt::test
