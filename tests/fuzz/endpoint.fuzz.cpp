// SPDX-License-Identifier: MPL-2.0
//
// Any bytes as an endpoint: understood, or refused with a rule.

#include "libzmqrt/endpoint/endpoint.hpp"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  using namespace zmqrt;
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  for (endpoint_use use : {endpoint_use::bind, endpoint_use::connect}) {
    const auto got = parse_endpoint(text, use);
    if (got ? got->text != text : got.why().rule.empty())
      std::abort();
  }
  return 0;
}
