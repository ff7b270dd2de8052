// SPDX-License-Identifier: MPL-2.0
//
// HELLO and INITIATE of a true client, changed or replaced on their way: the
// server is complete only with what is unchanged.

#include "tests/fuzz/curve_patch.hpp"

using namespace zmqrt::security_test;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  if (size < 1)
    return 0;
  curve_parties of;
  std::string hello = of.hello();
  if (data[0] % 2 != 0) {
    const std::string changed = patched(hello, data + 1, size - 1);
    const std::string welcome = of.welcome(changed);
    // A key may differ in the bit that X25519 ignores: it is not vouched for.
    const bool complete =
      !welcome.empty() && !of.ready(of.initiate(welcome)).empty();
    require(complete == (changed == hello));
    return 0;
  }
  const std::string initiate = of.initiate(of.welcome(hello));
  const std::string changed = patched(initiate, data + 1, size - 1);
  const bool complete = !of.ready(changed).empty();
  require(complete == (changed == initiate));
  require(of.server->complete() == complete);
  return 0;
}
