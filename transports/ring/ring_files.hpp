// SPDX-License-Identifier: MPL-2.0
//
// The files that the ring keeps at hand, so that an operation names a slot and
// the kernel need not look a descriptor up and count its users each time. The
// table comes with the first file. Belongs to the loop's thread.

#pragma once

#include <optional>
#include <vector>

#include <liburing.h>

namespace zmqrt::transports {

class ring_files {
public:
  using slot = unsigned;

  /// A table of up to `capacity` files for `ring`, none at all with zero.
  ring_files(io_uring& ring, slot capacity) noexcept;
  ring_files(const ring_files&) = delete;
  ring_files& operator=(const ring_files&) = delete;

  /// Has the ring hold what `fd` refers to. Empty: the table is full or
  /// refused, and `fd` itself will do.
  [[nodiscard]] std::optional<slot> add(int fd) noexcept;
  /// Has the ring let go, with no operation on `which` queued or in flight.
  /// False: the kernel refused, so that the file lives until the slot is
  /// filled anew.
  [[nodiscard]] bool remove(slot which) noexcept;

  /// Whether the kernel has such tables and lets go of a file at once, whatever
  /// else is in flight. Leaves `ring` in need of its end.
  [[nodiscard]] static bool work_on(io_uring& ring) noexcept;

private:
  [[nodiscard]] bool has_table() noexcept;
  [[nodiscard]] std::optional<slot> next() noexcept;

  io_uring& ring_;
  slot capacity_;
  slot used_ = 0; // slots from here on were never filled
  bool tabled_ = false;
  std::vector<slot> free_; // has room for all used
};

} // namespace zmqrt::transports
