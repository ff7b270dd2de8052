// SPDX-License-Identifier: MPL-2.0
//
// One message of 1 GiB. Label slow; one process at a time has the memory.

#include <cstring>
#include <memory>

#include "tests/actors/fixture.hpp"

namespace zmqrt::test {

TEST_CASE("giant: a message of 1 GiB passes") {
  ON_EVERY(where, places());
  constexpr std::size_t size = std::size_t{1} << 30;
  constexpr std::size_t step = 8;
  scene it{where};
  auto pull = it.pull();
  auto push = it.push_to(pull);
  auto bytes = std::make_unique_for_overwrite<std::byte[]>(size);
  auto* const data = bytes.get();
  // Every eight bytes say where they are.
  for (std::size_t at = 0; at < size; at += step)
    std::memcpy(data + at, &at, step);
  message giant;
  giant.push_back(frame::adopt(bytes.release(), size, [](void* all, void*) {
    delete[] static_cast<std::byte*>(all);
  }));
  push.send(std::move(giant));
  push.send("behind it");
  pull.set(option::rcvtimeo, patience * 5);
  {
    const auto got = pull.recv();
    REQUIRE(got.size() == 1);
    REQUIRE(got.bytes() == size);
    const auto* const arrived = got[0].data();
    std::size_t wrong = 0;
    for (std::size_t at = 0; at < size; at += step) {
      std::size_t there = 0;
      std::memcpy(&there, arrived + at, step);
      wrong += there == at ? 0 : 1;
    }
    REQUIRE(wrong == 0);
  }
  REQUIRE(pull.recv().str() == "behind it");
}

} // namespace zmqrt::test
