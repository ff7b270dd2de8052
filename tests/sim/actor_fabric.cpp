// SPDX-License-Identifier: MPL-2.0
//
// The real runtime in a simulated world. See actor_fabric.hpp.

#include "tests/sim/actor_fabric.hpp"

#include <utility>

#include "actors/caf_compat.hpp"
#include "actors/handles/socket_body.hpp"

namespace zmqrt::sim_test {

namespace {

using namespace std::chrono_literals;

/// One actor system for all worlds: its threads have nothing to do there. It
/// is never destroyed: CAF 0.17's logger is a thread_local of the main thread
/// and gone before statics are.
caf::actor_system& shared_system() {
  static caf::actor_system& system = [&]() -> caf::actor_system& {
    auto* config = new caf::actor_system_config;
    actors::make_quiet(*config);
    return *new caf::actor_system{*config};
  }();
  return system;
}

} // namespace

// -- a node ------------------------------------------------------------------

actor_node::actor_node(caf::actor_system& system,
                       std::shared_ptr<actors::socket_core> core)
  : core_(std::move(core)), handle_(actors::socket_access::make(
                              std::make_shared<actors::socket_body>(core_))),
    self_(system, true) {
}

template <class Request>
void actor_node::ask(Request what) {
  asked_ = true;
  answer_ = {};
  self_->send(core_->actor(), std::move(what));
}

void actor_node::bind(const std::string& endpoint) {
  ask(actors::bind_endpoint{endpoint});
}

void actor_node::connect(const std::string& endpoint) {
  ask(actors::connect_endpoint{endpoint});
}

void actor_node::unbind(const std::string& endpoint) {
  ask(actors::unbind_endpoint{endpoint});
}

void actor_node::disconnect(const std::string& endpoint) {
  ask(actors::disconnect_endpoint{endpoint});
}

bool actor_node::settled() {
  if (asked_ && self_->has_next_message())
    self_->receive([this](const actors::answer& got) {
      answer_ = got;
      asked_ = false;
    });
  return !asked_;
}

// -- the fabric --------------------------------------------------------------

actor_fabric::actor_fabric(std::uint64_t seed, std::size_t reactors,
                           const transports::sim_conditions& conditions)
  : world_(std::make_unique<transports::sim_world>(seed, conditions)) {
  std::vector<std::shared_ptr<transports::reactor>> loops;
  for (std::size_t i = 0; i < reactors; ++i) {
    loops_.push_back(std::make_shared<transports::sim_reactor>(*world_));
    loops.push_back(loops_.back());
  }
  core_ = actors::context_core::make_on(shared_system(), std::move(loops), {});
}

actor_fabric::~actor_fabric() {
  if (end(1h))
    return;
  (void)world_.release();
  (void)new auto{std::move(loops_)};
  (void)new auto{std::move(core_)};
}

bool actor_fabric::end(duration limit) {
  if (core_ == nullptr)
    return true;
  const time_point deadline = world_->now() + limit;
  while (!core_->terminate(0ms)) {
    for (int steps = 0; steps < 256; ++steps)
      world_->step();
    if (world_->now() > deadline || !world_->breaches().empty())
      return false;
  }
  core_.reset();
  world_->run_for(1s);
  return true;
}

caf::actor_system& actor_fabric::system() {
  return shared_system();
}

std::unique_ptr<actor_node> actor_fabric::open_socket(socket_type type) {
  auto core = core_->open(type);
  const actors::context_core::lease held{*core_};
  (void)core_->settle(core); // in the order of the nodes
  return std::make_unique<actor_node>(shared_system(), std::move(core));
}

std::unique_ptr<sim_node> actor_fabric::open(socket_type type,
                                             const node_options& options) {
  auto node = open_socket(type);
  node->handle().set(option::sndhwm, options.sndhwm);
  node->handle().set(option::rcvhwm, options.rcvhwm);
  return node;
}

std::vector<lost_pipe> actor_fabric::lost_pipes() const {
  std::vector<lost_pipe> lost;
  for (const transports::sim_loss& each : world_->network().losses())
    lost.push_back(
      {static_cast<int>(each.dialing), static_cast<int>(each.accepting)});
  return lost;
}

} // namespace zmqrt::sim_test
