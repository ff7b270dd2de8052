// SPDX-License-Identifier: MPL-2.0
//
// The network of a simulated world: who listens where, which connections
// there are, which places cannot be reached, and which connections the
// network itself has broken (those may lose messages, others may not).

#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "libzmqrt/message/result.hpp"
#include "transports/sim/sim_events.hpp"
#include "transports/stream.hpp"

namespace zmqrt::transports {

class sim_link;
class sim_listener;
class sim_world;

/// A connection that the network broke.
struct sim_loss {
  std::uint64_t link = 0;
  sim_reactor_number dialing = no_reactor;
  sim_reactor_number accepting = no_reactor;
  std::string server; ///< endpoint that was dialed
};

class sim_network {
public:
  explicit sim_network(sim_world& world) : world_(world) {
  }

  // -- for tests ------------------------------------------------------------

  /// Connections made so far.
  [[nodiscard]] std::uint64_t links_made() const noexcept {
    return next_link_;
  }
  /// Attempts that found nobody or were refused.
  [[nodiscard]] std::uint64_t refusals() const noexcept {
    return refusals_;
  }
  [[nodiscard]] const std::vector<sim_loss>& losses() const noexcept {
    return losses_;
  }
  /// Everything to and from the endpoint that was dialed is held back, new
  /// attempts hang; or goes on where it was.
  void silence(const std::string& endpoint, bool on);
  /// Breaks all connections to the endpoint: RST to both ends.
  void reset(const std::string& endpoint);
  [[nodiscard]] bool is_bound(const std::string& endpoint) const {
    return listeners_.count(endpoint) != 0;
  }
  /// Connections of which at least one end is still open.
  [[nodiscard]] std::size_t open_links();

  // -- for the parts of the simulation --------------------------------------

  [[nodiscard]] result<std::shared_ptr<sim_listener>>
  listen(const address& where, sim_reactor_number on,
         const listen_options& options);
  void unbind(const sim_listener& gone);
  /// Who would answer there; null: nobody.
  [[nodiscard]] std::shared_ptr<sim_listener> find(const address& where) const;
  [[nodiscard]] std::shared_ptr<sim_link>
  make_link(sim_reactor_number dialing, sim_reactor_number accepting,
            const address& source, const address& server);
  [[nodiscard]] bool is_silent(const std::string& endpoint) const {
    return !silent_.empty() && silent_.count(endpoint) != 0;
  }
  void lose(sim_loss loss) {
    losses_.push_back(std::move(loss));
  }
  void count_refusal() noexcept {
    ++refusals_;
  }

private:
  [[nodiscard]] bool is_taken(const address& where) const;
  /// A port of the dynamic range that nobody uses, in turn.
  std::uint16_t take_port(const address& where);
  std::vector<std::shared_ptr<sim_link>> links_to(const std::string& endpoint);

  sim_world& world_;
  std::map<std::string, std::shared_ptr<sim_listener>> listeners_;
  std::vector<std::weak_ptr<sim_link>> links_;
  std::set<std::string> silent_;
  std::vector<sim_loss> losses_;
  std::uint64_t next_link_ = 0;
  std::uint64_t refusals_ = 0;
  std::uint16_t next_port_ = 49152;
};

} // namespace zmqrt::transports
