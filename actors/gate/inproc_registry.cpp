// SPDX-License-Identifier: MPL-2.0
//
// Names, wishes and links of one context, all under one mutex, which is never
// taken by a gate: it comes before every gate's lock.

#include "actors/gate/inproc_registry.hpp"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "actors/gate/inproc_link.hpp"
#include "zmqrt/error.hpp"

namespace zmqrt::actors {

namespace {

/// What one connect() made: a wish, and a link once it is fulfilled.
struct connection {
  std::string name;
  std::shared_ptr<gate> from;
  std::optional<pipe_id> pipe; ///< made ahead of the link
  std::shared_ptr<inproc_link> link;
};

} // namespace

struct inproc_registry::state {
  /// Fulfils the wishes for this name as far as its holder lets.
  void fulfil(std::string_view name);
  void fulfil_all();
  void drop_wish(connection& which);

  std::mutex lock;
  std::map<std::string, std::shared_ptr<gate>, std::less<>> holders;
  std::vector<connection> connections; // in the order they were made
};

inproc_registry::inproc_registry() : state_(std::make_unique<state>()) {
}

inproc_registry::~inproc_registry() = default;

std::error_code inproc_registry::bind(std::string_view name,
                                      const std::shared_ptr<gate>& who) {
  const std::lock_guard guard(state_->lock);
  if (!state_->holders.try_emplace(std::string{name}, who).second)
    return make_error_code(errc::address_in_use);
  state_->fulfil(name);
  return {};
}

std::error_code inproc_registry::unbind(std::string_view name,
                                        const std::shared_ptr<gate>& who) {
  const std::lock_guard guard(state_->lock);
  const auto found = state_->holders.find(name);
  if (found == state_->holders.end() || found->second != who)
    return make_error_code(errc::no_such_endpoint);
  state_->holders.erase(found);
  return {};
}

std::error_code inproc_registry::connect(std::string_view name,
                                         const std::shared_ptr<gate>& who) {
  const std::lock_guard guard(state_->lock);
  const auto holder = state_->holders.find(name);
  if (holder != state_->holders.end()
      && !compatible(who->type(), holder->second->type()))
    return make_error_code(errc::connection_refused);
  state_->connections.push_back({std::string{name}, who, {}, nullptr});
  if (holder != state_->holders.end())
    state_->fulfil(name);
  connection& made = state_->connections.back();
  if (!made.link && !who->options().immediate) {
    made.pipe = who->attach({});
    if (!made.pipe) {
      state_->connections.pop_back();
      const auto over = who->failure();
      return over ? over : make_error_code(errc::invalid_argument);
    }
  }
  return {};
}

std::error_code inproc_registry::disconnect(std::string_view name,
                                            const std::shared_ptr<gate>& who) {
  const std::lock_guard guard(state_->lock);
  auto& all = state_->connections;
  const auto is_meant = [&](const connection& at) {
    return at.name == name && at.from == who;
  };
  const auto first = std::stable_partition(
    all.begin(), all.end(), [&](const auto& at) { return !is_meant(at); });
  if (first == all.end())
    return make_error_code(errc::no_such_endpoint);
  for (auto at = first; at != all.end(); ++at) {
    if (at->link)
      at->link->end();
    else
      state_->drop_wish(*at);
  }
  all.erase(first, all.end());
  state_->fulfil_all();
  return {};
}

void inproc_registry::leave(const std::shared_ptr<gate>& who) {
  const std::lock_guard guard(state_->lock);
  std::erase_if(state_->holders,
                [&](const auto& at) { return at.second == who; });
  for (connection& at : state_->connections) {
    if (at.link && at.link->joins(*who)) {
      at.link->end_for(*who);
      at.link = nullptr;
      at.from = nullptr; // as in libzmq, the other end is not made again
    } else if (at.from == who) {
      state_->drop_wish(at);
      at.from = nullptr;
    }
  }
  std::erase_if(state_->connections,
                [](const auto& at) { return at.from == nullptr; });
  state_->fulfil_all();
}

// -- state --------------------------------------------------------------------

void inproc_registry::state::fulfil(std::string_view name) {
  const auto holder = holders.find(name);
  if (holder == holders.end())
    return;
  for (connection& at : connections) {
    if (at.link || at.name != name
        || !compatible(at.from->type(), holder->second->type()))
      continue;
    at.link = inproc_link::make(at.from, at.pipe, holder->second);
    if (at.link)
      at.pipe.reset();
  }
}

void inproc_registry::state::fulfil_all() {
  for (const auto& [name, holder] : holders)
    fulfil(name);
}

void inproc_registry::state::drop_wish(connection& which) {
  if (!which.pipe)
    return;
  batch none;
  which.from->detach(*which.pipe, none);
}

} // namespace zmqrt::actors
