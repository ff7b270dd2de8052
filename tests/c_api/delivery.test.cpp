// SPDX-License-Identifier: MPL-2.0
//
// Delivery and order: what was accepted arrives, whole, once, in order; what
// was refused does not. And who gets what of a PUSH.

#include <array>
#include <future>
#include <thread>

#include "tests/actors/raw_peer.hpp"
#include "tests/c_api/c_scene.hpp"

namespace zmqrt::test {

// -- the stream ---------------------------------------------------------------

namespace {

/// Writes a greeting. libzmq takes what comes before its own READY is out for
/// a part of the handshake: with it, the peer hears that first.
void greet(const raw_peer& peer) {
  REQUIRE(peer.write(greeting()));
  if (ours())
    return;
  (void)peer.read(64);
  (void)peer.read(static_cast<unsigned char>(peer.read(2)[1])); // READY
}

} // namespace

TEST_CASE("delivery: a message in the segment that ends the handshake") {
  OVER_WIRES(transport);
  scene it{transport};
  auto pull = it.open(ZMQ_PULL);
  const raw_peer peer{pull.bind(it.fresh())};
  greet(peer);
  REQUIRE(peer.write(ready("PUSH") + message_of("early")));
  CHECK(pull.recv() == "early");
}

TEST_CASE("delivery: the same by a server's answer to a connect") {
  OVER_WIRES(transport);
  scene it{transport};
  const raw_server server{transport == "tcp" ? "tcp://127.0.0.1:0"
                                             : it.fresh()};
  auto pull = it.connected(ZMQ_PULL, server.endpoint());
  const auto peer = server.accept();
  greet(peer);
  REQUIRE(peer.write(ready("PUSH") + message_of("early")));
  CHECK(pull.recv() == "early");
}

TEST_CASE("delivery: a peer that says all at once") {
  OVER_WIRES(transport);
  scene it{transport};
  auto pull = it.open(ZMQ_PULL);
  const raw_peer peer{pull.bind(it.fresh())};
  REQUIRE(peer.write(greeting() + ready("PUSH") + message_of("early")));
  if (ours())
    CHECK(pull.recv() == "early");
  else
    (void)peer.read_to_end(); // sent away
}

TEST_CASE("delivery: any two pieces of the stream are the whole") {
  OVER_WIRES(transport);
  const auto all = ready("PUSH") + message_of("one", true) + message_of("two")
                   + message_of(std::string(300, 'l')) + message_of("");
  scene it{transport};
  auto pull = it.open(ZMQ_PULL);
  const auto endpoint = pull.bind(it.fresh());
  const auto require_all = [&] {
    REQUIRE(pull.recv_parts() == parts{"one", "two"});
    REQUIRE(pull.recv() == std::string(300, 'l'));
    REQUIRE(pull.recv().empty());
  };
  const std::size_t step = ours() ? 1 : 5; // a pause of the kernel for each
  for (std::size_t cut = 0; cut <= all.size(); cut += cut < 60 ? step : 11) {
    INFO("cut at " << cut);
    const raw_peer peer{endpoint};
    greet(peer);
    REQUIRE(peer.write(std::string_view{all}.substr(0, cut)));
    REQUIRE(peer.write(std::string_view{all}.substr(cut)));
    require_all();
  }
  const raw_peer slow{endpoint};
  if (!ours())
    greet(slow);
  for (const char each : ours() ? greeting() + all : all)
    REQUIRE(slow.write({&each, 1}));
  require_all();
  CHECK_FALSE(pull.try_recv());
}

TEST_CASE("delivery: of a message that its peer's death cuts nothing comes") {
  OVER_WIRES(transport);
  const auto half =
    GENERATE(as<std::string>{}, message_of("part one", true),
             message_of(std::string(1000, 'x')).substr(0, 500),
             long_header(0, 500'000) + std::string(100'000, 'y'));
  scene it{transport};
  auto pull = it.open(ZMQ_PULL);
  monitor events{it.ctx, pull};
  const auto endpoint = pull.bind(it.fresh());
  {
    const raw_peer dying{endpoint};
    greet(dying);
    REQUIRE(dying.write(ready("PUSH") + message_of("whole")));
    REQUIRE(pull.recv() == "whole");
    REQUIRE(dying.write(half));
  }
  events.await(ZMQ_EVENT_DISCONNECTED);
  auto push = it.connected(ZMQ_PUSH, endpoint);
  require_passes(push, pull, "from another");
  CHECK_FALSE(pull.receives_more());
}

// -- order --------------------------------------------------------------------

TEST_CASE("delivery: messages of any shape arrive whole") {
  OVER_ALL(transport);
  scene it{transport};
  auto left = it.open(ZMQ_PAIR);
  auto right = it.connected(ZMQ_PAIR, left.bind(it.fresh()));
  std::vector<parts> shapes;
  for (const std::size_t size :
       {0, 1, 30, 255, 256, 4095, 4096, 8193, 65'536, 1'000'000, 8'000'000})
    shapes.push_back({std::string(size, static_cast<char>(size))});
  shapes.push_back({"", "", ""});
  shapes.push_back({"address", "", "body"});
  parts many;
  for (std::size_t i = 0; i < 500; ++i)
    many.emplace_back(i * 7, 'm');
  shapes.push_back(many);
  auto sender = std::async(std::launch::async, [&] {
    for (const auto& shape : shapes)
      left.send_parts(shape);
    // And back again.
    for (const auto& shape : shapes)
      if (left.recv_parts() != shape)
        return false;
    return true;
  });
  for (const auto& shape : shapes)
    REQUIRE((right.recv_parts() == shape));
  for (const auto& shape : shapes)
    right.send_parts(shape);
  CHECK(sender.get());
}

TEST_CASE("delivery: order holds through high-water marks") {
  OVER_ALL(transport);
  const auto mark = GENERATE(1, 3, 1000);
  CAPTURE(mark);
  const std::size_t count = mark == 1 ? 1000 : 10'000;
  scene it{transport};
  auto pull = it.open(ZMQ_PULL, mark);
  auto push = it.open(ZMQ_PUSH, mark);
  push.connect(pull.bind(it.fresh()));
  auto sender =
    std::async(std::launch::async, [&] { send_numbered(push, count, 20); });
  recv_numbered(pull, count, 20);
  sender.get();
  CHECK_FALSE(pull.try_recv());
}

namespace {

/// A reader that rests before much has come. Where it does, libzmq loses on
/// ipc what its peer had sent before it went.
socket resting_reader(scene& it) {
  return it.open(ZMQ_PULL, !ours() && it.transport == "ipc" ? 0 : 10);
}

} // namespace

TEST_CASE("delivery: close right after send loses nothing") {
  OVER_ALL(transport);
  const auto sender_binds = GENERATE(true, false);
  CAPTURE(sender_binds);
  constexpr std::size_t count = 3000;
  scene it{transport};
  auto pull = resting_reader(it);
  auto push = it.open_lingering(ZMQ_PUSH, 0);
  if (sender_binds)
    pull.connect(push.bind(it.fresh()));
  else
    push.connect(pull.bind(it.fresh()));
  send_numbered(push, count, 1000);
  push.close();
  // Only now does anybody read.
  recv_numbered(pull, count, 1000);
  CHECK_FALSE(pull.try_recv());
}

TEST_CASE("delivery: term right after send loses nothing") {
  OVER_WIRES(transport);
  constexpr std::size_t count = 3000;
  scene there{transport};
  auto pull = resting_reader(there);
  const auto endpoint = pull.bind(there.fresh());
  scene here{transport};
  {
    auto push = here.open_lingering(ZMQ_PUSH, 0);
    push.connect(endpoint);
    send_numbered(push, count, 1000);
  }
  auto over = std::async(std::launch::async, [&] { here.ctx.term(); });
  recv_numbered(pull, count, 1000);
  over.get();
}

TEST_CASE("delivery: four senders, per-sender order, sums equal") {
  OVER_ALL(transport);
  constexpr std::size_t senders = 4;
  constexpr std::uint64_t each = 10'000;
  // A byte that depends on sender and number, so that a mix-up shows.
  const auto check = [](std::uint64_t number, std::uint64_t from) {
    return static_cast<unsigned char>(number * 31 + from * 7);
  };
  scene it{transport, 2};
  auto pull = it.open(ZMQ_PULL);
  const auto endpoint = pull.bind(it.fresh());
  std::vector<std::future<socket>> work;
  for (std::uint64_t from = 0; from < senders; ++from)
    work.push_back(std::async(std::launch::async, [&, from] {
      auto push = it.connected(ZMQ_PUSH, endpoint);
      std::array<char, 128> body{};
      body[0] = static_cast<char>(from);
      for (std::uint64_t i = 0; i < each; ++i) {
        std::memcpy(&body[8], &i, sizeof i);
        body[127] = static_cast<char>(check(i, from));
        push.send({body.data(), body.size()});
      }
      return push; // it stays until all has come
    }));
  std::array<std::uint64_t, senders> next{};
  std::uint64_t wrong = 0;
  std::array<char, 128> body{};
  for (std::uint64_t i = 0; i < senders * each; ++i) {
    const int size = zmq_recv(pull.get(), body.data(), body.size(), 0);
    const auto from = static_cast<unsigned char>(body[0]);
    std::uint64_t number = 0;
    std::memcpy(&number, &body[8], sizeof number);
    const bool right =
      size == 128 && from < senders && number == next.at(from)++
      && static_cast<unsigned char>(body[127]) == check(number, from);
    wrong += right ? 0 : 1;
  }
  CHECK(wrong == 0);
  CHECK_FALSE(pull.try_recv());
  for (auto& sender : work)
    (void)sender.get();
}

TEST_CASE("delivery: what was refused or timed out is not among what comes") {
  OVER_ALL(transport);
  scene it{transport};
  auto pull = it.open(ZMQ_PULL, 5);
  auto push = it.open(ZMQ_PUSH, 5);
  push.connect(pull.bind(it.fresh()));
  push.set(ZMQ_SNDTIMEO, 50);
  std::size_t accepted = 0;
  // Full is when a wait of some length brings no room.
  int why = 0;
  while ((why = push.refusal(numbered(accepted, 50'000), 0)) == 0)
    ++accepted;
  REQUIRE(why == EAGAIN);
  REQUIRE(accepted >= 5);
  CHECK(push.refusal("refused") == EAGAIN);
  push.set(ZMQ_SNDTIMEO, 1);
  CHECK(push.refusal("late", 0) == EAGAIN);
  CHECK(push.refusal("late", ZMQ_SNDMORE) == EAGAIN);
  push.set(ZMQ_SNDTIMEO, patience_ms);
  auto sender =
    std::async(std::launch::async, [&] { push.send("the last one"); });
  recv_numbered(pull, accepted, 50'000);
  CHECK(pull.recv() == "the last one");
  sender.get();
}

} // namespace zmqrt::test
