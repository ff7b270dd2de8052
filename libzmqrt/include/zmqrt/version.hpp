// SPDX-License-Identifier: MPL-2.0
//
// Which zmqrt this is, and what it was built with. Any thread.

#pragma once

#include <compare>
#include <string_view>

#include "zmqrt/export.hpp"

namespace zmqrt {

/// In the order of semantic versioning.
struct version_number {
  int major = 0;
  int minor = 0;
  int patch = 0;

  auto operator<=>(const version_number&) const = default;
};

/// The library's that runs, as zmq_version(3); not libzmq's.
[[nodiscard]] ZMQRT_EXPORT version_number version() noexcept;

/// By libzmq's names (zmq_has(3)): "ipc", "curve", "draft" ... Anything else is
/// false.
[[nodiscard]] ZMQRT_EXPORT bool has(std::string_view capability) noexcept;

} // namespace zmqrt
