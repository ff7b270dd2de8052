// SPDX-License-Identifier: MPL-2.0
//
// WELCOME and READY of a true server, changed or replaced on their way: the
// client takes what is unchanged, and nothing else.

#include "tests/fuzz/curve_patch.hpp"

using namespace zmqrt::security_test;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  if (size < 1)
    return 0;
  curve_parties of;
  std::string body = of.welcome(of.hello());
  if (data[0] % 2 == 0)
    body = of.ready(of.initiate(body));
  const std::string changed = patched(body, data + 1, size - 1);
  const auto bad = of.client->on_command(octets(changed), of.now, of.out);
  require(bad.has_value() == (changed != body));
  require(of.client->complete() == (!bad && data[0] % 2 == 0));
  require(!bad || of.out.empty());
  return 0;
}
