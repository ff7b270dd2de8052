// SPDX-License-Identifier: MPL-2.0
//
// A simulated world: virtual time, what is going to happen in it, one network
// and the reactors that share it (one per simulated thread, process or host;
// they are all pumped by the one thread that calls step()). Everything is
// decided by the seed. The world must outlive its reactors and everything
// that was made from them.

#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "transports/sim/sim_buffers.hpp"
#include "transports/sim/sim_conditions.hpp"
#include "transports/sim/sim_events.hpp"
#include "transports/sim/sim_names.hpp"
#include "transports/sim/sim_network.hpp"
#include "transports/sim/sim_trace.hpp"

namespace zmqrt::transports {

class sim_reactor;

class sim_world {
public:
  /// May change the bytes of one delivery; answers whether it did.
  using tampering = std::function<bool(std::vector<std::byte>&)>;

  explicit sim_world(std::uint64_t seed, sim_conditions conditions = {});
  ~sim_world();
  sim_world(const sim_world&) = delete;
  sim_world& operator=(const sim_world&) = delete;

  // -- pumping --------------------------------------------------------------

  /// Does the next thing and moves time to it. False: there is none.
  bool step();
  /// Steps until `done` answers true. False: it did not by `deadline`, where
  /// time stands then.
  bool run_until(const std::function<bool()>& done, time_point deadline);
  /// Steps through `span` of virtual time and leaves time at its end.
  void run_for(duration span);
  /// Steps until nothing is left to happen, timers included. False: at
  /// `limit` steps it was still busy.
  bool run_to_idle(std::uint64_t limit = 1'000'000);

  // -- what is in it --------------------------------------------------------

  [[nodiscard]] time_point now() const noexcept {
    return now_;
  }
  [[nodiscard]] std::uint64_t seed() const noexcept {
    return seed_;
  }
  [[nodiscard]] sim_conditions& conditions() noexcept {
    return conditions_;
  }
  [[nodiscard]] sim_trace& trace() noexcept {
    return trace_;
  }
  [[nodiscard]] sim_network& network() noexcept {
    return network_;
  }
  [[nodiscard]] sim_names& names() noexcept {
    return names_;
  }
  [[nodiscard]] std::uint64_t steps() const noexcept {
    return steps_;
  }

  /// Freezes a reactor, as SIGSTOP does a process (its kernel goes on), or
  /// lets it go on.
  void freeze(const sim_reactor& which, bool frozen);

  /// From now on each delivery is shown to `change`, until it answers true
  /// once: a bug on purpose, which a property check has to find.
  void plant_bug(tampering change) {
    tamper_ = std::move(change);
  }

  /// Uses of stream, acceptor or dialer against their contract, and exceptions
  /// that nobody was told, in words. Empty in a correct program.
  [[nodiscard]] const std::vector<std::string>& breaches() const noexcept {
    return breaches_;
  }

  // -- for the parts of the simulation --------------------------------------

  void schedule(duration after, std::shared_ptr<sim_subject> subject, int what,
                sim_reactor_number on);
  [[nodiscard]] sim_random& lots() noexcept {
    return lots_;
  }
  /// A lot for how long an operation of a process takes.
  [[nodiscard]] duration operation_time();
  [[nodiscard]] buffer_source& buffers() noexcept {
    return buffers_;
  }
  void note(std::string_view what, std::uint64_t subject,
            std::uint64_t detail) {
    trace_.add({now_, what, subject, detail});
  }
  void breach(std::string what) {
    breaches_.push_back(std::move(what));
  }
  /// Shows a delivery to the planted bug, if there is one.
  void tamper(std::vector<std::byte>& delivery);
  [[nodiscard]] bool tampering_waits() const noexcept {
    return tamper_ != nullptr;
  }

private:
  friend class sim_reactor;

  sim_reactor_number enter(sim_reactor& newcomer);
  void leave(sim_reactor_number which);
  void admit_posts();
  bool step_by(time_point limit);
  void run_event(sim_event event);
  void fire_timers(sim_reactor& of);
  /// Runs callbacks as the reactor would.
  template <class Callbacks>
  void in_turn(sim_reactor& on, Callbacks callbacks);
  void advance(time_point to);
  [[nodiscard]] sim_reactor* next_timer_owner(time_point& when) const;

  std::uint64_t seed_;
  sim_conditions conditions_;
  sim_random lots_;
  time_point now_;
  std::uint64_t steps_ = 0;
  std::uint64_t steps_at_now_ = 0;
  sim_event_queue events_;
  sim_trace trace_;
  sim_buffers buffers_;
  sim_names names_;
  sim_network network_;
  std::vector<sim_reactor*> reactors_; ///< by number; null when gone
  tampering tamper_;
  std::vector<std::string> breaches_;
};

} // namespace zmqrt::transports
