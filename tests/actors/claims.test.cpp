// SPDX-License-Identifier: MPL-2.0
//
// Claims: what a peer says about a frame's size costs nothing by itself.

#include <cstdint>

#include "tests/actors/fixture.hpp"
#include "tests/actors/proc.hpp"
#include "tests/actors/raw_peer.hpp"

namespace zmqrt::test {

namespace {

constexpr std::size_t mib = std::size_t{1} << 20;

} // namespace

TEST_CASE("claims: 50 peers that announce much and send an octet") {
  ON_EVERY(where, wires());
  const auto size = GENERATE(std::uint64_t{3'000'000}, std::uint64_t{1} << 30,
                             std::uint64_t{1} << 40);
  CAPTURE(size);
  scene it{where};
  auto pull = it.pull();
  const auto endpoint = pull.bind(it.fresh());
  std::vector<raw_peer> peers;
  for (int i = 0; i < 50; ++i) {
    peers.emplace_back(endpoint);
    REQUIRE(peers.back().write(greeting() + ready("PUSH") + message_of("x")));
  }
  recv_times(pull, peers.size(), "x");
  const auto before = resident_bytes();
  // The message in front says that what is behind it has been read, too.
  for (const auto& each : peers) {
    REQUIRE(each.write(message_of("z") + long_header(0, size) + "1"));
    REQUIRE(pull.recv().str() == "z");
  }
  const auto after = resident_bytes();
  CAPTURE(before, after);
  if (!sanitized)
    REQUIRE(after < before + 16 * mib);
  if (size > 4 * mib)
    return;
  // The claims were good.
  for (const auto& each : peers) {
    REQUIRE(each.write(std::string(size - 2, '2') + "3"));
    const auto got = pull.recv();
    REQUIRE(got.size() == 1);
    REQUIRE(got[0].size() == size);
    REQUIRE(got[0].view().substr(0, 2) == "12");
    REQUIRE(got[0].view().substr(size - 2) == "23");
  }
}

} // namespace zmqrt::test
