// SPDX-License-Identifier: MPL-2.0
//
// What is going to happen in a simulation, and when: a heap of events by
// virtual time. Events of one instant come in an order drawn by lot, so that
// independent streams complete in any order; nothing is ordered by address.

#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "libzmqrt/message/time.hpp"

namespace zmqrt::transports {

/// Number of the reactor that an event belongs to; `no_reactor` for those of
/// the network itself.
using sim_reactor_number = std::uint32_t;
inline constexpr sim_reactor_number no_reactor = 0xffffffffU;

/// Something that events happen to.
class sim_subject {
public:
  virtual void on_event(int what) = 0;

protected:
  ~sim_subject() = default;
};

struct sim_event {
  time_point when{};
  std::uint64_t lot = 0;
  std::uint64_t order = 0;
  /// Empty: a turn of the reactor for what was posted.
  std::shared_ptr<sim_subject> subject;
  int what = 0;
  sim_reactor_number on = no_reactor;
};

class sim_event_queue {
public:
  void push(sim_event event) {
    event.order = next_order_++;
    heap_.push_back(std::move(event));
    std::push_heap(heap_.begin(), heap_.end(), later);
  }
  [[nodiscard]] bool empty() const noexcept {
    return heap_.empty();
  }
  /// The queue must not be empty.
  [[nodiscard]] time_point next() const noexcept {
    return heap_.front().when;
  }
  [[nodiscard]] sim_event pop() {
    std::pop_heap(heap_.begin(), heap_.end(), later);
    sim_event event = std::move(heap_.back());
    heap_.pop_back();
    return event;
  }
  void clear() {
    heap_.clear();
  }

private:
  static bool later(const sim_event& a, const sim_event& b) noexcept {
    if (a.when != b.when)
      return a.when > b.when;
    return a.lot != b.lot ? a.lot > b.lot : a.order > b.order;
  }

  std::vector<sim_event> heap_;
  std::uint64_t next_order_ = 0;
};

} // namespace zmqrt::transports
