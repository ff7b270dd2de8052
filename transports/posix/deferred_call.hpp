// SPDX-License-Identifier: MPL-2.0
//
// A callback owed by a stream, acceptor or dialer that must not be made from
// within the call that caused it: the reactor makes it later in the turn.
// Intrusive, so that it costs no memory and leaves with its owner. Belongs to
// the reactor's thread.

#pragma once

#include <utility>

namespace zmqrt::transports {

class deferred_call {
public:
  deferred_call() noexcept = default;
  deferred_call(const deferred_call&) = delete;
  deferred_call& operator=(const deferred_call&) = delete;

  virtual ~deferred_call() {
    unlink();
  }

  virtual void on_deferred() = 0;

private:
  friend class deferred_calls;

  void unlink() noexcept {
    if (next_ == nullptr)
      return;
    prev_->next_ = next_;
    next_->prev_ = prev_;
    next_ = prev_ = nullptr;
  }

  deferred_call* next_ = nullptr;
  deferred_call* prev_ = nullptr;
};

/// The calls that one reactor owes, in the order they were asked for.
class deferred_calls {
public:
  deferred_calls() noexcept {
    head_.next_ = head_.prev_ = &head_;
  }

  [[nodiscard]] bool empty() const noexcept {
    return head_.next_ == &head_;
  }

  /// Once is enough: asking again before the call changes nothing.
  void add(deferred_call& which) noexcept {
    if (which.next_ != nullptr)
      return;
    which.prev_ = head_.prev_;
    which.next_ = &head_;
    head_.prev_->next_ = &which;
    head_.prev_ = &which;
  }

  /// Makes the calls that were asked for before; later ones wait.
  template <class Call>
  void run(Call&& call) {
    sentinel end;
    add(end);
    while (head_.next_ != &end) {
      auto& first = *head_.next_;
      first.unlink();
      call(first);
    }
  }

private:
  struct sentinel final : deferred_call {
    void on_deferred() override {
    }
  };

  sentinel head_;
};

} // namespace zmqrt::transports
