// SPDX-License-Identifier: MPL-2.0
//
// Submission and completion. See ring_queue.hpp.

#include "transports/ring/ring_queue.hpp"

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <chrono>
#include <new>
#include <system_error>
#include <utility>

namespace zmqrt::transports {

namespace {

constexpr unsigned submission_entries = 1024;
constexpr unsigned completion_entries = 8192;

int set_up(io_uring& ring, unsigned flags) noexcept {
  io_uring_params wanted{};
  wanted.flags = flags | IORING_SETUP_CQSIZE | IORING_SETUP_CLAMP;
  wanted.cq_entries = completion_entries;
  return io_uring_queue_init_params(submission_entries, &ring, &wanted);
}

__kernel_timespec time_left(time_point deadline) noexcept {
  using std::chrono::nanoseconds;
  const auto left =
    std::max(nanoseconds{0}, deadline - std::chrono::steady_clock::now());
  const auto seconds = std::chrono::floor<std::chrono::seconds>(left);
  __kernel_timespec out{};
  out.tv_sec = seconds.count();
  out.tv_nsec = (left - seconds).count();
  return out;
}

/// Outcomes of io_uring_enter(2) after which the loop just goes on: nothing
/// came in time, a signal came, or the kernel wants completions taken first.
[[maybe_unused]] bool is_expected(int status) noexcept {
  return status >= 0 || status == -ETIME || status == -EINTR
         || status == -EAGAIN || status == -EBUSY || status == -ENOMEM;
}

} // namespace

ring_queue::ring_queue(const ring_features& features) {
  int status = -EINVAL;
  if (features.deferred_taskrun)
    status = set_up(ring_, deferred_flags);
  if (status != 0 && features.cooperative_taskrun)
    status = set_up(ring_, cooperative_flags);
  if (status != 0)
    status = set_up(ring_, IORING_SETUP_R_DISABLED);
  if (status != 0)
    throw std::system_error(-status, std::system_category(), "io_uring_setup");
  collected_.reserve(completion_entries);
}

ring_queue::~ring_queue() {
  close();
}

void ring_queue::enable() noexcept {
  if (!enabled_) {
    // liburing 2.3 declares io_uring_enable_rings() and does not export it.
    [[maybe_unused]] const auto status =
      io_uring_register(static_cast<unsigned>(ring_.ring_fd),
                        IORING_REGISTER_ENABLE_RINGS, nullptr, 0);
    assert(status == 0);
    enabled_ = true;
  }
  // Saves a look-up per enter. Refused where the thread has too many: fine.
  registered_ = io_uring_register_ring_fd(&ring_) == 1;
}

void ring_queue::leave() noexcept {
  // The registration is the thread's own; another thread that closed the ring
  // would drop one of its own rings instead.
  if (std::exchange(registered_, false))
    io_uring_unregister_ring_fd(&ring_);
}

void ring_queue::close() noexcept {
  if (std::exchange(open_, false))
    io_uring_queue_exit(&ring_);
}

void ring_queue::cancel(ring_operation& which) noexcept {
  auto* entry = slot();
  io_uring_prep_cancel(entry, &which, 0);
  io_uring_sqe_set_data(entry, nullptr);
}

void ring_queue::poll() noexcept {
  [[maybe_unused]] const auto status = io_uring_submit_and_get_events(&ring_);
  assert(is_expected(status));
  collect();
}

void ring_queue::wait(std::optional<time_point> deadline) noexcept {
  // slot() may have collected some since the last dispatch().
  if (!collected_.empty()) {
    poll();
    return;
  }
  int status = 0;
  do { // a signal is nothing to make a turn for
    if (deadline) {
      auto left = time_left(*deadline);
      io_uring_cqe* first = nullptr;
      status =
        io_uring_submit_and_wait_timeout(&ring_, &first, 1, &left, nullptr);
    } else {
      status = io_uring_submit_and_wait(&ring_, 1);
    }
  } while (status == -EINTR && io_uring_cq_ready(&ring_) == 0);
  assert(is_expected(status));
  collect();
}

io_uring_sqe* ring_queue::slot() noexcept {
  auto* entry = io_uring_get_sqe(&ring_);
  while (entry == nullptr) {
    if (!enabled_)
      enable();
    const auto status = io_uring_submit(&ring_);
    assert(is_expected(status));
    if (status < 0)
      poll(); // its completions make room
    entry = io_uring_get_sqe(&ring_);
  }
  return entry;
}

void ring_queue::collect() noexcept {
  io_uring_cqe* entry = nullptr;
  unsigned head = 0;
  unsigned count = 0;
  io_uring_for_each_cqe(&ring_, head, entry) {
    if (!has_room())
      break; // the rest waits in the ring, wait() will not
    ++count;
    auto* which = static_cast<ring_operation*>(io_uring_cqe_get_data(entry));
    if (which != nullptr) // else a cancellation's own completion
      collected_.push_back({which, entry->res, entry->flags});
  }
  io_uring_cq_advance(&ring_, count);
}

bool ring_queue::has_room() noexcept {
  if (collected_.size() < collected_.capacity())
    return true;
  // More than a ringful between two dispatches: slot() collected, too.
  try {
    collected_.reserve(2 * collected_.capacity());
    return true;
  } catch (const std::bad_alloc&) {
    return false;
  }
}

} // namespace zmqrt::transports
