// SPDX-License-Identifier: MPL-2.0
//
// A batch as a gate makes it: what the engine rewrites, or makes boxes of.

#pragma once

#include "tests/support/catch.hpp"
#include "tests/unit/wire/feeder.hpp"

namespace zmqrt::wire_test {

inline batch framed(buffer_source& source,
                    const std::vector<frames>& messages) {
  batch out;
  batch_writer writer(source);
  for (const frames& parts : messages) {
    message whole;
    for (const std::string& part : parts)
      whole.push_back(part);
    REQUIRE(writer.append(out, whole));
  }
  return out;
}

} // namespace zmqrt::wire_test
