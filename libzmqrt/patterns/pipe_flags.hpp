// SPDX-License-Identifier: MPL-2.0
//
// Yes or no for each pipe, as whether it can take a message. Pure.

#pragma once

#include <vector>

#include "libzmqrt/patterns/pattern.hpp"

namespace zmqrt::patterns {

class pipe_flags {
public:
  /// A new pipe: no.
  void add(pipe_id pipe) {
    if (pipe >= flags_.size())
      flags_.resize(pipe + 1);
    flags_[pipe] = false;
  }
  void set(pipe_id pipe, bool on) noexcept {
    flags_[pipe] = on;
  }
  [[nodiscard]] bool operator[](pipe_id pipe) const noexcept {
    return flags_[pipe];
  }
  /// One more than the greatest number of a pipe so far.
  [[nodiscard]] pipe_id end() const noexcept {
    return static_cast<pipe_id>(flags_.size());
  }

private:
  std::vector<bool> flags_;
};

} // namespace zmqrt::patterns
