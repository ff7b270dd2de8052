// SPDX-License-Identifier: MPL-2.0
//
// A listening endpoint of a simulated world: its backlog, which the network
// fills, and the acceptor that a reactor's user holds.

#pragma once

#include <deque>
#include <memory>

#include "transports/sim/sim_events.hpp"
#include "transports/stream.hpp"

namespace zmqrt::transports {

class sim_link;
class sim_world;

class sim_listener final : public sim_subject,
                           public std::enable_shared_from_this<sim_listener> {
public:
  sim_listener(sim_world& world, sim_reactor_number on, const address& local,
               const listen_options& options)
    : world_(world), on_(on), local_(local), options_(options) {
  }

  // -- what an acceptor offers ----------------------------------------------

  void start(accept_handler& handler);
  void resume();
  void close();
  /// The acceptor object is gone.
  void abandon();
  [[nodiscard]] const address& local() const noexcept {
    return local_;
  }

  // -- from the network -----------------------------------------------------

  [[nodiscard]] sim_reactor_number on() const noexcept {
    return on_;
  }
  [[nodiscard]] bool is_closing() const noexcept {
    return closing_;
  }
  [[nodiscard]] bool is_full() const noexcept {
    return static_cast<int>(backlog_.size()) >= options_.backlog;
  }
  void arrive(std::shared_ptr<sim_link> connection);
  void on_event(int what) override;

private:
  void schedule_accept();
  void accept();

  sim_world& world_;
  const sim_reactor_number on_;
  const address local_;
  const listen_options options_;
  accept_handler* handler_ = nullptr;
  std::deque<std::shared_ptr<sim_link>> backlog_;
  bool accept_due_ = false;
  bool paused_ = false; ///< after a failure, until resume()
  bool closing_ = false;
  bool closed_ = false;
};

class sim_acceptor final : public acceptor {
public:
  explicit sim_acceptor(std::shared_ptr<sim_listener> listener)
    : listener_(std::move(listener)) {
  }
  ~sim_acceptor() override {
    listener_->abandon();
  }
  void start(accept_handler& handler) override {
    listener_->start(handler);
  }
  void resume() override {
    listener_->resume();
  }
  void close() override {
    listener_->close();
  }
  [[nodiscard]] const address& local() const noexcept override {
    return listener_->local();
  }

private:
  std::shared_ptr<sim_listener> listener_;
};

} // namespace zmqrt::transports
