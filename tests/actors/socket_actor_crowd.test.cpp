// SPDX-License-Identifier: MPL-2.0
//
// A thousand socket actors in somebody else's actor system, made and ended in
// random order by several threads while messages fly. Then nothing is left.

#include <array>
#include <random>
#include <thread>

#include "tests/actors/actor_scene.hpp"
#include "tests/actors/proc.hpp"
#include "tests/support/eventually.hpp"

namespace zmqrt::test {

using namespace std::chrono_literals;

namespace {

constexpr std::size_t threads = 4;
constexpr std::size_t sockets_each = 250;

/// What each thread does, all of it drawn from its seed.
class crowd_thread {
public:
  crowd_thread(caf::actor_system& system, context& ctx, std::uint32_t seed)
    : self_(system), ctx_(ctx), draw_(seed) {
  }

  void run() {
    for (std::size_t made = 0; made < sockets_each; ++made) {
      add();
      while (!alive_.empty() && one_in(2))
        end(below(alive_.size()));
    }
    while (!alive_.empty())
      end(below(alive_.size()));
  }

private:
  std::size_t below(std::size_t limit) {
    return std::uniform_int_distribution<std::size_t>{0, limit - 1}(draw_);
  }
  bool one_in(std::size_t many) {
    return below(many) == 0;
  }

  void add() {
    constexpr std::array types{
      socket_type::push, socket_type::pull,   socket_type::pub,
      socket_type::sub,  socket_type::dealer, socket_type::router,
      socket_type::req,  socket_type::rep,    socket_type::pair};
    const auto type = types.at(below(types.size()));
    const auto made = spawn_socket(ctx_, type);
    caf::anon_send(made, verb::set{option::reconnect_ivl, 1ms});
    if (one_in(2)) {
      self_->request(made, caf::infinite, verb::bind{"tcp://127.0.0.1:*"})
        .receive([&](std::string& endpoint) { where_ = std::move(endpoint); },
                 [](const caf::error&) {});
    }
    if (!where_.empty())
      caf::anon_send(made, verb::connect{where_});
    const bool receives = one_in(3);
    const bool watched = one_in(3);
    if (receives)
      caf::anon_send(made, verb::receive{receiver(), 4});
    if (watched)
      caf::anon_send(made, verb::monitor{receiver()});
    for (std::size_t i = 0; i < 5; ++i)
      caf::anon_send(made, verb::send{message{"crowd"}});
    if (one_in(4))
      (void)self_->request(made, 1ms, message{"anyone?"});
    alive_.push_back({made, receives || watched});
  }

  caf::actor receiver() {
    return self_->spawn(
      [](caf::event_based_actor* self, bool dies) -> caf::behavior {
        return {[=](const message&) {
                  if (dies)
                    self->quit(caf::exit_reason::unhandled_exception);
                },
                [](const event&) {}};
      },
      one_in(2));
  }

  void end(std::size_t index) {
    const auto [gone, holds] = alive_[index];
    alive_[index] = alive_.back();
    alive_.pop_back();
    switch (below(5)) {
    case 0: // dropped; one that has an actor or a send waiting lives on
      if (!holds)
        return;
      [[fallthrough]];
    case 1:
      self_->send_exit(gone, caf::exit_reason::kill);
      return;
    case 2:
      self_->send_exit(gone, caf::exit_reason::user_shutdown);
      return;
    case 3:
      caf::anon_send(gone, verb::close{});
      return;
    default:
      self_->request(gone, caf::infinite, verb::close{0ms})
        .receive([](std::uint64_t) {}, [](const caf::error&) {});
    }
  }

  caf::scoped_actor self_;
  context& ctx_;
  std::mt19937 draw_;
  std::vector<std::pair<socket_actor, bool>> alive_; // it has an actor
  std::string where_;
};

} // namespace

TEST_CASE("socket actor crowd: a thousand come and go, and leave nothing") {
  ON_EVERY(where, over_tcp());
  const auto seed = static_cast<std::uint32_t>(std::random_device{}());
  CAPTURE(seed);
  const auto files = open_files();
  {
    own_system system{3};
    context_options options;
    options.backend = where.backend;
    options.linger = 0ms;
    options.io_threads = 2;
    options.max_sockets = 2000;
    context ctx{*system.made, options};
    std::vector<std::thread> crowd;
    for (std::size_t i = 0; i < threads; ++i)
      crowd.emplace_back([&, i] {
        crowd_thread{*system.made, ctx, seed + static_cast<std::uint32_t>(i)}
          .run();
      });
    for (auto& each : crowd)
      each.join();
    const bool context_first = GENERATE(true, false);
    if (context_first)
      ctx.term();
    // Receivers end as nobody refers to them: their sockets are over.
    system.made->await_all_actors_done();
    CHECK(system.made->registry().running() == 0);
    ctx.term();
    CHECK(ctx.unfinished().empty());
  }
  // A thread that has ended is there for a moment still.
  eventually([] { return other_threads().size(); },
             [](std::size_t now) { return now == 0; });
  eventually([] { return open_files(); },
             [=](std::size_t now) { return now <= files; });
}

TEST_CASE("socket actor crowd: rounds of it take no more memory") {
  ON_EVERY(where, over_tcp());
  own_system system{2};
  context_options options;
  options.backend = where.backend;
  options.linger = 0ms;
  context ctx{*system.made, options};
  caf::scoped_actor self{*system.made};
  const auto round = [&] {
    const auto pull = spawn_socket(ctx, socket_type::pull);
    const auto push = spawn_socket(ctx, socket_type::push);
    std::string endpoint;
    self->request(pull, caf::infinite, verb::bind{"tcp://127.0.0.1:*"})
      .receive([&](std::string& bound) { endpoint = std::move(bound); },
               [](const caf::error& why) { FAIL(explain(why)); });
    caf::anon_send(push, verb::connect{endpoint});
    caf::anon_send(pull, verb::receive{self, 8});
    for (int i = 0; i < 100; ++i)
      caf::anon_send(push, verb::send{message{"round"}});
    for (int i = 0; i < 100; ++i)
      self->receive([](const message&) {});
    self->monitor(push);
    self->send_exit(push, caf::exit_reason::kill);
    self->receive([](const caf::down_msg&) {});
    self->request(pull, caf::infinite, verb::close{})
      .receive([](std::uint64_t) {},
               [](const caf::error& why) { FAIL(explain(why)); });
  };
  std::size_t early = 0;
  for (int i = 0; i < 400; ++i) {
    round();
    if (i == 199)
      early = allocated_bytes();
  }
  // A byte or two per round would be more.
  if (!sanitized)
    CHECK(allocated_bytes() <= early + std::size_t{64} * 1024);
}

} // namespace zmqrt::test
