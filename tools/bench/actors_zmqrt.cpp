// SPDX-License-Identifier: MPL-2.0
//
// Socket actors between a producer and a consumer actor. See actors.hpp.

#include <functional>
#include <memory>
#include <span>
#include <stdexcept>
#include <vector>

#include <caf/all.hpp>

#include "tools/bench/actors.hpp"
#include "tools/bench/payload.hpp"
#include "zmqrt/actors.hpp"

namespace zmqrt::bench {

namespace {

/// Lots that are on their way at once; of each the last answer is waited for.
constexpr int lots_in_flight = 4;
/// Singly, so many sends are one lot: all but its last ask for no answer.
constexpr std::size_t single_lot = 256;

/// What a producer that does not wait sends to itself.
using once_more = std::uint8_t;

struct production {
  actors_plan what;
  socket_actor to;
  zmqrt::socket by_handle; ///< empty: by messages
  std::function<void(const caf::error&)> failed;
  std::uint64_t next = 0;
  std::vector<std::byte> scratch{};

  message make() {
    scratch.resize(what.size);
    write_payload(scratch.data(), scratch.size(), next++);
    return message{std::span<const std::byte>{scratch}};
  }
  [[nodiscard]] std::uint64_t left() const noexcept {
    return what.total() - next;
  }
};

/// What the handle takes at once goes by that, in the handler; for the first
/// that would block, and the rest, the actor of the same socket is asked.
std::vector<message> send_now(production& it) {
  std::vector<message> lot;
  const std::size_t most = it.what.batch == 1 ? single_lot : it.what.batch;
  if (it.what.batch == 1) {
    for (std::size_t i = 0; i < most && it.left() > 0; ++i) {
      auto each = it.make();
      if (it.by_handle.try_send(each))
        continue;
      lot.push_back(std::move(each));
      break;
    }
    return lot;
  }
  while (lot.size() < most && it.left() > 0)
    lot.push_back(it.make());
  const auto sent = it.by_handle.try_send_batch(lot);
  lot.erase(lot.begin(), lot.begin() + static_cast<std::ptrdiff_t>(sent));
  return lot;
}

using producing = caf::stateful_actor<std::shared_ptr<production>>;

void send_lot(producing* self) {
  auto& it = *self->state;
  if (it.left() == 0)
    return;
  const auto then = [self] { send_lot(self); };
  const auto failed = [self](caf::error& why) {
    self->state->failed(why);
    self->quit(std::move(why));
  };
  if (it.by_handle) {
    if (auto rest = send_now(it); rest.empty())
      self->send(self, once_more{0});
    else
      self->request(it.to, caf::infinite, verb::send_batch{std::move(rest)})
        .then([then](std::size_t) { then(); }, failed);
    return;
  }
  if (it.what.batch == 1) {
    for (std::size_t i = 1; i < single_lot && it.left() > 1; ++i)
      self->send(it.to, verb::send{it.make()});
    self->request(it.to, caf::infinite, verb::send{it.make()})
      .then(then, failed);
    return;
  }
  verb::send_batch lot;
  lot.what.reserve(it.what.batch);
  while (lot.what.size() < it.what.batch && it.left() > 0)
    lot.what.push_back(it.make());
  self->request(it.to, caf::infinite, std::move(lot))
    .then([then](std::size_t) { then(); }, failed);
}

caf::behavior producer(producing* self, std::shared_ptr<production> it) {
  self->state = std::move(it);
  return {[=](bool) {
            const bool waits = !self->state->by_handle;
            for (int i = 0; i < (waits ? lots_in_flight : 1); ++i)
              send_lot(self);
          },
          [=](once_more) { send_lot(self); }};
}

struct consumption {
  explicit consumption(const actors_plan& what) : seen(what) {
  }
  void take(const message& each) {
    seen.one(each[0].data(), each[0].size());
    if (seen.complete())
      rate.set_value(seen.msgs_per_s());
  }

  arrivals seen;
  std::promise<double> rate;
};

caf::behavior consumer(caf::event_based_actor*,
                       const std::shared_ptr<consumption>& it) {
  return {[=](const message& each) { it->take(each); },
          [=](const std::vector<message>& lot) {
            for (const auto& each : lot)
              it->take(each);
          }};
}

} // namespace

namespace {

double run_actors(const actors_plan& what, bool by_handle) {
  caf::actor_system_config config;
  config.set("scheduler.max-threads", what.workers);
  caf::actor_system system{config};
  context ctx{system, context_options{.io_threads = what.io_threads,
                                      .linger = std::chrono::milliseconds{0}}};
  caf::scoped_actor self{system};
  const auto pull = spawn_socket(ctx, socket_type::pull);
  auto handle = ctx.socket(socket_type::push);
  const auto push = spawn_socket(handle);
  const auto fail = [](const caf::error& why) {
    throw std::runtime_error("actors: " + explain(why));
  };
  std::string endpoint;
  self->request(pull, caf::infinite, verb::bind{"tcp://127.0.0.1:*"})
    .receive([&](std::string& bound) { endpoint = std::move(bound); }, fail);
  self->request(push, caf::infinite, verb::connect{endpoint})
    .receive([] {}, fail);
  const auto taken = std::make_shared<consumption>(what);
  auto rate = taken->rate.get_future();
  const auto to = system.spawn(consumer, taken);
  const auto subscribed = [&](auto wish) {
    self->request(pull, caf::infinite, std::move(wish)).receive([] {}, fail);
  };
  if (what.batch == 1)
    subscribed(verb::receive{to});
  else
    subscribed(verb::receive_batches{to, what.batch, 4 * what.batch});
  const auto tell = [taken](const caf::error& why) {
    taken->rate.set_exception(
      std::make_exception_ptr(std::runtime_error("actors: " + explain(why))));
  };
  const auto from = system.spawn(
    producer, std::make_shared<production>(production{
                what, push, by_handle ? handle : zmqrt::socket{}, tell}));
  caf::anon_send(from, true);
  const auto end = [&] {
    caf::anon_send_exit(from, caf::exit_reason::kill);
    caf::anon_send_exit(to, caf::exit_reason::kill);
  };
  try {
    const double result = outcome(rate);
    end();
    return result;
  } catch (...) {
    end();
    throw;
  }
}

} // namespace

double run_socket_actors(const actors_plan& what) {
  return run_actors(what, false);
}

double run_handles_in_actors(const actors_plan& what) {
  return run_actors(what, true);
}

} // namespace zmqrt::bench
