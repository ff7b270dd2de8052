// SPDX-License-Identifier: MPL-2.0
//
// The property check: every accepted message arrives once, whole, in per-pipe
// order, unless its pipe was lost. Between a sender and a receiver there is
// one pipe at a time, so order is checked per pair of them.

#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "tests/sim/sim_node.hpp"

namespace zmqrt::sim_test {

class delivery_ledger {
public:
  delivery_ledger(std::uint64_t seed, std::size_t nodes)
    : seed_(seed), arrived_(nodes), accepted_(nodes) {
  }

  /// The sender's next message was accepted by its socket.
  void accept(std::size_t sender) {
    ++accepted_[sender];
    arrived_[sender].push_back(false);
    ++accepted_in_all_;
  }
  void arrive(std::size_t receiver, const message& what);

  [[nodiscard]] std::size_t accepted() const noexcept {
    return accepted_in_all_;
  }
  [[nodiscard]] std::size_t arrived() const noexcept {
    return arrived_in_all_;
  }

  /// The verdict, in words; empty: the property holds. What is missing or
  /// out of order is excused by the losses, nothing else is.
  [[nodiscard]] std::vector<std::string>
  verdict(const std::vector<lost_pipe>& losses) const;

private:
  struct disorder {
    std::size_t sender = 0;
    std::size_t receiver = 0;
    std::string text;
  };

  std::uint64_t seed_;
  std::vector<std::vector<bool>> arrived_; ///< by sender, by number
  std::vector<std::uint32_t> accepted_;
  std::map<std::pair<std::size_t, std::size_t>, std::uint32_t> next_;
  std::size_t accepted_in_all_ = 0;
  std::size_t arrived_in_all_ = 0;
  std::vector<std::string> violations_;
  std::vector<disorder> disorders_;
};

} // namespace zmqrt::sim_test
