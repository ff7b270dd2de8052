// SPDX-License-Identifier: MPL-2.0
//
// The actors that receive from a socket, and whose turn it is: those under
// credit, one after the other. The reactor's thread.

#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <caf/actor.hpp>

#include "actors/front/credit_line.hpp"
#include "zmqrt/actors/verbs.hpp"

namespace zmqrt::actors {

struct receiver {
  std::uint64_t number = 0; ///< never used again
  caf::actor to;
  message_receiver one_by_one; ///< the same actor,
  batch_receiver in_batches;   ///< as it is sent to
  std::size_t most = 0;        ///< of a batch; 0: one by one
  credit_line credit{1};
};

class receivers {
public:
  /// Added, or told to receive otherwise from now on. True: it is new.
  bool set(const caf::actor& who, std::size_t most, std::size_t credit);
  /// False: it is none of them.
  bool remove(const caf::actor_addr& who);
  [[nodiscard]] bool empty() const noexcept {
    return all_.empty();
  }
  /// Whose turn it is, under credit; null: nobody's.
  [[nodiscard]] receiver* next() noexcept;
  /// It has had something.
  void pass_on() noexcept {
    ++turn_;
  }
  [[nodiscard]] bool any_credit() const noexcept;
  /// Null: it is gone.
  [[nodiscard]] receiver* find(std::uint64_t number) noexcept;
  [[nodiscard]] std::size_t size() const noexcept {
    return all_.size();
  }
  [[nodiscard]] bool has(const caf::actor_addr& who) const noexcept;

private:
  std::vector<receiver> all_;
  std::size_t turn_ = 0;
  std::uint64_t last_ = 0;
};

} // namespace zmqrt::actors
