// SPDX-License-Identifier: MPL-2.0
//
// Bytes from one side to the other: both ways at once, paused, many streams.

#include <algorithm>
#include <deque>

#include "tests/conformance/bed.hpp"

using namespace conformance;

TEST_CASE("bytes arrive and come back") {
  IN_EVERY_SETTING(where);
  bed in{where};
  connected_pair pair{in};
  pair.near.send("hello");
  in.until([&] { return pair.far.received == "hello" && !pair.near.sending; });
  pair.far.send("world!");
  in.until([&] { return pair.near.received == "world!" && !pair.far.sending; });
  CHECK(pair.near.sent_bytes == 5);
  CHECK(pair.far.sent_bytes == 6);
  pair.finish();
}

TEST_CASE("a long talk of small messages arrives in order") {
  IN_EVERY_SETTING(where);
  const bool multishot = GENERATE(true, false);
  CAPTURE(multishot);
  bed in{where};
  stream_options options;
  options.multishot_recv = multishot;
  connected_pair pair{in, options};
  for (int i = 0; i < 200; ++i) {
    const auto text = std::to_string(i);
    pair.far.received.clear();
    pair.near.received.clear();
    pair.near.send(text);
    in.until([&] { return pair.far.received == text && !pair.near.sending; });
    pair.far.send(text);
    in.until([&] { return pair.near.received == text && !pair.far.sending; });
  }
  pair.finish();
}

TEST_CASE("large transfers both ways at once arrive whole") {
  IN_EVERY_SETTING(where);
  const auto piece = GENERATE(std::size_t{100}, std::size_t{65536});
  CAPTURE(piece);
  const std::size_t size = piece == 100 ? 500'000 : 4'000'000;
  bed in{where};
  connected_pair pair{in};
  pair.near.send(pattern_batch(size, 1, piece));
  pair.far.send(pattern_batch(size, 2, piece));
  in.until([&] {
    return pair.near.received_bytes == size && pair.far.received_bytes == size
           && !pair.near.sending && !pair.far.sending;
  });
  CHECK((pair.far.received == pattern_text(size, 1)));
  CHECK((pair.near.received == pattern_text(size, 2)));
  pair.finish();
}

TEST_CASE("a burst after small talk is not mixed up") {
  IN_EVERY_SETTING(where);
  bed in{where};
  connected_pair pair{in};
  std::string expected;
  for (unsigned i = 0; i < 60; ++i) {
    // Mostly small, now and then more than one read can take.
    const std::size_t size = i % 20 == 19 ? 700'000 : 1 + i;
    expected += pattern_text(size, i);
    pair.near.send(pattern_batch(size, i));
    in.until([&] {
      return !pair.near.sending && pair.far.received_bytes == expected.size();
    });
  }
  CHECK((pair.far.received == expected));
  pair.finish();
}

TEST_CASE("a paused side receives little, and all of it once resumed") {
  IN_EVERY_SETTING(where);
  const bool chatty = GENERATE(false, true);
  CAPTURE(chatty);
  bed in{where};
  connected_pair pair{in};
  std::string expected;
  for (unsigned i = 0; chatty && i < 20; ++i) {
    expected += "x";
    pair.near.send("x");
    in.until(
      [&] { return !pair.near.sending && pair.far.received == expected; });
  }
  const std::size_t size = 16'000'000;
  expected += pattern_text(size, 3);
  pair.far.arrived = [&](auto) { pair.far.link().receive(false); };
  pair.near.send(pattern_batch(size, 3));
  in.settle();
  // At most a few reads were on their way.
  CHECK(pair.far.received_bytes < 1'500'000);
  CHECK(pair.near.sending);
  pair.far.arrived = {};
  pair.far.link().receive(true);
  in.until([&] { return pair.far.received_bytes == expected.size(); });
  CHECK((pair.far.received == expected));
  pair.finish();
}

TEST_CASE("a side that pauses after each read still gets all") {
  IN_EVERY_SETTING(where);
  bed in{where};
  connected_pair pair{in};
  const std::size_t size = 3'000'000;
  pair.far.arrived = [&](auto) { pair.far.link().receive(false); };
  pair.near.send(pattern_batch(size, 4));
  while (pair.far.received_bytes < size) {
    const auto before = pair.far.received_bytes;
    pair.far.link().receive(true);
    in.until([&] { return pair.far.received_bytes > before; });
  }
  CHECK((pair.far.received == pattern_text(size, 4)));
  pair.finish();
}

TEST_CASE("a thousand streams are served at once") {
  IN_EVERY_SETTING(where);
  bed in{where};
  accept_log accepted{in};
  auto door = in.listen({.backlog = 4096, .ipv6_only = false, .stream = {}});
  door->start(accepted);
  constexpr std::size_t count = 1000;
  std::deque<dial_log> dialed;
  std::vector<std::unique_ptr<dialer>> dialers;
  for (std::size_t i = 0; i < count; ++i) {
    dialed.emplace_back(in);
    dialers.push_back(in.loop().dial(door->local(), {}));
    dialers.back()->start(dialed.back());
  }
  in.until([&] { return accepted.connections.size() == count; });
  std::deque<side> near;
  std::deque<side> far;
  in.until([&] {
    return std::all_of(dialed.begin(), dialed.end(),
                       [](const dial_log& each) { return each.outcomes == 1; });
  });
  for (std::size_t i = 0; i < count; ++i) {
    near.emplace_back(in).take(std::move(dialed[i].connection));
    far.emplace_back(in).take(std::move(accepted.connections[i]));
    auto& echo = far.back();
    echo.arrived = [&echo](std::span<const std::byte>) {
      if (echo.received.size() == 5 && !echo.sending)
        echo.send(echo.received);
    };
  }
  for (auto& each : near)
    each.send("hello");
  std::size_t answered = 0;
  for (auto& each : near)
    each.arrived = [&](auto) { answered += each.received == "hello" ? 1 : 0; };
  in.until([&] { return answered == count; });
  for (std::size_t i = 0; i < count; ++i) {
    near[i].finish();
    far[i].finish();
  }
  in.close(*door, accepted);
}

TEST_CASE("reads and writes stay within their bounds") {
  IN_EVERY_SETTING(where);
  const auto bound = GENERATE(std::size_t{100}, std::size_t{10'000});
  CAPTURE(bound);
  const std::size_t size = 300 * bound;
  bed in{where};
  stream_options options;
  options.recv_batch_bytes = bound;
  options.send_batch_bytes = bound;
  connected_pair pair{in, options};
  std::size_t most_read = 0;
  pair.far.arrived = [&](std::span<const std::byte> bytes) {
    most_read = std::max(most_read, bytes.size());
  };
  pair.near.send(pattern_batch(size, 1));
  in.until(
    [&] { return pair.far.received_bytes == size && !pair.near.sending; });
  CHECK((pair.far.received == pattern_text(size, 1)));
  CHECK(most_read <= bound);
  // epoll tells of the writes of two turns together.
  const std::size_t writes = where.backend == "epoll" ? 8 : 1;
  CHECK(pair.near.most_told <= writes * bound);
  pair.finish();
}
