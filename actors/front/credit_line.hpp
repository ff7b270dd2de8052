// SPDX-License-Identifier: MPL-2.0
//
// How much may be on its way to an actor. What is handed over is owed; every
// lump of it goes as a request, whose answer says that the actor has dealt with
// all of it so far, as its mailbox keeps their order. So a run of messages
// costs one answer, and nobody has to give credit back by hand. Pure.

#pragma once

#include <algorithm>
#include <cstddef>
#include <utility>

namespace zmqrt::actors {

class credit_line {
public:
  explicit credit_line(std::size_t limit) noexcept
    : limit_(std::max<std::size_t>(limit, 1)), lump_((limit_ + 1) / 2) {
  }

  /// How many may be handed over now. One more where the limit has become less
  /// than what is owed, and nobody has been asked to answer yet.
  [[nodiscard]] std::size_t left() const noexcept {
    if (limit_ > owed_)
      return limit_ - owed_;
    return owed_ == unasked_ ? 1 : 0;
  }
  /// So many are handed over. Not 0: as a request, and its answer gives back
  /// so many.
  [[nodiscard]] std::size_t hand_over(std::size_t count) noexcept {
    owed_ += count;
    unasked_ += count;
    return unasked_ >= lump_ ? std::exchange(unasked_, 0) : 0;
  }
  void give_back(std::size_t count) noexcept {
    owed_ -= std::min(count, owed_);
  }
  /// A new limit; what is owed stays owed.
  void set_limit(std::size_t limit) noexcept {
    limit_ = std::max<std::size_t>(limit, 1);
    lump_ = (limit_ + 1) / 2;
  }

private:
  std::size_t limit_;
  std::size_t lump_;
  std::size_t owed_ = 0;
  std::size_t unasked_ = 0; // of those, not covered by a request
};

} // namespace zmqrt::actors
