// SPDX-License-Identifier: MPL-2.0
//
// Making a context, opening sockets in it. Its end is in context_end.cpp.

#include "actors/context/context_core.hpp"

#include <algorithm>
#include <limits>

#include <unistd.h>

#include "actors/caf_compat.hpp"
#include "actors/context/context_actor.hpp"
#include "actors/context/context_check.hpp"
#include "actors/context/context_numbers.hpp"
#include "actors/context/io_threads.hpp"
#include "actors/front/front_actor.hpp"
#include "actors/handles/socket_body.hpp"
#include "actors/pinned.hpp"
#include "actors/socket/socket_actor.hpp"
#include "libzmqrt/patterns/pattern.hpp"
#include "transports/posix/signals_blocked.hpp"

namespace zmqrt::actors {

namespace {

transports::backend_choice choice(io_backend wanted) {
  switch (wanted) {
  case io_backend::io_uring:
    return transports::backend_choice::io_uring;
  case io_backend::epoll:
    return transports::backend_choice::epoll;
  case io_backend::automatic:
    break;
  }
  return transports::backend_choice::automatic;
}

} // namespace

// -- making -------------------------------------------------------------------

context_core::context_core(const context_options& options,
                           caf::actor_system* system)
  : options_(options), maker_(getpid()), system_(system) {
  if (system_ == nullptr) {
    config_ = std::make_unique<caf::actor_system_config>();
    make_quiet(*config_);
    const transports::signals_blocked from_now_on;
    own_system_ = std::make_unique<caf::actor_system>(*config_);
    system_ = own_system_.get();
  }
}

context_core::~context_core() = default;

std::shared_ptr<context_core> context_core::make(const context_options& options,
                                                 caf::actor_system* system,
                                                 system_end end) {
  check(options);
  const visit here;
  std::vector<std::shared_ptr<transports::reactor>> loops;
  for (int i = 0; i < options.io_threads; ++i) {
    auto loop = transports::make_reactor(choice(options.backend));
    if (!loop)
      throw error{loop.code(), "io_backend", loop.why().rule};
    loops.push_back(std::move(*loop));
  }
  try {
    // Threads first: CAF 0.17 does not survive a lack of them, and so far there
    // is nothing to take apart.
    auto threads = start_threads(loops, options);
    std::shared_ptr<context_core> core{new context_core{options, system}};
    core->start(std::move(loops));
    core->threads_ = std::move(threads);
    if (system != nullptr && end == system_end::guarded)
      core->guard_ = std::make_unique<system_guard>(*system);
    return core;
  } catch (const error&) {
    throw; // a thread that may not run as it should
  } catch (const std::system_error& problem) {
    throw error{errc::no_io_thread, "io_threads", problem.what()};
  }
}

std::shared_ptr<context_core>
context_core::make_on(caf::actor_system& system,
                      std::vector<std::shared_ptr<transports::reactor>> loops,
                      const context_options& options) {
  check(options);
  const visit here;
  std::shared_ptr<context_core> core{new context_core{options, &system}};
  core->start(std::move(loops));
  return core;
}

context_core& context_core::of(context& handle) {
  if (handle.core_ == nullptr)
    throw error{errc::terminated, "context"};
  return *handle.core_;
}

void context_core::set_authenticator(authenticator who) {
  const lease held{*this};
  if (!held)
    throw error{errc::terminated, "authenticator"};
  decides_->set(std::move(who));
}

void context_core::start(
  std::vector<std::shared_ptr<transports::reactor>> loops) {
  backend_ = loops.front()->backend();
  for (auto& loop : loops)
    units_.push_back(std::make_unique<reactor_unit>(*system_, loop));
  actor_ = spawn_pinned<context_actor>(*units_.front());
}

context_options context_core::options() const {
  std::lock_guard guard{mutex_};
  return options_;
}

void context_core::change_option(int number, int value) {
  std::lock_guard guard{mutex_};
  if (ended_)
    throw error{errc::terminated, context_option_name(number)};
  context_options changed = options_;
  set_raw(changed, number, value);
  if (!changes_later(number))
    throw error{errc::invalid_argument, context_option_name(number),
                "must be set before the context is made"};
  options_ = std::move(changed);
}

// -- sockets ------------------------------------------------------------------

std::shared_ptr<socket_core> context_core::open(socket_type type) {
  if (patterns::make_pattern(type, socket_options{}) == nullptr)
    throw error{errc::not_supported, to_string(type),
                "this socket type is not available"};
  const context_options given = options();
  socket_options options;
  options.linger = given.linger;
  options.ipv6 = given.ipv6;
  if (given.max_msgsz != std::numeric_limits<int>::max())
    options.most_message_bytes = static_cast<std::size_t>(given.max_msgsz);
  options.copies_received = !given.zero_copy_recv;
  auto core = std::make_shared<socket_core>(shared_from_this(), type, options);
  std::lock_guard guard{mutex_};
  if (shut_down_)
    throw error{errc::terminated, "context"};
  if (sockets_.size() >= static_cast<std::size_t>(options_.max_sockets))
    throw error{errc::too_many_open, "max_sockets",
                "that many sockets are open"};
  sockets_.push_back(core);
  return core;
}

result<socket_handle>
context_core::settle(const std::shared_ptr<socket_core>& which) {
  std::lock_guard guard{mutex_};
  return settle_now(which);
}

result<socket_handle>
context_core::settle_now(const std::shared_ptr<socket_core>& which) {
  if (which->is_settled())
    return which->actor();
  if (shut_down_)
    return errc::terminated;
  reactor_unit* const home = next_home(which->door()->options().affinity);
  if (home == nullptr)
    return failure{make_error_code(errc::no_io_thread),
                   "AFFINITY names no I/O thread of the context"};
  auto actor = spawn_pinned<socket_actor>(*home, which, actor_);
  which->settle(actor, home);
  caf::anon_send(actor_, actor);
  return actor;
}

result<zmqrt::socket_actor>
context_core::spawn_front(const socket& of, std::size_t sends_waiting) {
  const auto& core = socket_access::body(of)->shared_core();
  std::lock_guard guard{mutex_};
  auto actor = settle_now(core);
  if (!actor)
    return actor.why();
  if (shut_down_)
    return errc::terminated;
  reactor_unit* const home = core->where();
  if (home == nullptr || core->door()->failure())
    return errc::not_a_socket;
  if (auto known = caf::actor_cast<zmqrt::socket_actor>(core->front()))
    return known;
  zmqrt::socket_actor front =
    spawn_pinned<front_actor>(*home, of, std::move(*actor), sends_waiting);
  core->set_front(front.address());
  caf::anon_send(actor_, front);
  return front;
}

reactor_unit* context_core::next_home(std::uint64_t affinity) noexcept {
  constexpr std::size_t bits = std::numeric_limits<std::uint64_t>::digits;
  for (std::size_t tried = 0; tried < units_.size(); ++tried) {
    const std::size_t index = next_unit_++ % units_.size();
    if (affinity == 0 || (index < bits && (affinity >> index & 1U) != 0))
      return units_[index].get();
  }
  return nullptr;
}

void context_core::close_unsettled(socket_core& which) {
  {
    std::lock_guard guard{mutex_};
    if (which.is_settled())
      return;
    which.settle({});
  }
  which.door()->fail(make_error_code(errc::terminated));
  which.events()->stop();
  socket_closed(which);
}

void context_core::socket_closed(const socket_core& which) noexcept {
  std::lock_guard guard{mutex_};
  std::erase_if(sockets_, [&](const auto& weak) {
    const auto core = weak.lock();
    return core == nullptr || core.get() == &which;
  });
}

std::vector<std::shared_ptr<socket_core>> context_core::sockets() {
  std::vector<std::shared_ptr<socket_core>> alive;
  std::lock_guard guard{mutex_};
  for (auto& weak : sockets_)
    if (auto core = weak.lock())
      alive.push_back(std::move(core));
  return alive;
}

std::vector<unfinished_work> context_core::unfinished() {
  std::vector<unfinished_work> result;
  for (const auto& core : sockets())
    result.push_back(
      {std::string{to_string(core->type())}, core->door()->unsent()});
  return result;
}

bool context_core::enter() noexcept {
  std::lock_guard guard{mutex_};
  if (ended_)
    return false;
  ++leases_;
  return true;
}

void context_core::leave() noexcept {
  std::lock_guard guard{mutex_};
  --leases_;
  left_.notify_all();
}

bool context_core::forked() const noexcept {
  return getpid() != maker_;
}

} // namespace zmqrt::actors
