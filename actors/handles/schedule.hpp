// SPDX-License-Identifier: MPL-2.0
//
// A queue of steps that allocates nothing: a ring through the steps. One
// thread. Pure.

#pragma once

#include "zmqrt/scheduled.hpp"

namespace zmqrt::detail {

class schedule {
public:
  schedule() noexcept {
    ring_.before = ring_.after = &ring_;
  }
  /// Those inside are left in no queue.
  ~schedule() {
    while (pop() != nullptr) {
    }
  }
  schedule(const schedule&) = delete;
  schedule& operator=(const schedule&) = delete;

  [[nodiscard]] bool empty() const noexcept {
    return ring_.after == &ring_;
  }
  /// One that is queued already moves.
  void push_back(scheduled& what) noexcept {
    what.unlink();
    insert(what, *ring_.before);
  }
  void push_front(scheduled& what) noexcept {
    what.unlink();
    insert(what, ring_);
  }
  /// Null: there is none.
  scheduled* pop() noexcept {
    if (empty())
      return nullptr;
    auto* const first = static_cast<scheduled*>(ring_.after);
    first->unlink();
    return first;
  }
  /// Takes over all of the other's, behind its own.
  void take(schedule& other) noexcept {
    while (auto* const next = other.pop())
      push_back(*next);
  }

private:
  void insert(links& what, links& behind) noexcept {
    what.before = &behind;
    what.after = behind.after;
    behind.after->before = &what;
    behind.after = &what;
  }

  links ring_;
};

} // namespace zmqrt::detail
