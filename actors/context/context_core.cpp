// SPDX-License-Identifier: MPL-2.0
//
// Making a context, opening sockets in it. Its end is in context_end.cpp.

#include "actors/context/context_core.hpp"

#include <algorithm>
#include <limits>

#include <unistd.h>

#include "actors/caf_compat.hpp"
#include "actors/context/context_actor.hpp"
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

// A blocking verb on a reactor's own thread would wait for itself.
class mark_thread final : public transports::task {
public:
  void run() noexcept override {
    forbid_waiting_on_this_thread();
  }
};

std::vector<std::unique_ptr<transports::reactor_thread>>
start_threads(const std::vector<std::shared_ptr<transports::reactor>>& loops,
              const std::string& name_prefix) {
  std::vector<std::unique_ptr<transports::reactor_thread>> threads;
  for (const auto& loop : loops) {
    loop->post(std::make_shared<mark_thread>());
    threads.push_back(std::make_unique<transports::reactor_thread>(
      loop, name_prefix + "/io-" + std::to_string(threads.size())));
  }
  return threads;
}

void check(const context_options& options) {
  if (options.io_threads < 1)
    throw error{errc::invalid_argument, "io_threads", "must be at least 1"};
  if (options.max_sockets < 1)
    throw error{errc::invalid_argument, "max_sockets", "must be at least 1"};
  constexpr std::chrono::milliseconds most{std::numeric_limits<int>::max()};
  if (options.linger < infinite || options.linger > most)
    throw error{errc::invalid_argument, "linger",
                "must be -1 to 2147483647 milliseconds"};
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
                                                 caf::actor_system* system) {
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
    auto threads = start_threads(loops, options.thread_name_prefix);
    std::shared_ptr<context_core> core{new context_core{options, system}};
    core->start(std::move(loops));
    core->threads_ = std::move(threads);
    return core;
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

void context_core::start(
  std::vector<std::shared_ptr<transports::reactor>> loops) {
  backend_ = loops.front()->backend();
  for (auto& loop : loops)
    units_.push_back(std::make_unique<reactor_unit>(*system_, loop));
  actor_ = spawn_pinned<context_actor>(*units_.front());
}

// -- sockets ------------------------------------------------------------------

reactor_unit& context_core::least_loaded() {
  return *units_[next_unit_++ % units_.size()];
}

std::shared_ptr<socket_core> context_core::open(socket_type type) {
  if (patterns::make_pattern(type, socket_options{}) == nullptr)
    throw error{errc::not_supported, to_string(type),
                "this socket type is not available"};
  lease held{*this};
  if (!held)
    throw error{errc::terminated, "context"};
  socket_options options;
  options.linger = options_.linger;
  options.ipv6 = options_.ipv6;
  auto core = std::make_shared<socket_core>(shared_from_this(), type, options);
  std::lock_guard guard{mutex_};
  if (shut_down_)
    throw error{errc::terminated, "context"};
  if (sockets_.size() >= static_cast<std::size_t>(options_.max_sockets))
    throw error{errc::too_many_open, "max_sockets",
                "that many sockets are open"};
  auto actor = spawn_pinned<socket_actor>(least_loaded(), core, actor_);
  core->set_actor(actor);
  sockets_.push_back(core);
  caf::anon_send(actor_, actor);
  return core;
}

void context_core::socket_closed(const socket_core& which) noexcept {
  std::lock_guard guard{mutex_};
  std::erase_if(sockets_, [&](const auto& weak) {
    const auto core = weak.lock();
    return core == nullptr || core.get() == &which;
  });
}

std::vector<unfinished_work> context_core::unfinished() {
  std::vector<std::shared_ptr<socket_core>> alive;
  {
    std::lock_guard guard{mutex_};
    for (auto& weak : sockets_)
      if (auto core = weak.lock())
        alive.push_back(std::move(core));
  }
  std::vector<unfinished_work> result;
  result.reserve(alive.size());
  for (const auto& core : alive)
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
