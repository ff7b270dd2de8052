// SPDX-License-Identifier: MPL-2.0
//
// A simulated connection: two ends and the two flows of bytes between them.
// Here is what the network does (delay, order, RST and FIN, misfortunes);
// what a kernel's socket does stands in sim_end.

#pragma once

#include <array>
#include <cstddef>
#include <limits>
#include <memory>
#include <system_error>

#include "transports/sim/sim_end.hpp"
#include "transports/sim/sim_events.hpp"
#include "transports/sim/sim_flow.hpp"
#include "transports/sim/sim_network.hpp"

namespace zmqrt::transports {

class sim_link final : public sim_subject,
                       public std::enable_shared_from_this<sim_link> {
public:
  enum class fate { none, reset, orderly_end };
  /// The two ends, by who made the connection.
  static constexpr int client = 0;
  static constexpr int server = 1;

  sim_link(sim_world& world, sim_loss identity, const address& from,
           const address& to);

  [[nodiscard]] const sim_loss& identity() const noexcept {
    return identity_;
  }
  [[nodiscard]] sim_end& end(int side) noexcept {
    return ends_[side];
  }
  [[nodiscard]] sim_world& world() noexcept {
    return world_;
  }
  /// A handle on an end that keeps the connection alive.
  [[nodiscard]] std::shared_ptr<sim_end> share_end(int side);
  [[nodiscard]] bool is_open() const noexcept {
    return !ends_[client].is_closing() || !ends_[server].is_closing();
  }

  // -- from the ends --------------------------------------------------------

  [[nodiscard]] sim_flow& outgoing(int side) noexcept {
    return flows_[side];
  }
  [[nodiscard]] sim_flow& incoming(int side) noexcept {
    return flows_[1 - side];
  }
  /// `size` bytes were written; the network carries them.
  void wrote(int side, std::size_t size);
  /// The side ends its flow in order.
  void finish(int side);
  /// The side gives up: what is on its way is lost, the other end gets RST.
  void abort(int side);

  // -- from the world -------------------------------------------------------

  /// Misfortune; what was under way is lost, and noted as such.
  void strike(fate what);
  /// Goes on after a silence.
  void release();
  void on_event(int what) override;

private:
  void carry(int side);
  void arrive(int side);
  void send_reset(int to);
  void count_carried(std::size_t size);

  sim_world& world_;
  sim_loss identity_;
  std::array<sim_end, 2> ends_;
  std::array<sim_flow, 2> flows_; ///< by the side that writes
  std::array<time_point, 2> last_arrival_{};
  std::array<int, 2> held_{}; ///< arrivals during a silence
  fate fate_ = fate::none;
  std::size_t fate_at_ = std::numeric_limits<std::size_t>::max();
  std::size_t carried_ = 0;
  bool struck_ = false;
};

} // namespace zmqrt::transports
