// SPDX-License-Identifier: MPL-2.0
//
// Randomness as an argument: keys and long nonces come from here, so that a
// test or a simulation can say what they are.

#pragma once

#include <cstddef>
#include <span>

namespace zmqrt::keys {

class entropy {
public:
  virtual ~entropy() = default;

  /// Fills `octets` with what nobody can guess. Any thread.
  virtual void fill(std::span<std::byte> octets) noexcept = 0;
};

/// libsodium's generator, which is the system's. Lives as long as the process.
[[nodiscard]] entropy& system_entropy() noexcept;

} // namespace zmqrt::keys
