// SPDX-License-Identifier: MPL-2.0
//
// How many of one listener's connections may shake hands at once
// (MAX_HANDSHAKES). Who comes beyond that pushes out the oldest, so that a
// flood of connections that say nothing pushes out itself, and who shakes hands
// promptly is through before its turn. Each one has a while for it: as long as
// the oldest has not had that, the newest goes. Without it, thousands that come
// at once would push out each other before a byte of theirs is read, and again
// when they come back. The listener turns the newest away before it costs
// anything. Pure; one thread, the reactor's.

#pragma once

#include <cstddef>
#include <list>
#include <memory>
#include <utility>

#include "libzmqrt/message/time.hpp"

namespace zmqrt::actors {

/// How long nobody is pushed out.
inline constexpr auto handshake_grace = std::chrono::milliseconds{100};

class half_open;

/// Those that shake hands, oldest first. It belongs to the listener and to
/// those in it.
class half_open_list {
public:
  /// `most`: at least 1.
  explicit half_open_list(std::size_t most) noexcept : most_(most) {
  }

  [[nodiscard]] std::size_t size() const noexcept {
    return members_.size();
  }

  /// Whether one more has to go: the list is full, and the oldest has its time.
  [[nodiscard]] bool turns_away(time_point now) const noexcept {
    return size() >= most_ && now - members_.front().since < handshake_grace;
  }

private:
  friend class half_open;

  struct member {
    half_open* who;
    time_point since;
  };

  std::size_t most_;
  std::list<member> members_;
};

/// One of them. It is in one list at most, and leaves it when it ends.
class half_open {
public:
  half_open() = default;
  half_open(const half_open&) = delete;
  half_open& operator=(const half_open&) = delete;

  /// Once, with a list that did not turn it away, or null: whose number is not
  /// limited. Throws std::bad_alloc.
  void enter(std::shared_ptr<half_open_list> list, time_point now) {
    if (list == nullptr)
      return;
    list->members_.push_back({this, now});
    place_ = std::prev(list->members_.end());
    list_ = std::move(list);
    if (list_->size() <= list_->most_)
      return;
    half_open* const oldest = list_->members_.front().who;
    oldest->leave();
    oldest->on_pushed_out();
  }
  /// It is ready, or over; not in a list: nothing happens.
  void leave() noexcept {
    if (const auto list = std::exchange(list_, nullptr))
      list->members_.erase(place_);
  }

protected:
  ~half_open() {
    leave();
  }

private:
  /// Within another one's enter(). It is in no list any more.
  virtual void on_pushed_out() noexcept = 0;

  std::shared_ptr<half_open_list> list_; // while in it
  std::list<half_open_list::member>::iterator place_;
};

} // namespace zmqrt::actors
