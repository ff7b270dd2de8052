// SPDX-License-Identifier: MPL-2.0
//
// One direction of a simulated connection: the bytes that the kernels at both
// ends and the network between them hold, bounded. Bytes are written, depart
// in segments, arrive in order, and can be read then.

#pragma once

#include <cstddef>
#include <deque>
#include <vector>

namespace zmqrt::transports {

class sim_flow {
public:
  explicit sim_flow(std::size_t capacity) : capacity_(capacity) {
  }

  /// How many bytes the sending kernel would accept now.
  [[nodiscard]] std::size_t room() const noexcept {
    return capacity_ - held_;
  }
  /// Accepts `size` bytes, at most room().
  void write(const std::byte* data, std::size_t size);
  /// The last `size` bytes that were written are one segment, on its way
  /// until arrive().
  void depart(std::size_t size) {
    segments_.push_back(size);
  }
  /// The last `size` bytes that were written never departed.
  void swallow(std::size_t size) noexcept {
    held_ -= size;
  }
  /// The sender's end, behind all that was written.
  void end();
  [[nodiscard]] bool end_sent() const noexcept {
    return end_sent_;
  }

  /// The next segment (or the end) arrives.
  void arrive();
  /// Nothing that is still on its way will ever arrive.
  void cut();
  /// Drops everything, read or not.
  void discard();

  [[nodiscard]] std::size_t readable() const noexcept {
    return arrived_;
  }
  /// Whether the sender's end is all that is left to read.
  [[nodiscard]] bool ended() const noexcept {
    return end_arrived_ && arrived_ == 0;
  }
  /// Takes `size` bytes, at most readable().
  void read(std::byte* to, std::size_t size);

private:
  static constexpr std::size_t end_mark = 0;

  std::size_t capacity_;
  std::vector<std::byte> ring_; ///< made with the first byte
  std::size_t front_ = 0;
  std::size_t held_ = 0;    ///< in the ring
  std::size_t arrived_ = 0; ///< of those, readable
  std::deque<std::size_t> segments_;
  bool end_sent_ = false;
  bool end_arrived_ = false;
};

} // namespace zmqrt::transports
