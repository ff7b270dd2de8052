// SPDX-License-Identifier: MPL-2.0
//
// How a context ends: shutdown() wakes everybody, terminate() gives up inproc
// wishes and waits for the sockets, tear_down() takes the machinery apart.

#include <thread>

#include <caf/all.hpp>

#include "actors/context/context_core.hpp"

namespace zmqrt::actors {

void context_core::shutdown() noexcept {
  std::unique_lock guard{mutex_};
  shut_down_ = true;
  // Without memory of its own, and a socket must not end under the mutex. None
  // is added any more, and those that go move others to the front only: on the
  // way to it each of them is met.
  for (std::size_t i = sockets_.size(); i-- > 0;) {
    if (i >= sockets_.size())
      continue;
    auto core = sockets_[i].lock();
    guard.unlock();
    if (core != nullptr)
      core->door()->fail(make_error_code(errc::terminated));
    core.reset();
    guard.lock();
  }
}

void context_core::end(const std::shared_ptr<context_core>& core) noexcept {
  const auto finished = [](context_core& which) noexcept {
    try {
      return which.terminate(std::nullopt);
    } catch (const std::exception&) {
      return false;
    }
  };
  if (finished(*core))
    return;
  try {
    std::thread{[core, finished] {
      if (!finished(*core))
        core->leave_behind();
    }}.detach();
  } catch (const std::exception&) {
    core->leave_behind();
  }
}

bool context_core::terminate(std::optional<std::chrono::milliseconds> limit) {
  if (waiting_forbidden())
    throw error{errc::would_deadlock, "term",
                "called on a thread of the runtime"};
  shutdown();
  for (const auto& core : sockets())
    close_unsettled(*core);
  inproc_.give_up();
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
  decides_->set({});
  own_system_.reset();
  guard_.reset();
  guard.lock();
  units_.clear();
  left_.notify_all();
}

} // namespace zmqrt::actors
