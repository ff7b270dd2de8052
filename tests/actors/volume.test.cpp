// SPDX-License-Identifier: MPL-2.0
//
// Ten million messages of 128 bytes. Minutes: label soak.

#include "tests/actors/volume.hpp"

namespace zmqrt::test {

TEST_CASE("volume: 10 million from four senders, complete and in order") {
  ON_EVERY(where, places());
  require_volume(where, 2'500'000);
}

} // namespace zmqrt::test
