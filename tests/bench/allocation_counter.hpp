// SPDX-License-Identifier: MPL-2.0
//
// Counts every allocation of the process, whoever makes it: the executable's
// malloc family stands in front of the C library's, for shared libraries too.
// Any thread.

#pragma once

#include <cstdint>

namespace zmqrt::test {

/// Calls of malloc, calloc, realloc and the aligned ones, new included.
[[nodiscard]] std::uint64_t allocations() noexcept;

} // namespace zmqrt::test
