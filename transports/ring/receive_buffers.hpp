// SPDX-License-Identifier: MPL-2.0
//
// Slabs that the kernel may receive into, of one size, for all streams of a
// ring: it picks one when data is there, so that an idle stream holds none. A
// well filled slab leaves and is replaced, else its bytes are copied out and
// it stays. Belongs to the loop's thread.

#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <liburing.h>

#include "libzmqrt/message/slab.hpp"

namespace zmqrt::transports {

class receive_buffers {
public:
  /// `count` slabs (a power of two) of `size` bytes as group `group`.
  receive_buffers(io_uring& ring, buffer_source& source, std::uint16_t group,
                  std::size_t count, std::size_t size);
  /// After the ring's end: the kernel writes into slabs until then.
  ~receive_buffers();
  receive_buffers(const receive_buffers&) = delete;
  receive_buffers& operator=(const receive_buffers&) = delete;

  /// Whether the kernel knows buffer rings.
  [[nodiscard]] bool granted() const noexcept {
    return table_ != nullptr;
  }
  [[nodiscard]] std::uint16_t group() const noexcept {
    return group_;
  }
  [[nodiscard]] std::size_t size() const noexcept {
    return size_;
  }

  /// Takes the `count` bytes that the kernel put into buffer `id`.
  [[nodiscard]] slab_ref take(std::uint16_t id, std::size_t count) noexcept;
  /// Takes buffer `id` back unread.
  void put_back(std::uint16_t id) noexcept;
  /// Makes good what memory was lacking for; false: there is no buffer.
  [[nodiscard]] bool refill() noexcept;

private:
  void provide(std::uint16_t id) noexcept;

  buffer_source& source_;
  io_uring_buf_ring* table_ = nullptr;
  std::uint16_t group_;
  std::size_t size_;
  std::vector<slab_ref> slabs_; // by id
  std::size_t missing_;
};

} // namespace zmqrt::transports
