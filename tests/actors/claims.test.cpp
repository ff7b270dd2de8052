// SPDX-License-Identifier: MPL-2.0
//
// Claims: what a peer says about a frame's size costs nothing by itself.

#include <cstdint>
#include <fstream>

#include "tests/actors/fixture.hpp"
#include "tests/actors/raw_peer.hpp"
#include "tests/support/sanitized.hpp"

namespace zmqrt::test {

namespace {

constexpr std::size_t mib = std::size_t{1} << 20;

/// Of this process, in the memory of the machine.
std::size_t resident_bytes() {
  std::ifstream statm("/proc/self/statm");
  std::size_t all = 0;
  std::size_t resident = 0;
  statm >> all >> resident;
  REQUIRE(resident != 0);
  return resident * static_cast<std::size_t>(::getpagesize());
}

/// The header of a long frame.
std::string header_of(std::uint64_t size) {
  std::string bytes(1, '\x02');
  for (int shift = 56; shift >= 0; shift -= 8)
    bytes += static_cast<char>(size >> static_cast<unsigned>(shift));
  return bytes;
}

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
  for (std::size_t i = 0; i < peers.size(); ++i)
    REQUIRE(pull.recv().str() == "x");
  const auto before = resident_bytes();
  // The message in front says that what is behind it has been read, too.
  for (const auto& each : peers) {
    REQUIRE(each.write(message_of("z") + header_of(size) + "1"));
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
