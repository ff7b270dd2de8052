// SPDX-License-Identifier: MPL-2.0
//
// How a context ends: shutdown() wakes everybody, terminate() waits for the
// sockets, tear_down() takes the machinery apart.

#include <caf/all.hpp>

#include "actors/context/context_core.hpp"

namespace zmqrt::actors {

void context_core::shutdown() noexcept {
  std::vector<std::shared_ptr<socket_core>> alive;
  {
    std::lock_guard guard{mutex_};
    shut_down_ = true;
    for (auto& weak : sockets_)
      if (auto core = weak.lock())
        alive.push_back(std::move(core));
  }
  for (const auto& core : alive)
    core->door()->fail(make_error_code(errc::terminated));
}

bool context_core::terminate(std::optional<std::chrono::milliseconds> limit) {
  if (waiting_forbidden())
    throw error{errc::would_deadlock, "term",
                "called on a thread of the runtime"};
  shutdown();
  bool over = false;
  {
    lease held{*this};
    if (!held) {
      tear_down(); // waits for whoever is at it
      return true;
    }
    caf::scoped_actor self{*system_, true};
    self->monitor(actor_);
    caf::anon_send(actor_, terminate_context{});
    if (limit)
      self->receive([&](const caf::down_msg&) { over = true; },
                    caf::after(*limit) >> [] {});
    else
      self->receive([&](const caf::down_msg&) { over = true; });
  }
  if (over)
    tear_down();
  return over;
}

void context_core::tear_down() {
  const visit here;
  std::unique_lock guard{mutex_};
  if (ended_) {
    // Another thread is at it, or was: it is over for us when it is for it.
    left_.wait(guard, [this] { return units_.empty(); });
    return;
  }
  ended_ = true;
  left_.wait(guard, [this] { return leases_ == 0; });
  guard.unlock();
  threads_.clear();
  // What was handed to a reactor after its last turn.
  for (auto& unit : units_)
    unit->run_due();
  actor_ = nullptr;
  own_system_.reset();
  guard.lock();
  units_.clear();
  left_.notify_all();
}

} // namespace zmqrt::actors
