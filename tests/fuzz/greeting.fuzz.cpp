// SPDX-License-Identifier: MPL-2.0
//
// The greeting: split or whole, the same octets tell the same dialect.

#include "libzmqrt/wire/greeting.hpp"

using namespace zmqrt::wire;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const auto* begin = reinterpret_cast<const std::byte*>(data);
  std::string whole_says;
  std::string split_says;
  greeting whole({}, whole_says), split({}, split_says);
  std::span<const std::byte> all{begin, size};
  whole.receive(all, whole_says);
  for (std::size_t at = 0; at < size && !split.done(); ++at)
    split.receive(all = {begin + at, 1}, split_says);
  if (whole_says != split_says || whole.done() != split.done()
      || whole.spoken() != split.spoken())
    __builtin_trap();
  return 0;
}
