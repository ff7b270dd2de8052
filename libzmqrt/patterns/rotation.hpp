// SPDX-License-Identifier: MPL-2.0
//
// Pipes in turn: the members of a set, the active ones in front, one of them
// current. Everything is O(1), also with 10,000 members. The order is that of
// libzmq: whoever becomes active goes behind the active ones. Pure.

#pragma once

#include <cstdint>
#include <vector>

#include "libzmqrt/patterns/pattern.hpp"

namespace zmqrt::patterns {

class rotation {
public:
  /// A new member; not active.
  void add(pipe_id pipe);
  void remove(pipe_id pipe) noexcept;
  void set_active(pipe_id pipe, bool active) noexcept;

  /// Whose turn it is; no_pipe: nobody is active.
  [[nodiscard]] pipe_id current() const noexcept {
    return active_ == 0 ? no_pipe : order_[current_];
  }
  /// The turn passes on, if it is still `pipe`'s.
  void advance(pipe_id pipe) noexcept {
    if (current_ < active_ && order_[current_] == pipe && ++current_ == active_)
      current_ = 0;
  }
  [[nodiscard]] bool contains(pipe_id pipe) const noexcept {
    return pipe < place_.size() && place_[pipe] != nowhere;
  }

private:
  static constexpr std::uint32_t nowhere = no_pipe;

  void swap(std::uint32_t a, std::uint32_t b) noexcept;

  std::vector<pipe_id> order_;       // the first active_ are active
  std::vector<std::uint32_t> place_; // by pipe: its index in order_
  std::uint32_t active_ = 0;
  std::uint32_t current_ = 0;
};

} // namespace zmqrt::patterns
