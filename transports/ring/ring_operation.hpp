// SPDX-License-Identifier: MPL-2.0
//
// One operation of a ring, owned by whoever wants it done: its address is the
// user data, and it stays where it is until its last completion. Belongs to
// the loop's thread.

#pragma once

#include <cstdint>

namespace zmqrt::transports {

class ring_operation {
public:
  ring_operation() noexcept = default;
  ring_operation(const ring_operation&) = delete;
  ring_operation& operator=(const ring_operation&) = delete;

  virtual ~ring_operation() = default;

  /// Called for each completion; `flags` as in the completion entry.
  virtual void on_completion(int outcome, std::uint32_t flags) = 0;

  /// Whether another completion is to come.
  [[nodiscard]] bool in_flight() const noexcept {
    return in_flight_;
  }

private:
  friend class ring_queue;

  bool in_flight_ = false;
};

} // namespace zmqrt::transports
