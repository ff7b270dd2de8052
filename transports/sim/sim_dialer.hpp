// SPDX-License-Identifier: MPL-2.0
//
// One attempt at a connection in a simulated world, and the dialer that a
// reactor's user holds.

#pragma once

#include <memory>
#include <system_error>

#include "transports/sim/sim_events.hpp"
#include "transports/stream.hpp"

namespace zmqrt::transports {

class sim_link;
class sim_world;

class sim_attempt final : public sim_subject,
                          public std::enable_shared_from_this<sim_attempt> {
public:
  sim_attempt(sim_world& world, const address& to, sim_reactor_number on,
              const dial_options& options)
    : world_(world), on_(on), to_(to), options_(options) {
  }

  void start(dial_handler& handler);
  void close();
  /// The dialer object is gone.
  void abandon();
  void on_event(int what) override;

private:
  void knock();
  void answer(std::error_code why);
  void conclude();

  sim_world& world_;
  const sim_reactor_number on_;
  const address to_;
  const dial_options options_;
  dial_handler* handler_ = nullptr;
  std::shared_ptr<sim_link> link_;
  std::error_code refused_;
  bool closing_ = false;
  bool concluded_ = false; ///< the one callback was made
};

class sim_dialer final : public dialer {
public:
  explicit sim_dialer(std::shared_ptr<sim_attempt> attempt)
    : attempt_(std::move(attempt)) {
  }
  ~sim_dialer() override {
    attempt_->abandon();
  }
  void start(dial_handler& handler) override {
    attempt_->start(handler);
  }
  void close() override {
    attempt_->close();
  }

private:
  std::shared_ptr<sim_attempt> attempt_;
};

} // namespace zmqrt::transports
