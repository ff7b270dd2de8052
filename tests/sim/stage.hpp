// SPDX-License-Identifier: MPL-2.0
//
// A stage for tests of what happens when: real sockets in a simulated world,
// events with the virtual time at which they were seen.

#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tests/sim/actor_fabric.hpp"

namespace zmqrt::sim_test {

class stage {
public:
  explicit stage(std::uint64_t seed = 1, std::size_t reactors = 2)
    : fabric_(seed, reactors) {
  }

  [[nodiscard]] actor_fabric& fabric() noexcept {
    return fabric_;
  }
  [[nodiscard]] transports::sim_world& world() noexcept {
    return fabric_.world();
  }
  [[nodiscard]] time_point now() const {
    return fabric_.now();
  }

  /// The n-th socket lives on reactor n modulo their number.
  [[nodiscard]] std::unique_ptr<actor_node> open(socket_type type) {
    return fabric_.open_socket(type);
  }
  /// Waits for the answer to bind() or connect(); empty: done.
  std::string settle(actor_node& node) {
    const bool answered = world().run_until([&] { return node.settled(); },
                                            now() + std::chrono::seconds{10});
    return answered ? node.refusal() : "never answered";
  }
  std::string bind(actor_node& node, const std::string& endpoint) {
    node.bind(endpoint);
    return settle(node);
  }
  std::string connect(actor_node& node, const std::string& endpoint) {
    node.connect(endpoint);
    return settle(node);
  }

  /// Runs until the monitor brings `kind`; answers its event, and the time in
  /// seen_at(). Other events are skipped.
  std::optional<event> await(monitor& from, event_kind kind,
                             duration limit = std::chrono::minutes{10}) {
    std::optional<event> found;
    world().run_until(
      [&] {
        while (auto next = from.try_recv())
          if (next->kind == kind) {
            found = std::move(next);
            return true;
          }
        return false;
      },
      now() + limit);
    return found;
  }

  /// Sends until it would block or `most` are sent; answers how many.
  int fill(actor_node& from, std::size_t size, int most) {
    int sent = 0;
    for (; sent < most; ++sent) {
      message next{std::string(size, 'm')};
      if (!from.try_send(next))
        break;
    }
    return sent;
  }
  /// Receives all there is, again and again, until `done` answers true.
  int drain(actor_node& to, const std::function<bool()>& done) {
    int got = 0;
    world().run_until(
      [&] {
        while (to.try_recv())
          ++got;
        return done();
      },
      now() + std::chrono::minutes{10});
    return got;
  }
  std::optional<message> await_message(actor_node& to) {
    std::optional<message> got;
    world().run_until(
      [&] {
        got = to.try_recv();
        return got.has_value();
      },
      now() + std::chrono::minutes{1});
    return got;
  }

private:
  actor_fabric fabric_;
};

} // namespace zmqrt::sim_test
