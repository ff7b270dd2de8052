// SPDX-License-Identifier: MPL-2.0
//
// The real runtime in a simulated world: one context over simulated reactors,
// one reactor per socket, pumped by the test's thread. What the handles' verbs
// would wait for is asked of the socket actors directly.

#pragma once

#include <memory>
#include <string>
#include <vector>

#include <caf/all.hpp>

#include "actors/context/context_core.hpp"
#include "tests/sim/sim_node.hpp"
#include "transports/sim/sim_reactor.hpp"
#include "transports/sim/sim_world.hpp"
#include "zmqrt/zmqrt.hpp"

namespace zmqrt::sim_test {

class actor_node final : public sim_node {
public:
  actor_node(caf::actor_system& system,
             std::shared_ptr<actors::socket_core> core);

  void bind(const std::string& endpoint) override;
  void connect(const std::string& endpoint) override;
  void unbind(const std::string& endpoint);
  void disconnect(const std::string& endpoint);
  bool settled() override;
  std::string refusal() override {
    return answer_.code == 0 ? std::string{}
                             : answer_.subject + ": " + answer_.rule;
  }
  std::string endpoint() override {
    return answer_.subject;
  }

  bool try_send(message& what) override {
    return handle_.try_send(std::move(what));
  }
  std::optional<message> try_recv() override {
    return handle_.try_recv();
  }
  void close() override {
    handle_ = socket{};
  }
  bool is_over() override {
    return core_->actor() == nullptr;
  }

  /// The public handle; empty after close().
  [[nodiscard]] socket& handle() noexcept {
    return handle_;
  }

private:
  template <class Request>
  void ask(Request what);

  std::shared_ptr<actors::socket_core> core_;
  socket handle_;
  caf::scoped_actor self_;
  bool asked_ = false;
  actors::answer answer_;
};

class actor_fabric final : public sim_fabric {
public:
  /// With `reactors` reactors; node n lives on reactor n modulo that.
  actor_fabric(std::uint64_t seed, std::size_t reactors,
               const transports::sim_conditions& conditions = {});
  /// Ends the context, sockets included. What will not end is leaked, with
  /// its world.
  ~actor_fabric() override;

  [[nodiscard]] std::unique_ptr<sim_node>
  open(socket_type type, const node_options& options) override;
  [[nodiscard]] std::unique_ptr<actor_node> open_socket(socket_type type);
  bool step() override {
    return world_->step();
  }
  void run_for(duration span) override {
    world_->run_for(span);
  }
  [[nodiscard]] std::uint64_t steps() const override {
    return world_->steps();
  }
  [[nodiscard]] time_point now() const override {
    return world_->now();
  }
  void note(std::string_view what, std::uint64_t subject,
            std::uint64_t detail) override {
    world_->note(what, subject, detail);
  }
  [[nodiscard]] std::uint64_t trace_hash() const override {
    return world_->trace().hash();
  }
  [[nodiscard]] std::vector<lost_pipe> lost_pipes() const override;
  [[nodiscard]] std::vector<std::string> breaches() const override {
    return world_->breaches();
  }

  /// Of all worlds. Its own threads have nothing to do there.
  [[nodiscard]] static caf::actor_system& system();
  [[nodiscard]] transports::sim_world& world() noexcept {
    return *world_;
  }
  [[nodiscard]] transports::sim_reactor& loop(std::size_t index) noexcept {
    return *loops_[index];
  }
  /// Ends the context. False: something will not end within `limit`.
  bool end(duration limit);

private:
  std::unique_ptr<transports::sim_world> world_;
  std::vector<std::shared_ptr<transports::sim_reactor>> loops_;
  std::shared_ptr<actors::context_core> core_;
};

} // namespace zmqrt::sim_test
