// SPDX-License-Identifier: MPL-2.0
//
// A watcher whose other end is a front: called on any thread, it has the
// front's reactor call a member of that, as long as it lives. Many calls before
// the reactor comes round are one. Refers to the front weakly: it may be gone,
// on any thread.

#pragma once

#include <atomic>
#include <memory>

#include <caf/actor_addr.hpp>
#include <caf/actor_cast.hpp>

#include "actors/gate/watcher.hpp"
#include "transports/reactor.hpp"

namespace zmqrt::actors {

template <class Target>
class call_bell final : public watcher,
                        public transports::task,
                        public std::enable_shared_from_this<call_bell<Target>> {
public:
  call_bell(const std::shared_ptr<transports::reactor>& loop,
            caf::actor_addr target, void (Target::*on_call)())
    : loop_(loop), target_(std::move(target)), on_call_(on_call) {
  }

  void call() noexcept override {
    if (rung_.exchange(true))
      return;
    if (const auto loop = loop_.lock())
      loop->post(this->shared_from_this());
  }

  void run() noexcept override {
    // Cleared first: a call meanwhile must come back.
    rung_.store(false);
    const auto alive = caf::actor_cast<caf::strong_actor_ptr>(target_);
    if (alive)
      (static_cast<Target*>(caf::actor_cast<caf::abstract_actor*>(alive))
         ->*on_call_)();
  }

private:
  // Weak: called late it stays in the list of a loop that has ended.
  std::weak_ptr<transports::reactor> loop_;
  caf::actor_addr target_;
  void (Target::*on_call_)();
  std::atomic<bool> rung_{false};
};

} // namespace zmqrt::actors
