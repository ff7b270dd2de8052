// SPDX-License-Identifier: MPL-2.0
//
// The host names of a simulated world: which addresses a name has, how long
// the resolver takes, whether it ever answers. "localhost" and "lo" are there
// from the start.

#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "transports/reactor.hpp"
#include "transports/sim/sim_events.hpp"

namespace zmqrt::transports {

class sim_world;

class sim_names {
public:
  explicit sim_names(sim_world& world);

  /// Gives a name its numeric addresses, in the order of the answer; a name
  /// without any is unknown.
  void set(const std::string& name, std::vector<std::string> hosts);
  /// Whether questions for the name go unanswered for ever.
  void hang(const std::string& name, bool on);

  [[nodiscard]] std::unique_ptr<resolution> resolve(const resolve_query& query,
                                                    resolve_callback then,
                                                    sim_reactor_number on);

  /// What the resolver says at this moment.
  [[nodiscard]] result<std::vector<address>>
  look_up(const resolve_query& query) const;
  [[nodiscard]] bool hangs(const std::string& name) const {
    return hanging_.count(name) != 0;
  }

private:
  sim_world& world_;
  std::map<std::string, std::vector<std::string>> hosts_;
  std::set<std::string> hanging_;
};

} // namespace zmqrt::transports
