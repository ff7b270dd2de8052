// SPDX-License-Identifier: MPL-2.0
//
// Which actors are monitored, for how many reasons. Pure but for the addresses.

#pragma once

#include <algorithm>
#include <vector>

#include <caf/actor_addr.hpp>

#include "actors/caf_compat.hpp"

namespace zmqrt::actors {

class watch_list {
public:
  /// True: it is the first reason, monitor it.
  bool add(const caf::actor_addr& who) {
    if (const auto at = find(who); at != entries_.end()) {
      ++at->reasons;
      return false;
    }
    entries_.push_back({who, 1});
    return true;
  }
  /// True: it was the last reason, monitor it no longer.
  bool drop(const caf::actor_addr& who) {
    const auto at = find(who);
    if (at == entries_.end() || --at->reasons != 0)
      return false;
    entries_.erase(at);
    return true;
  }
  /// It has ended.
  void forget(const caf::actor_addr& who) {
    if (const auto at = find(who); at != entries_.end())
      entries_.erase(at);
  }
  template <class Visitor>
  void for_each(Visitor visit) const {
    for (const auto& each : entries_)
      visit(each.who);
  }

private:
  struct entry {
    caf::actor_addr who;
    int reasons;
  };

  std::vector<entry>::iterator find(const caf::actor_addr& who) {
    return std::find_if(
      entries_.begin(), entries_.end(),
      [&](const auto& each) { return same_actor(each.who, who); });
  }

  std::vector<entry> entries_;
};

} // namespace zmqrt::actors
