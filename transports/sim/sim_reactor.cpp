// SPDX-License-Identifier: MPL-2.0
//
// A reactor in a simulated world. See sim_reactor.hpp.

#include "transports/sim/sim_reactor.hpp"

#include <cassert>
#include <utility>

#include "transports/sim/sim_acceptor.hpp"
#include "transports/sim/sim_dialer.hpp"
#include "transports/sim/sim_world.hpp"

namespace zmqrt::transports {

namespace {

thread_local const sim_reactor* current = nullptr;

} // namespace

sim_reactor::turn_scope::turn_scope(const sim_reactor& now_running) noexcept
  : outer_(std::exchange(current, &now_running)) {
}

sim_reactor::turn_scope::~turn_scope() {
  current = outer_;
}

sim_reactor::sim_reactor(sim_world& world)
  : world_(world), number_(world.enter(*this)), random_(world.lots().next()) {
}

sim_reactor::~sim_reactor() {
  // Dropping a task may post another one.
  while (!posted_.empty())
    std::exchange(posted_, {}).clear();
  world_.leave(number_);
}

// -- from any thread ---------------------------------------------------------

void sim_reactor::post(std::shared_ptr<task> work) {
  const std::lock_guard lock{posted_mutex_};
  if (posted_.empty())
    wake_up_.store(true, std::memory_order_release);
  posted_.push_back(std::move(work));
}

void sim_reactor::stop() {
  struct stop_task final : task {
    explicit stop_task(sim_reactor& which) : self(which) {
    }
    void run() noexcept override {
      self.stopped_ = true;
    }
    sim_reactor& self;
  };
  post(std::make_shared<stop_task>(*this));
}

bool sim_reactor::is_current() const noexcept {
  return current == this;
}

bool sim_reactor::take_wake_up() noexcept {
  return wake_up_.load(std::memory_order_relaxed)
         && wake_up_.exchange(false, std::memory_order_acquire);
}

void sim_reactor::run_posted() {
  {
    const std::lock_guard lock{posted_mutex_};
    turn_.swap(posted_);
  }
  world_.note("turn", number_, turn_.size());
  for (auto& each : turn_) {
    each->run();
    each.reset();
  }
  turn_.clear();
}

bool sim_reactor::tell(std::exception_ptr thrown) {
  if (!on_exception_)
    return false;
  on_exception_(std::move(thrown));
  return true;
}

// -- on its thread -----------------------------------------------------------

void sim_reactor::run() {
  while (!stopped_ && world_.step()) {
    // The world decides what comes next.
  }
  stopped_ = false;
}

time_point sim_reactor::now() const noexcept {
  return world_.now();
}

void sim_reactor::arm(timer& which, time_point when) {
  timers_.arm(which, when);
}

void sim_reactor::disarm(timer& which) {
  timers_.disarm(which);
}

std::uint64_t sim_reactor::random() noexcept {
  return random_.next();
}

buffer_source& sim_reactor::buffers() noexcept {
  return world_.buffers();
}

result<std::unique_ptr<acceptor>>
sim_reactor::listen(const address& where, const listen_options& options) {
  if (options.use_fd >= 0)
    return failure{make_error_code(errc::invalid_argument),
                   "a simulated world has no descriptors"};
  auto listener = world_.network().listen(where, number_, options);
  if (!listener)
    return listener.why();
  return std::unique_ptr<acceptor>{
    std::make_unique<sim_acceptor>(std::move(*listener))};
}

std::unique_ptr<dialer> sim_reactor::dial(const address& where,
                                          const dial_options& options) {
  return std::make_unique<sim_dialer>(
    std::make_shared<sim_attempt>(world_, where, number_, options));
}

std::unique_ptr<resolution> sim_reactor::resolve(const resolve_query& query,
                                                 resolve_callback then) {
  return world_.names().resolve(query, std::move(then), number_);
}

result<std::vector<address>>
sim_reactor::resolve_here(const resolve_query& query) {
  return world_.names().look_up(query);
}

} // namespace zmqrt::transports
