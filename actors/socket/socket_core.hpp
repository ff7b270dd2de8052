// SPDX-License-Identifier: MPL-2.0
//
// What a socket's handles and its actor share: the gate, the events, and,
// while the actor lives, the way to it. Any thread.

#pragma once

#include <memory>
#include <mutex>
#include <string>

#include <caf/actor_addr.hpp>

#include "actors/gate/gate.hpp"
#include "actors/interfaces.hpp"
#include "actors/monitor/event_hub.hpp"

namespace zmqrt::actors {

class context_core;
class reactor_unit;

class socket_core {
public:
  socket_core(std::shared_ptr<context_core> home, socket_type type,
              const socket_options& options)
    : home_(std::move(home)), type_(type),
      door_(std::make_shared<gate>(type, options)),
      events_(std::make_shared<event_hub>()) {
  }

  [[nodiscard]] const std::shared_ptr<context_core>& home() const noexcept {
    return home_;
  }
  [[nodiscard]] socket_type type() const noexcept {
    return type_;
  }
  [[nodiscard]] const std::shared_ptr<gate>& door() const noexcept {
    return door_;
  }
  [[nodiscard]] const std::shared_ptr<event_hub>& events() const noexcept {
    return events_;
  }

  /// Null before the socket is settled, and once the actor is over. Use it
  /// under a lease of the context only.
  [[nodiscard]] socket_handle actor() const {
    std::lock_guard guard{mutex_};
    return actor_;
  }
  /// Whether it has, or had, an actor, or will never have one.
  [[nodiscard]] bool is_settled() const {
    std::lock_guard guard{mutex_};
    return settled_;
  }
  /// Null: it is over.
  void settle(socket_handle actor, reactor_unit* where = nullptr) {
    std::lock_guard guard{mutex_};
    actor_ = std::move(actor);
    where_ = where;
    settled_ = true;
  }
  /// Where its actor lives; null where actor() is.
  [[nodiscard]] reactor_unit* where() const {
    std::lock_guard guard{mutex_};
    return where_;
  }
  /// What the application's actors see of it, if there is one.
  [[nodiscard]] caf::actor_addr front() const {
    std::lock_guard guard{mutex_};
    return front_;
  }
  void set_front(caf::actor_addr who) {
    std::lock_guard guard{mutex_};
    front_ = std::move(who);
  }
  [[nodiscard]] std::string last_endpoint() const {
    std::lock_guard guard{mutex_};
    return last_endpoint_;
  }
  void set_last_endpoint(std::string text) {
    std::lock_guard guard{mutex_};
    last_endpoint_ = std::move(text);
  }

private:
  std::shared_ptr<context_core> home_;
  socket_type type_;
  std::shared_ptr<gate> door_;
  std::shared_ptr<event_hub> events_;
  mutable std::mutex mutex_;
  socket_handle actor_;
  reactor_unit* where_ = nullptr;
  caf::actor_addr front_;
  bool settled_ = false;
  std::string last_endpoint_;
};

} // namespace zmqrt::actors
