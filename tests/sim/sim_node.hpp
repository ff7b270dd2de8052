// SPDX-License-Identifier: MPL-2.0
//
// What the delivery property needs of an implementation: sockets whose verbs
// never wait, in a simulated world that is pumped step by step. The real one
// is actor_fabric; memory_fabric proves that the check catches what it should.

#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "libzmqrt/message/time.hpp"
#include "zmqrt/message.hpp"
#include "zmqrt/socket_type.hpp"

namespace zmqrt::sim_test {

/// One socket. Numbered from 0 in the order of opening.
class sim_node {
public:
  virtual ~sim_node() = default;

  /// Ask; settled() says when the answer is there.
  virtual void bind(const std::string& endpoint) = 0;
  virtual void connect(const std::string& endpoint) = 0;
  /// True once the last bind() or connect() was answered.
  virtual bool settled() = 0;
  /// Why it was refused; empty when it was not.
  virtual std::string refusal() = 0;
  /// Of the last bind().
  virtual std::string endpoint() = 0;

  /// Moved from only when the answer is true.
  virtual bool try_send(message& what) = 0;
  virtual std::optional<message> try_recv() = 0;
  /// Begins to close, lingering without limit.
  virtual void close() = 0;
  /// Closed, and lingering is over.
  virtual bool is_over() = 0;
};

struct node_options {
  int sndhwm = 16;
  int rcvhwm = 16;
};

/// A connection that the network broke, by the nodes at its ends.
struct lost_pipe {
  int dialing = 0;
  int accepting = 0;
};

class sim_fabric {
public:
  virtual ~sim_fabric() = default;

  [[nodiscard]] virtual std::unique_ptr<sim_node>
  open(socket_type type, const node_options& options) = 0;
  /// Does the next thing; false: nothing is left to happen.
  virtual bool step() = 0;
  virtual void run_for(duration span) = 0;
  [[nodiscard]] virtual std::uint64_t steps() const = 0;
  [[nodiscard]] virtual time_point now() const = 0;
  /// Something that the workload did, for the trace.
  virtual void note(std::string_view what, std::uint64_t subject,
                    std::uint64_t detail) = 0;
  [[nodiscard]] virtual std::uint64_t trace_hash() const = 0;
  [[nodiscard]] virtual std::vector<lost_pipe> lost_pipes() const = 0;
  /// What else went wrong, in words.
  [[nodiscard]] virtual std::vector<std::string> breaches() const = 0;
};

} // namespace zmqrt::sim_test
