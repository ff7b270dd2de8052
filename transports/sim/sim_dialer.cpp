// SPDX-License-Identifier: MPL-2.0
//
// One attempt at a connection in a simulated world. See sim_dialer.hpp.

#include "transports/sim/sim_dialer.hpp"

#include <utility>

#include <sys/socket.h>

#include "transports/sim/sim_acceptor.hpp"
#include "transports/sim/sim_link.hpp"
#include "transports/sim/sim_world.hpp"

namespace zmqrt::transports {

namespace {

enum attempt_event : int { knock_event, answer_event, closed_event };

// A full backlog drops the SYN; it is sent again.
constexpr std::chrono::seconds knock_again{1};

} // namespace

void sim_attempt::start(dial_handler& handler) {
  if (handler_ != nullptr || closing_)
    world_.breach("dialer: start() twice, or after close()");
  handler_ = &handler;
  world_.schedule(world_.lots().between(world_.conditions().latency),
                  shared_from_this(), knock_event, no_reactor);
}

void sim_attempt::close() {
  if (closing_ || concluded_)
    return;
  closing_ = true;
  if (link_ != nullptr)
    link_->end(sim_link::client).close();
  if (handler_ != nullptr)
    world_.schedule(world_.operation_time(), shared_from_this(), closed_event,
                    on_);
}

void sim_attempt::abandon() {
  if (handler_ != nullptr && !concluded_) {
    world_.breach("dialer: destroyed before its callback");
    closing_ = true;
    concluded_ = true;
  }
  if (!concluded_)
    close();
}

void sim_attempt::on_event(int what) {
  if (what == knock_event) {
    if (!closing_)
      knock();
    return;
  }
  if (concluded_ || (closing_ && what == answer_event))
    return;
  conclude();
}

void sim_attempt::knock() {
  const std::string where = to_.endpoint();
  if (world_.network().is_silent(where))
    return; // for ever; the connector's own limit has to end it
  const auto listener = world_.network().find(to_);
  if (listener == nullptr || listener->is_closing()) {
    answer(errno_code(
      listener == nullptr && to_.family() == AF_UNIX ? ENOENT : ECONNREFUSED));
    return;
  }
  if (world_.lots().chance(world_.conditions().refuse_permille)) {
    answer(errno_code(ECONNREFUSED));
    return;
  }
  if (listener->is_full()) {
    world_.note("full", listener->on(), 0);
    world_.schedule(knock_again, shared_from_this(), knock_event, no_reactor);
    return;
  }
  link_ = world_.network().make_link(on_, listener->on(), options_.source, to_);
  link_->end(sim_link::client).limit_reads(options_.stream.recv_batch_bytes);
  listener->arrive(link_);
  answer({});
}

void sim_attempt::answer(std::error_code why) {
  world_.note(why ? "refused" : "dialed",
              link_ == nullptr ? 0 : link_->identity().link, why.value());
  if (why)
    world_.network().count_refusal();
  refused_ = why;
  world_.schedule(world_.lots().between(world_.conditions().latency)
                    + world_.operation_time(),
                  shared_from_this(), answer_event, on_);
}

void sim_attempt::conclude() {
  concluded_ = true;
  dial_handler& handler = *handler_;
  const auto link = std::exchange(link_, nullptr);
  if (closing_)
    handler.on_dial_closed(); // each may destroy the dialer
  else if (link != nullptr)
    handler.on_connected(
      std::make_unique<sim_stream>(link->share_end(sim_link::client)));
  else
    handler.on_dial_failed(refused_);
}

} // namespace zmqrt::transports
