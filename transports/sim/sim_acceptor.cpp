// SPDX-License-Identifier: MPL-2.0
//
// A listening endpoint of a simulated world. See sim_acceptor.hpp.

#include "transports/sim/sim_acceptor.hpp"

#include <algorithm>
#include <utility>

#include "transports/sim/sim_link.hpp"
#include "transports/sim/sim_world.hpp"

namespace zmqrt::transports {

namespace {

enum listener_event : int { accept_event, closed_event };

} // namespace

void sim_listener::start(accept_handler& handler) {
  if (handler_ != nullptr || closing_)
    world_.breach("acceptor: start() twice, or after close()");
  handler_ = &handler;
  schedule_accept();
}

void sim_listener::resume() {
  if (handler_ == nullptr)
    world_.breach("acceptor: resume() before start()");
  paused_ = false;
  schedule_accept();
}

void sim_listener::close() {
  if (closing_)
    return;
  closing_ = true;
  for (auto& each : std::exchange(backlog_, {})) {
    each->abort(sim_link::server);
    each->end(sim_link::server).close();
  }
  if (handler_ != nullptr)
    world_.schedule(world_.operation_time(), shared_from_this(), closed_event,
                    on_);
  else
    world_.network().unbind(*this);
}

void sim_listener::abandon() {
  if (handler_ != nullptr && !closed_) {
    world_.breach("acceptor: destroyed before on_acceptor_closed()");
    handler_ = nullptr;
    closed_ = true;
    world_.network().unbind(*this);
  }
  close();
}

void sim_listener::arrive(std::shared_ptr<sim_link> connection) {
  backlog_.push_back(std::move(connection));
  schedule_accept();
}

void sim_listener::on_event(int what) {
  if (what == accept_event) {
    accept_due_ = false;
    accept();
    return;
  }
  if (handler_ == nullptr)
    return;
  closed_ = true;
  world_.network().unbind(*this);
  handler_->on_acceptor_closed(); // may destroy the acceptor
}

void sim_listener::schedule_accept() {
  if (handler_ == nullptr || closing_ || paused_ || accept_due_
      || backlog_.empty())
    return;
  accept_due_ = true;
  world_.schedule(world_.operation_time(), shared_from_this(), accept_event,
                  on_);
}

void sim_listener::accept() {
  if (closing_ || paused_ || backlog_.empty())
    return;
  if (world_.lots().chance(world_.conditions().accept_failure_permille)) {
    world_.note("emfile", on_, backlog_.size());
    paused_ = true;
    handler_->on_accept_failed(errno_code(EMFILE));
    return;
  }
  const auto link = std::move(backlog_.front());
  backlog_.pop_front();
  world_.note("accept", link->identity().link, backlog_.size());
  link->end(sim_link::server).limit_reads(options_.stream.recv_batch_bytes);
  handler_->on_accepted(
    std::make_unique<sim_stream>(link->share_end(sim_link::server)));
  schedule_accept();
}

} // namespace zmqrt::transports
