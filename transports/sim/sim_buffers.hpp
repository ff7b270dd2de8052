// SPDX-License-Identifier: MPL-2.0
//
// The slabs of a simulation: each one fresh from the heap and exactly as
// large as asked for, so that a sanitizer sees every use beyond its end or
// after its last reference. Slabs may outlive the world. Any thread.

#pragma once

#include <cstdint>

#include "libzmqrt/message/slab.hpp"

namespace zmqrt::transports {

class sim_buffers final : public buffer_source {
public:
  [[nodiscard]] slab_ref take(std::size_t capacity) noexcept override;

  /// How many slabs were taken; for tests.
  [[nodiscard]] std::uint64_t taken() const noexcept {
    return taken_;
  }

private:
  std::uint64_t taken_ = 0;
};

} // namespace zmqrt::transports
