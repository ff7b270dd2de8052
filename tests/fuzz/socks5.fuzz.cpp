// SPDX-License-Identifier: MPL-2.0
//
// Any bytes for a SOCKS5 proxy's, in pieces: the client takes no more than a
// conversation has, and what is decided stays so.

#include "libzmqrt/wire/socks5.hpp"

#include <algorithm>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  using namespace zmqrt::wire;
  if (size < 1)
    return 0;
  socks5 client{{"server.test", 80}, {(data[0] & 1) != 0 ? "joe" : "", "pw"}};
  const auto all = std::as_bytes(std::span{data + 1, size - 1});
  const std::size_t piece = std::size_t{1} + (data[0] >> 1);
  std::size_t taken = 0;
  for (std::size_t at = 0; at < all.size(); at += piece) {
    const bool decided = !client.waits();
    const auto why = client.why();
    const bool spoke = !client.take_output().empty();
    auto rest = all.subspan(at, std::min(piece, all.size() - at));
    const std::size_t given = rest.size();
    client.receive(rest);
    taken += given - rest.size();
    const bool failed = client.stage() == socks5_stage::failed;
    if ((decided && (spoke || rest.size() != given || client.why() != why))
        || (client.waits() && !rest.empty()) || failed != bool{client.why()})
      std::abort();
  }
  return taken <= 2 + 2 + 262 ? 0 : (std::abort(), 0);
}
