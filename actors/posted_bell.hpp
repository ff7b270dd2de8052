// SPDX-License-Identifier: MPL-2.0
//
// A doorbell whose other end lives on a reactor: rung on any thread, it has
// that reactor call the target's on_bell(). Many rings before the reactor
// comes round are one. Posting it allocates nothing, which an actor message
// per ring would (docs/adr).

#pragma once

#include <atomic>
#include <memory>

#include "actors/gate/doorbell.hpp"
#include "transports/reactor.hpp"

namespace zmqrt::actors {

template <class Target>
class posted_bell final
  : public doorbell,
    public transports::task,
    public std::enable_shared_from_this<posted_bell<Target>> {
public:
  explicit posted_bell(const std::shared_ptr<transports::reactor>& loop)
    : loop_(loop) {
  }

  void ring() noexcept override {
    if (rung_.exchange(true))
      return;
    if (const auto loop = loop_.lock())
      loop->post(this->shared_from_this());
  }

  void run() noexcept override {
    // Cleared first: a ring during on_bell() must come back.
    rung_.store(false);
    if (target_ != nullptr)
      target_->on_bell();
  }

  /// Reactor's thread: whom to call; null once the target is over.
  void set_target(Target* target) noexcept {
    target_ = target;
  }

private:
  // Weak: rung late it stays in the list of a loop that has ended, which it
  // would keep.
  std::weak_ptr<transports::reactor> loop_;
  Target* target_ = nullptr;
  std::atomic<bool> rung_{false};
};

} // namespace zmqrt::actors
