// SPDX-License-Identifier: MPL-2.0
//
// Sockets that are queues in memory: no wire, no actors, correct unless a bug
// is planted. Proves that the delivery property's check finds what it is for.

#pragma once

#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "tests/sim/sim_node.hpp"
#include "transports/sim/sim_random.hpp"
#include "transports/sim/sim_trace.hpp"

namespace zmqrt::sim_test {

enum class memory_bug {
  none,
  duplicate, ///< one message comes twice
  drop,      ///< one never comes
  damage,    ///< one byte of one message is another
  cut,       ///< the last frame of a message is missing
  swap,      ///< two neighbours of a pipe change places
  invent,    ///< a message arrives that nobody sent
  stall,     ///< a pipe stops for ever
};

class memory_fabric final : public sim_fabric {
public:
  memory_fabric(std::uint64_t seed, memory_bug bug) : lots_(seed), bug_(bug) {
  }

  [[nodiscard]] std::unique_ptr<sim_node>
  open(socket_type type, const node_options& options) override;
  bool step() override;
  void run_for(duration span) override;
  [[nodiscard]] std::uint64_t steps() const override {
    return steps_;
  }
  [[nodiscard]] time_point now() const override {
    return now_;
  }
  void note(std::string_view what, std::uint64_t subject,
            std::uint64_t detail) override {
    trace_.add({now_, what, subject, detail});
  }
  [[nodiscard]] std::uint64_t trace_hash() const override {
    return trace_.hash();
  }
  [[nodiscard]] std::vector<lost_pipe> lost_pipes() const override {
    return {};
  }
  [[nodiscard]] std::vector<std::string> breaches() const override {
    return {};
  }

private:
  struct endpoint_state {
    socket_type type = socket_type::pair;
    node_options options;
    std::string bound;
    std::vector<std::string> connected;
    std::size_t turn = 0;
    std::deque<message> inbox;
    std::vector<std::size_t> pipes; ///< that lead out
  };
  struct pipe {
    std::size_t to = 0;
    std::size_t room = 0;
    std::deque<message> messages;
    bool stalled = false;
  };
  class node;

  void connect_all();
  bool try_send(std::size_t from, message& what);
  void deliver(pipe& through);
  void spoil(pipe& through);

  transports::sim_random lots_;
  memory_bug bug_;
  int until_bug_ = 300;
  std::uint64_t steps_ = 0;
  time_point now_{std::chrono::hours{1}};
  transports::sim_trace trace_;
  std::deque<endpoint_state> sockets_;
  std::deque<pipe> pipes_;
};

} // namespace zmqrt::sim_test
