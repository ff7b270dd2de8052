// SPDX-License-Identifier: MPL-2.0
//
// Flow: high-water marks, timeouts, and the options that change what is
// queued and what is let in.

#include <chrono>
#include <future>

#include "tests/actors/proc.hpp"
#include "tests/c_api/c_scene.hpp"

namespace zmqrt::test {

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

/// How many are accepted until a wait of some length brings no room.
std::size_t send_until_full(socket& to, std::string_view what,
                            std::size_t most) {
  to.set(ZMQ_SNDTIMEO, 100);
  std::size_t count = 0;
  while (count < most && to.refusal(what, 0) == 0)
    ++count;
  to.set(ZMQ_SNDTIMEO, patience_ms);
  return count;
}

} // namespace

// -- high-water marks ---------------------------------------------------------

TEST_CASE("flow: HWM 1/1 on inproc refuses the third send") {
  scene it{"inproc"};
  auto pull = it.open(ZMQ_PULL, 1);
  auto push = it.open(ZMQ_PUSH, 1);
  push.connect(pull.bind(it.fresh()));
  CHECK(push.refusal("one") == 0);
  CHECK(push.refusal("two") == 0);
  CHECK(push.refusal("three") == EAGAIN);
  CHECK((push.number(ZMQ_EVENTS) & ZMQ_POLLOUT) == 0);
  CHECK(pull.recv() == "one");
  CHECK((push.number(ZMQ_EVENTS) & ZMQ_POLLOUT) != 0);
  CHECK(push.refusal("three") == 0);
  CHECK(pull.recv() == "two");
  CHECK(pull.recv() == "three");
  CHECK_FALSE(pull.try_recv());
}

TEST_CASE("flow: with a reader that never reads, sends stop") {
  OVER_ALL(transport);
  scene it{transport};
  auto pull = it.open(ZMQ_PULL, 5);
  pull.set(ZMQ_RCVBUF, 65'536);
  auto push = it.open(ZMQ_PUSH, 5);
  push.set(ZMQ_SNDBUF, 65'536);
  push.connect(pull.bind(it.fresh()));
  const std::string big(100'000, 'x');
  // Both HWMs, and at most 4 MB in the kernel and one read's buffer; less the
  // credit that has not come back yet, a lump of half a mark.
  const std::size_t most = it.is_wire() ? 5 + 5 + 40 : 5 + 5;
  constexpr std::size_t least = 5 + 5 - 3;
  for (std::size_t i = 0; i < least; ++i)
    push.send(big);
  const auto accepted = least + send_until_full(push, big, 1000);
  CHECK(accepted <= most);
  for (std::size_t i = 0; i < accepted; ++i)
    REQUIRE(pull.recv().size() == big.size());
  CHECK_FALSE(pull.try_recv());
}

TEST_CASE("flow: a stalled receiver bounds the memory of both") {
  OVER_ALL(transport);
  constexpr std::size_t mebibyte = std::size_t{1} << 20;
  scene it{transport};
  auto pull = it.open(ZMQ_PULL, 10);
  pull.set(ZMQ_RCVBUF, 1'048'576); // else up to tcp_rmem, maybe 32 MiB
  auto push = it.open(ZMQ_PUSH, 10);
  push.connect(pull.bind(it.fresh()));
  require_passes(push, pull, "first");
  const auto before = resident_bytes();
  const std::string large(500'000, 'm');
  auto accepted = send_until_full(push, large, 1000);
  for (int i = 0; i < 1000; ++i)
    accepted += push.try_send(large) ? 1 : 0;
  CHECK(accepted >= 10);
  CHECK(accepted * large.size() <= 20 * large.size() + 16 * mebibyte);
  if (!sanitized)
    CHECK(resident_bytes() <= before + 20 * large.size() + 16 * mebibyte);
}

TEST_CASE("flow: HWM 0 is no limit") {
  OVER_ALL(transport);
  scene it{transport};
  auto pull = it.open(ZMQ_PULL, 0);
  auto push = it.open(ZMQ_PUSH, 0);
  push.connect(pull.bind(it.fresh()));
  constexpr std::size_t count = 50'000;
  std::size_t accepted = 0;
  while (accepted < count && push.try_send(numbered(accepted)))
    ++accepted;
  CHECK(accepted == count);
  recv_numbered(pull, accepted);
}

TEST_CASE("flow: a peer that is not there yet takes SNDHWM messages") {
  OVER_ALL(transport);
  scene it{transport};
  const auto endpoint = it.vacant();
  auto push = it.open(ZMQ_PUSH, 7);
  push.connect(endpoint);
  CHECK(send_until_full(push, "x", 100) == 7);
  // They are what the peer gets when it comes.
  auto pull = it.open(ZMQ_PULL);
  pull.bind(endpoint);
  push.send("marker");
  CHECK(count_to(pull, "marker") == 7);
}

TEST_CASE("flow: a raised HWM counts for connections that exist") {
  OVER_ALL(transport);
  scene it{transport};
  auto push = it.open(ZMQ_PUSH, 2);
  push.connect(it.vacant());
  CHECK(send_until_full(push, "x", 100) == 2);
  push.set(ZMQ_SNDHWM, 6);
  // libzmq keeps to the old one where the pipe is full.
  CHECK(send_until_full(push, "x", 100) == (ours() ? 4 : 0));
}

// -- time ---------------------------------------------------------------------

TEST_CASE("flow: RCVTIMEO 0 and n are EAGAIN, -1 waits") {
  OVER_ALL(transport);
  scene it{transport};
  auto pull = it.open(ZMQ_PULL);
  auto push = it.connected(ZMQ_PUSH, pull.bind(it.fresh()));
  const auto refusal = [&](int flags) {
    return errno_of(zmq_recv(pull.get(), nullptr, 0, flags));
  };
  pull.set(ZMQ_RCVTIMEO, 0);
  CHECK(refusal(0) == EAGAIN);
  pull.set(ZMQ_RCVTIMEO, 20);
  const auto begin = steady_clock::now();
  CHECK(refusal(0) == EAGAIN);
  // Never less; how much more is the scheduler's business. libzmq counts in
  // whole milliseconds.
  CHECK(steady_clock::now() - begin >= milliseconds{19});
  CHECK(refusal(ZMQ_DONTWAIT) == EAGAIN);
  pull.set(ZMQ_RCVTIMEO, -1);
  auto reader =
    std::async(std::launch::async, [&] { return pull.recv_parts(); });
  push.send_parts({"worth", "the", "wait"});
  CHECK(reader.get() == parts{"worth", "the", "wait"});
}

TEST_CASE("flow: SNDTIMEO 0 and n are EAGAIN, -1 waits; multipart too") {
  OVER_ALL(transport);
  scene it{transport};
  const auto endpoint = it.vacant();
  auto push = it.open(ZMQ_PUSH, 1);
  push.connect(endpoint);
  push.send("fills it");
  push.set(ZMQ_SNDTIMEO, 0);
  CHECK(push.refusal("x", 0) == EAGAIN);
  CHECK(push.refusal("x", ZMQ_SNDMORE) == EAGAIN);
  push.set(ZMQ_SNDTIMEO, 20);
  const auto begin = steady_clock::now();
  CHECK(push.refusal("x", ZMQ_SNDMORE) == EAGAIN);
  CHECK(steady_clock::now() - begin >= milliseconds{19});
  if (!ours() && transport == "inproc")
    return; // it may sleep on when a peer has come
  push.set(ZMQ_SNDTIMEO, -1);
  auto sender = std::async(std::launch::async, [&] {
    push.send_parts({"two", "parts"});
  });
  auto pull = it.open(ZMQ_PULL);
  pull.bind(endpoint);
  CHECK(pull.recv_parts() == parts{"fills it"});
  CHECK(pull.recv_parts() == parts{"two", "parts"});
  sender.get();
}

// -- what is queued, and where ------------------------------------------------

TEST_CASE("flow: IMMEDIATE queues nothing for a peer that is not there") {
  OVER_WIRES(transport);
  scene it{transport};
  auto push = it.open(ZMQ_PUSH);
  push.set(ZMQ_RECONNECT_IVL, 1);
  push.set(ZMQ_IMMEDIATE, 1);
  monitor events{it.ctx, push};
  const auto later = it.vacant();
  push.connect(later);
  CHECK(push.refusal("nowhere") == EAGAIN);
  push.set(ZMQ_SNDTIMEO, 20);
  CHECK(push.refusal("nowhere", 0) == EAGAIN);
  push.set(ZMQ_SNDTIMEO, patience_ms);
  auto here = it.open(ZMQ_PULL);
  push.connect(here.bind(it.fresh()));
  // All go to the one that is there, none waits for the other.
  send_times(push, 10, "here");
  push.send("marker");
  CHECK(count_to(here, "marker") == 10);
  events.await(ZMQ_EVENT_HANDSHAKE_SUCCEEDED);
  // And when it comes, it takes part.
  auto there = it.open(ZMQ_PULL);
  there.bind(later);
  events.await(ZMQ_EVENT_HANDSHAKE_SUCCEEDED);
  look_around(push);
  send_times(push, 2, "marker");
  CHECK(count_to(here, "marker") == 0);
  CHECK(count_to(there, "marker") == 0);
}

TEST_CASE("flow: CONFLATE keeps the last message only") {
  OVER_ALL(transport);
  const auto at_sender = GENERATE(true, false);
  CAPTURE(at_sender);
  if (!ours() && transport == "inproc" && at_sender)
    return; // lost there before the bind
  scene it{transport};
  auto pull = it.open(ZMQ_PULL);
  auto push = it.open(ZMQ_PUSH);
  (at_sender ? push : pull).set(ZMQ_CONFLATE, 1);
  const auto endpoint = it.vacant();
  push.connect(endpoint);
  send_numbered(push, 100);
  pull.bind(endpoint);
  // Where the receiver conflates, it may be read before the last has come.
  std::string got;
  for (int reads = 0; reads < (at_sender ? 1 : 100); ++reads)
    if ((got = pull.recv()) == numbered(99))
      break;
  CHECK(got == numbered(99));
  CHECK_FALSE(pull.try_recv());
}

TEST_CASE("flow: MAXMSGSIZE ends the connection of a longer message") {
  OVER_WIRES(transport);
  scene it{transport};
  auto pull = it.open(ZMQ_PULL);
  const std::int64_t most = 1000;
  checked(zmq_setsockopt(pull.get(), ZMQ_MAXMSGSIZE, &most, sizeof most),
          "zmq_setsockopt");
  monitor events{it.ctx, pull};
  const auto endpoint = pull.bind(it.fresh());
  auto healthy = it.open(ZMQ_PUSH);
  join(it, healthy, endpoint, events);
  healthy.send(std::string(1000, 'x'));
  CHECK(pull.recv().size() == 1000);
  auto big = it.open(ZMQ_PUSH);
  big.set(ZMQ_RECONNECT_IVL, -1);
  join(it, big, endpoint, events);
  big.send(std::string(1001, 'x'));
  events.await(ZMQ_EVENT_DISCONNECTED);
  require_passes(healthy, pull, "still here");
}

TEST_CASE("flow: MAX_MSGSZ of the context") {
  scene it{"tcp"};
  it.ctx.set(ZMQ_MAX_MSGSZ, 1000);
  auto pull = it.open(ZMQ_PULL);
  auto push = it.connected(ZMQ_PUSH, pull.bind(it.fresh()));
  push.send(std::string(1000, 'x'));
  // libzmq stores it, without effect.
  CHECK(push.refusal(std::string(1001, 'x')) == (ours() ? EMSGSIZE : 0));
}

TEST_CASE("flow: a message of 64 MiB passes") {
  OVER_ALL(transport);
  constexpr std::size_t size = std::size_t{64} << 20;
  scene it{transport};
  auto pull = it.open(ZMQ_PULL);
  auto push = it.connected(ZMQ_PUSH, pull.bind(it.fresh()));
  {
    msg large;
    checked(zmq_msg_init_size(large.get(), size), "zmq_msg_init_size");
    std::memset(zmq_msg_data(large.get()), 'l', size);
    checked(zmq_msg_send(large.get(), push.get(), 0), "zmq_msg_send");
  }
  msg got;
  REQUIRE(zmq_msg_recv(got.get(), pull.get(), 0) == int{size});
  const auto* const data = static_cast<const char*>(zmq_msg_data(got.get()));
  CHECK(data[0] == 'l');
  CHECK(std::memcmp(data, data + 1, size - 1) == 0);
}

} // namespace zmqrt::test
