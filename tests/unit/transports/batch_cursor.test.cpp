// SPDX-License-Identifier: MPL-2.0

#include "transports/posix/batch_cursor.hpp"

#include <array>
#include <cstring>
#include <random>
#include <string>

#include "libzmqrt/message/slab_pool.hpp"
#include "tests/support/catch.hpp"

using namespace zmqrt;
using namespace zmqrt::transports;

TEST_CASE("a cursor yields every byte once, whatever the kernel takes") {
  const auto seed = GENERATE(range(1u, 50u));
  CAPTURE(seed);
  std::mt19937 random{seed};
  batch bytes;
  std::string expected;
  for (int i = 0; i < 40; ++i) {
    const std::size_t size = random() % 50;
    auto slab = shared_pool().take(size + 1);
    REQUIRE(slab);
    for (std::size_t j = 0; j < size; ++j) {
      expected += static_cast<char>(random());
      std::memcpy(slab->data() + j, &expected.back(), 1);
    }
    bytes.append(slab, slab->data(), size);
  }
  batch_cursor cursor{bytes};
  std::string got;
  std::array<iovec, 5> parts;
  while (!cursor.done()) {
    const std::size_t limit = 1 + random() % 100;
    const auto next = cursor.next(parts, limit);
    REQUIRE(next.parts > 0);
    REQUIRE(next.bytes > 0);
    REQUIRE(next.bytes <= limit);
    std::string offered;
    for (std::size_t i = 0; i < next.parts; ++i)
      offered.append(static_cast<const char*>(parts[i].iov_base),
                     parts[i].iov_len);
    REQUIRE(offered.size() == next.bytes);
    const auto taken = random() % (next.bytes + 1);
    got += offered.substr(0, taken);
    cursor.advance(taken);
  }
  CHECK((got == expected));
}

TEST_CASE("an empty cursor is done") {
  CHECK(batch_cursor{}.done());
  CHECK(batch_cursor{batch{}}.done());
}
