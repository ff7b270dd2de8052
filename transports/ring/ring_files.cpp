// SPDX-License-Identifier: MPL-2.0
//
// The ring's table of files. See ring_files.hpp.

#include "transports/ring/ring_files.hpp"

#include <algorithm>
#include <array>
#include <new>

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <unistd.h>

#include "transports/posix/descriptor.hpp"

namespace zmqrt::transports {

namespace {

constexpr int no_file = -1;

/// The kernel refuses a table above the limit of descriptors, and liburing
/// would then raise the limit of the whole process.
ring_files::slot allowed(ring_files::slot wanted) noexcept {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
    return 0;
  return static_cast<ring_files::slot>(
    std::min<rlim_t>(limit.rlim_cur, wanted));
}

} // namespace

ring_files::ring_files(io_uring& ring, slot capacity) noexcept
  : ring_(ring), capacity_(capacity) {
}

std::optional<ring_files::slot> ring_files::add(int fd) noexcept {
  if (!has_table())
    return std::nullopt;
  const auto which = next();
  if (!which)
    return std::nullopt;
  if (io_uring_register_files_update(&ring_, *which, &fd, 1) == 1)
    return which;
  free_.push_back(*which); // ENOMEM
  return std::nullopt;
}

bool ring_files::remove(slot which) noexcept {
  const bool gone =
    io_uring_register_files_update(&ring_, which, &no_file, 1) == 1;
  free_.push_back(which);
  return gone;
}

bool ring_files::has_table() noexcept {
  if (tabled_ || capacity_ == 0)
    return tabled_;
  capacity_ = allowed(capacity_);
  tabled_ =
    capacity_ != 0 && io_uring_register_files_sparse(&ring_, capacity_) == 0;
  if (!tabled_)
    capacity_ = 0; // asked once
  return tabled_;
}

std::optional<ring_files::slot> ring_files::next() noexcept {
  if (!free_.empty()) {
    const auto out = free_.back();
    free_.pop_back();
    return out;
  }
  if (used_ == capacity_)
    return std::nullopt;
  try {
    // For its return, which may not fail.
    if (free_.capacity() <= used_)
      free_.reserve(2 * used_ + 8);
  } catch (const std::bad_alloc&) {
    return std::nullopt;
  }
  return used_++;
}

bool ring_files::work_on(io_uring& ring) noexcept {
  // Before Linux 6.13, a file that was taken out stayed open for as long as any
  // older operation on any file of the table was in flight: with one idle
  // connection, no peer of another saw its end (liburing's issue 1192).
  const descriptor silent{eventfd(0, EFD_CLOEXEC)};
  std::array<int, 2> ends{-1, -1};
  if (!silent || pipe2(ends.data(), O_CLOEXEC) != 0)
    return false;
  descriptor reader{ends[0]};
  const descriptor writer{ends[1]};
  ring_files files{ring, 2};
  const auto waited_for = files.add(silent.get());
  if (!waited_for)
    return false;
  auto* entry = io_uring_get_sqe(&ring);
  io_uring_prep_poll_add(entry, static_cast<int>(*waited_for), POLLIN);
  entry->flags |= IOSQE_FIXED_FILE;
  if (io_uring_submit(&ring) != 1)
    return false;
  const auto left = files.add(reader.get());
  if (!left || !files.remove(*left))
    return false;
  reader.close();
  pollfd seen{writer.get(), 0, 0};
  return ::poll(&seen, 1, 0) == 1 && (seen.revents & POLLERR) != 0;
}

} // namespace zmqrt::transports
