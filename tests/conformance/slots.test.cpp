// SPDX-License-Identifier: MPL-2.0
//
// Many streams of one loop: the table in which a ring holds their files is
// bounded and shared, and nobody sees it.

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <unistd.h>

#include "tests/conformance/bed.hpp"
#include "transports/ring/ring_reactor.hpp"

using namespace conformance;

TEST_CASE("a stream's end reaches its peer while others are idle") {
  IN_EVERY_SETTING(where);
  bed in{where};
  connected_pair idle{in};
  connected_pair pair{in};
  in.settle(); // all of them read
  pair.near.finish();
  in.until([&] { return pair.far.ended; });
  CHECK_FALSE(pair.far.end_code);
  idle.near.send("still here");
  in.until([&] { return idle.far.received == "still here"; });
  pair.finish();
  idle.finish();
}

TEST_CASE("streams that follow others get their own bytes only") {
  IN_EVERY_SETTING(where);
  bed in{where};
  connected_pair first{in}; // what comes once, comes now
  first.finish();
  const auto files = open_files();
  std::vector<std::unique_ptr<connected_pair>> pairs(3);
  for (unsigned i = 0; i < 30; ++i) {
    auto& pair = pairs[i % pairs.size()];
    if (pair)
      pair->finish();
    pair = std::make_unique<connected_pair>(in);
    for (unsigned k = 0; k < pairs.size(); ++k) {
      if (!pairs[k])
        continue;
      pairs[k]->near.received.clear();
      pairs[k]->far.received.clear();
      pairs[k]->near.send(pattern_batch(3000, 10 * i + k));
      pairs[k]->far.send(pattern_batch(3000, 1000 + 10 * i + k));
    }
    for (unsigned k = 0; k < pairs.size(); ++k) {
      if (!pairs[k])
        continue;
      auto& near = pairs[k]->near;
      auto& far = pairs[k]->far;
      in.until([&] {
        return far.received.size() == 3000 && near.received.size() == 3000
               && !near.sending && !far.sending;
      });
      CHECK(far.received == pattern_text(3000, 10 * i + k));
      CHECK(near.received == pattern_text(3000, 1000 + 10 * i + k));
    }
  }
  for (auto& pair : pairs)
    pair->finish();
  CHECK(open_files() == files);
}

TEST_CASE("each stream of a ring has a slot, and gives it back") {
  IN_EVERY_SETTING(where);
  bed in{where};
  auto* ring = dynamic_cast<ring_reactor*>(&in.loop());
  if (ring == nullptr)
    return;
  const auto next_slot = [&] {
    const auto out = ring->files().add(STDERR_FILENO);
    CHECK((!out || ring->files().remove(*out)));
    return out;
  };
  connected_pair pair{in};
  if (ring->features().registered_files)
    CHECK(next_slot() == 2u);
  else
    CHECK(next_slot() == std::nullopt);
  pair.finish();
  if (ring->features().registered_files) {
    const auto again = next_slot();
    CHECK((again && *again < 2));
  }
}

TEST_CASE("streams beyond the ring's table do without") {
  IN_EVERY_SETTING(where);
  bed in{where};
  auto* ring = dynamic_cast<ring_reactor*>(&in.loop());
  if (ring == nullptr)
    return;
  while (ring->files().add(STDERR_FILENO))
    ;
  connected_pair pair{in};
  pair.near.send(pattern_batch(500'000, 3));
  pair.far.send("back");
  in.until([&] {
    return pair.far.received_bytes == 500'000 && pair.near.received == "back";
  });
  CHECK((pair.far.received == pattern_text(500'000, 3)));
  pair.near.finish();
  in.until([&] { return pair.far.ended; });
  CHECK_FALSE(pair.far.end_code);
  pair.finish();
}

TEST_CASE("slots serve reads without picked buffers, too") {
  if (!ring_available())
    return;
  const auto kind = GENERATE(scheme::tcp, scheme::ipc);
  const setting where{"io_uring, files only", kind};
  CAPTURE(where);
  bed in{where};
  connected_pair pair{in};
  std::string direct(1000, ' ');
  pair.near.send("first"); // waited for, then read
  in.until([&] { return pair.far.received == "first"; });
  pair.far.wish = [&] { return std::as_writable_bytes(std::span{direct}); };
  pair.near.send(pattern_batch(500'000, 4));
  in.until([&] { return pair.far.received_bytes == 500'005; });
  CHECK((pair.far.received == "first" + pattern_text(500'000, 4)));
  CHECK(pair.far.direct_bytes > 0);
  pair.near.finish();
  in.until([&] { return pair.far.ended; });
  CHECK_FALSE(pair.far.end_code);
  pair.finish();
}
