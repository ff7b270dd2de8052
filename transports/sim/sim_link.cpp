// SPDX-License-Identifier: MPL-2.0
//
// A simulated connection. See sim_link.hpp.

#include "transports/sim/sim_link.hpp"

#include <algorithm>
#include <utility>

#include "transports/sim/sim_world.hpp"

namespace zmqrt::transports {

namespace {

// Events of a link: which flow arrives, or which end is reset.
constexpr int arrival_event = 0; // + side that wrote
constexpr int reset_event = 2;   // + side that is told

std::size_t draw_capacity(sim_world& world) {
  const sim_conditions& is = world.conditions();
  return std::max<std::size_t>(
    1, world.lots().between(is.kernel_buffer_least_bytes,
                            is.kernel_buffer_most_bytes));
}

} // namespace

sim_link::sim_link(sim_world& world, sim_loss identity, const address& from,
                   const address& to)
  : world_(world), identity_(std::move(identity)),
    ends_{sim_end{*this, client, identity_.dialing, from, to},
          sim_end{*this, server, identity_.accepting, to, from}},
    flows_{sim_flow{draw_capacity(world)}, sim_flow{draw_capacity(world)}} {
  const sim_conditions& is = world.conditions();
  if (world.lots().chance(is.reset_permille))
    fate_ = fate::reset;
  else if (world.lots().chance(is.orderly_end_permille))
    fate_ = fate::orderly_end;
  if (fate_ != fate::none)
    fate_at_ = world.lots().between(1, is.fate_within_bytes);
}

std::shared_ptr<sim_end> sim_link::share_end(int side) {
  return {shared_from_this(), &ends_[side]};
}

// -- from the ends -----------------------------------------------------------

void sim_link::wrote(int side, std::size_t size) {
  world_.note("write", identity_.link * 2 + side, size);
  if (struck_) {
    // Only after an orderly end can anybody still write: into the void.
    flows_[side].swallow(size);
    send_reset(side);
    return;
  }
  flows_[side].depart(size);
  carry(side);
  count_carried(size);
}

void sim_link::finish(int side) {
  if (flows_[side].end_sent())
    return;
  world_.note("fin", identity_.link * 2 + side, 0);
  flows_[side].end();
  carry(side);
}

void sim_link::abort(int side) {
  world_.note("abort", identity_.link * 2 + side, 0);
  flows_[side].cut();
  flows_[1 - side].discard();
  send_reset(1 - side);
}

void sim_link::carry(int side) {
  const time_point arrival =
    std::max(last_arrival_[side],
             world_.now() + world_.lots().between(world_.conditions().latency));
  last_arrival_[side] = arrival;
  world_.schedule(arrival - world_.now(), shared_from_this(),
                  arrival_event + side, no_reactor);
}

void sim_link::count_carried(std::size_t size) {
  carried_ += size;
  if (carried_ >= fate_at_)
    strike(fate_);
}

void sim_link::send_reset(int to) {
  const time_point arrival =
    std::max(last_arrival_[1 - to],
             world_.now() + world_.lots().between(world_.conditions().latency));
  last_arrival_[1 - to] = arrival;
  world_.schedule(arrival - world_.now(), shared_from_this(), reset_event + to,
                  no_reactor);
}

// -- from the world ----------------------------------------------------------

void sim_link::strike(fate what) {
  if (struck_)
    return;
  struck_ = true;
  fate_at_ = std::numeric_limits<std::size_t>::max();
  world_.note(what == fate::reset ? "reset" : "end", identity_.link, carried_);
  world_.network().lose(identity_);
  for (const int side : {client, server}) {
    if (what == fate::orderly_end) {
      finish(side);
      continue;
    }
    flows_[side].cut();
    send_reset(side);
  }
}

void sim_link::release() {
  for (const int side : {client, server})
    for (; held_[side] > 0; --held_[side])
      carry(side);
}

void sim_link::on_event(int what) {
  const int side = what & 1;
  const bool silent = world_.network().is_silent(identity_.server);
  if (what >= reset_event) {
    if (!silent) // a reset that is lost is not sent again
      ends_[side].on_broken(errno_code(ECONNRESET));
  } else if (silent) {
    ++held_[side];
  } else {
    arrive(side);
  }
}

void sim_link::arrive(int side) {
  sim_flow& flow = flows_[side];
  const std::size_t before = flow.readable();
  flow.arrive();
  if (ends_[1 - side].is_closing() && flow.readable() > before) {
    // Nobody will read that any more: the kernel answers with RST.
    flow.discard();
    send_reset(side);
    return;
  }
  ends_[1 - side].on_readable();
}

} // namespace zmqrt::transports
