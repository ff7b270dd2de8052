// SPDX-License-Identifier: MPL-2.0
//
// How far a batch has been written: yields the next stretch as iovecs and
// moves on by what the kernel took. Belongs to the stream that sends.

#pragma once

#include <algorithm>
#include <cstddef>
#include <span>

#include <sys/uio.h>

#include "libzmqrt/message/batch.hpp"

namespace zmqrt::transports {

class batch_cursor {
public:
  batch_cursor() noexcept = default;
  explicit batch_cursor(const batch& of) noexcept
    : segments_(of.segments()), left_(of.bytes()) {
  }

  [[nodiscard]] bool done() const noexcept {
    return left_ == 0;
  }

  struct stretch {
    std::size_t parts = 0;
    std::size_t bytes = 0;
  };

  /// Describes the next bytes in `out`, at most `limit` of them.
  [[nodiscard]] stretch next(std::span<iovec> out,
                             std::size_t limit) const noexcept {
    stretch sum;
    auto skip = offset_;
    for (auto i = index_; i < segments_.size(); ++i) {
      if (sum.parts == out.size() || sum.bytes >= limit)
        break;
      const auto& part = segments_[i];
      const auto size = std::min(part.size - skip, limit - sum.bytes);
      if (size > 0) {
        // sendmsg only reads what iovec calls writable
        out[sum.parts++] = {const_cast<std::byte*>(part.data + skip), size};
        sum.bytes += size;
      }
      skip = 0;
    }
    return sum;
  }

  /// The kernel took `count` more bytes.
  void advance(std::size_t count) noexcept {
    left_ -= count;
    while (count > 0) {
      const auto size = segments_[index_].size - offset_;
      if (count < size) {
        offset_ += count;
        return;
      }
      count -= size;
      ++index_;
      offset_ = 0;
    }
  }

private:
  std::span<const segment> segments_;
  std::size_t index_ = 0;
  std::size_t offset_ = 0;
  std::size_t left_ = 0;
};

} // namespace zmqrt::transports
