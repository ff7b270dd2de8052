// SPDX-License-Identifier: MPL-2.0
//
// The two queues shared with the kernel: operations go in, completions are
// collected and then dispatched, so that the stack stays flat. Belongs to the
// loop's thread from enable() on; what is started before waits in the queue.

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include <liburing.h>

#include "libzmqrt/message/time.hpp"
#include "transports/ring/ring_features.hpp"
#include "transports/ring/ring_operation.hpp"

namespace zmqrt::transports {

/// The ring is disabled until its thread takes it over (single issuer).
inline constexpr unsigned deferred_flags = IORING_SETUP_SINGLE_ISSUER
                                           | IORING_SETUP_DEFER_TASKRUN
                                           | IORING_SETUP_R_DISABLED;
inline constexpr unsigned cooperative_flags = IORING_SETUP_COOP_TASKRUN
                                              | IORING_SETUP_TASKRUN_FLAG
                                              | IORING_SETUP_R_DISABLED;

class ring_queue {
public:
  /// Throws std::system_error when the kernel refuses.
  explicit ring_queue(const ring_features& features);
  ~ring_queue();
  ring_queue(const ring_queue&) = delete;
  ring_queue& operator=(const ring_queue&) = delete;

  /// Makes the calling thread the one that submits.
  void enable() noexcept;
  /// What enable() left with the thread is taken back.
  void leave() noexcept;
  /// Ends the ring: the kernel lets go of all buffers.
  void close() noexcept;

  /// Queues `which` as `prepare(sqe)` describes it.
  template <class Prepare>
  void start(ring_operation& which, Prepare&& prepare) noexcept {
    auto* entry = slot();
    prepare(entry);
    io_uring_sqe_set_data(entry, &which);
    which.in_flight_ = true;
  }
  /// Asks for an early end; the operation's last completion still comes.
  void cancel(ring_operation& which) noexcept;

  /// Submits what is queued and looks for completions without waiting.
  void poll() noexcept;
  /// Submits and waits for a completion, until `deadline` if there is one; not
  /// at all while dispatch() owes one.
  void wait(std::optional<time_point> deadline) noexcept;

  /// Hands the collected completions to `call(operation, outcome, flags)`.
  template <class Call>
  void dispatch(Call&& call) {
    // By index: a full queue may make us collect more within a call.
    for (std::size_t i = 0; i < collected_.size(); ++i) {
      const auto each = collected_[i];
      if ((each.flags & IORING_CQE_F_MORE) == 0)
        each.operation->in_flight_ = false;
      call(*each.operation, each.outcome, each.flags);
    }
    collected_.clear();
  }

  [[nodiscard]] io_uring& raw() noexcept {
    return ring_;
  }

private:
  struct completion {
    ring_operation* operation;
    std::int32_t outcome;
    std::uint32_t flags;
  };

  [[nodiscard]] io_uring_sqe* slot() noexcept;
  void collect() noexcept;
  [[nodiscard]] bool has_room() noexcept;

  io_uring ring_{};
  std::vector<completion> collected_;
  bool enabled_ = false;
  bool registered_ = false;
  bool open_ = true;
};

} // namespace zmqrt::transports
