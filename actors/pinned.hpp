// SPDX-License-Identifier: MPL-2.0
//
// Actors that live on a reactor. A pinned actor overrides the two doors by
// which CAF 0.17 hands an actor to a scheduler, enqueue() and launch(), and
// names its reactor's unit there: so all of its handlers run on the reactor's
// thread. Completions of the reactor enter it by enter(), as plain calls.
// (CAF 1.x: scheduler* instead of execution_unit*; only this file changes.)

#pragma once

#include <exception>
#include <utility>

#include <caf/all.hpp>

#include "actors/reactor_unit.hpp"

namespace zmqrt::actors {

template <class Base>
class pinned : public Base {
public:
  pinned(caf::actor_config& config, reactor_unit& unit)
    : Base(config), unit_(unit) {
  }

  // -- the two doors --------------------------------------------------------

  using Base::enqueue;

  void enqueue(caf::mailbox_element_ptr what, caf::execution_unit*) override {
    Base::enqueue(std::move(what), &unit_);
  }

  void launch(caf::execution_unit*, bool lazy, bool hide) override {
    Base::launch(&unit_, lazy, hide);
  }

  caf::resumable::subtype_t subtype() const override {
    return caf::resumable::io_actor;
  }

protected:
  /// Runs `body` as if it were a message handler: a completion's way in.
  /// Reactor's thread. An exception ends the actor, nothing else.
  template <class Body>
  void enter(Body&& body) {
    if (this->getf(caf::abstract_actor::is_terminated_flag))
      return;
    // Keeps the actor while its handler may end it.
    caf::strong_actor_ptr keep{this->ctrl()};
    this->context(&unit_);
    try {
      std::forward<Body>(body)();
    } catch (const std::exception& problem) {
      this->quit(caf::make_error(caf::sec::runtime_error, problem.what()));
    } catch (...) {
      this->quit(caf::make_error(caf::sec::runtime_error));
    }
    this->finalize();
  }

  /// For on_exit(). A monitor is an entry at the parent that names this actor:
  /// left there, it would keep this actor's memory as long as the parent
  /// lives.
  void end_monitoring(const caf::actor_addr& parent) {
    this->demonitor(parent);
  }

  /// In on_exit(): whether it ends as nobody refers to it any more. Then it
  /// runs on whatever thread has dropped the last reference.
  [[nodiscard]] bool is_unreachable() const noexcept {
    return this->ctrl()->strong_refs == 0;
  }

  [[nodiscard]] reactor_unit& unit() noexcept {
    return unit_;
  }
  [[nodiscard]] transports::reactor& loop() noexcept {
    return unit_.loop();
  }

private:
  reactor_unit& unit_;
};

/// Spawns a pinned actor, hidden: it does not hold up its actor system's end.
template <class Actor, class... Args>
auto spawn_pinned(reactor_unit& unit, Args&&... args) {
  caf::actor_config config{&unit};
  return unit.system().template spawn_class<Actor, caf::hidden>(
    config, unit, std::forward<Args>(args)...);
}

} // namespace zmqrt::actors
