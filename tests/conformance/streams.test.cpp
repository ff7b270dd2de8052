// SPDX-License-Identifier: MPL-2.0
//
// Bytes from one side to the other, both ways, paused, ended and closed.

#include "tests/conformance/bed.hpp"

using namespace conformance;

TEST_CASE("bytes arrive and come back") {
  const auto where = GENERATE(from_range(settings()));
  CAPTURE(where);
  bed in{where};
  connected_pair pair{in};
  pair.near.send("hello");
  in.until([&] { return pair.far.received == "hello"; });
  pair.far.send("world!");
  in.until([&] { return pair.near.received == "world!"; });
  CHECK_FALSE(pair.near.sending);
  CHECK(pair.near.sent_bytes == 5);
  pair.finish();
}

TEST_CASE("large transfers both ways at once arrive whole") {
  const auto where = GENERATE(from_range(settings()));
  const auto piece = GENERATE(std::size_t{100}, std::size_t{65536});
  CAPTURE(where, piece);
  const std::size_t size = piece == 100 ? 1'000'000 : 4'000'000;
  bed in{where};
  connected_pair pair{in};
  pair.near.send(pattern_batch(size, 1, piece));
  pair.far.send(pattern_batch(size, 2, piece));
  in.until([&] {
    return pair.near.received.size() == size && pair.far.received.size() == size
           && !pair.near.sending && !pair.far.sending;
  });
  CHECK((pair.far.received == pattern_text(size, 1)));
  CHECK((pair.near.received == pattern_text(size, 2)));
  pair.finish();
}
