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
#include "libzmqrt/message/frees_later.hpp"
#include "zmqrt/error.hpp"

namespace zmqrt::actors {

namespace {

/// What one connect() made: a wish, and a link once it is fulfilled.
struct connection {
  std::string name;
  std::shared_ptr<gate> from;
  std::optional<pipe_id> pipe; ///< made ahead of the link
  std::shared_ptr<inproc_link> link;
  wish_id left = 0;               ///< of a wish that was left behind
  std::shared_ptr<doorbell> bell; ///< of whoever looks after that one

  [[nodiscard]] bool over() const noexcept {
    return from == nullptr;
  }
};

/// Messages die with wishes, links and gates.
struct registry_guard {
  explicit registry_guard(std::mutex& lock) : held(lock) {
  }
  frees_later frees; // before the lock: they are freed behind it
  std::lock_guard<std::mutex> held;
};

} // namespace

struct inproc_registry::state {
  /// Fulfils the wishes for this name as far as its holder lets.
  void fulfil(std::string_view name);
  void fulfil_all();
  void drop_wish(connection& which);
  /// The wish is dropped or, if it can and may be, left behind.
  void part_with(connection& which, std::vector<wish_id>* left);
  [[nodiscard]] connection* find(wish_id which) noexcept;
  void sweep() {
    std::erase_if(connections, [](const auto& at) { return at.over(); });
  }

  std::mutex lock;
  std::map<std::string, std::shared_ptr<gate>, std::less<>> holders;
  std::vector<connection> connections; // in the order they were made
  wish_id last_left = 0;
  bool hopeless = false;
};

inproc_registry::inproc_registry() : state_(std::make_unique<state>()) {
}

inproc_registry::~inproc_registry() = default;

std::error_code inproc_registry::bind(std::string_view name,
                                      const std::shared_ptr<gate>& who) {
  const registry_guard guard(state_->lock);
  if (!state_->holders.try_emplace(std::string{name}, who).second)
    return make_error_code(errc::address_in_use);
  state_->fulfil(name);
  return {};
}

std::error_code inproc_registry::unbind(std::string_view name,
                                        const std::shared_ptr<gate>& who) {
  const registry_guard guard(state_->lock);
  const auto found = state_->holders.find(name);
  if (found == state_->holders.end() || found->second != who)
    return make_error_code(errc::no_such_endpoint);
  state_->holders.erase(found);
  return {};
}

std::error_code inproc_registry::connect(std::string_view name,
                                         const std::shared_ptr<gate>& who) {
  const registry_guard guard(state_->lock);
  const auto holder = state_->holders.find(name);
  if (holder != state_->holders.end()
      && !compatible(who->type(), holder->second->type()))
    return make_error_code(errc::connection_refused);
  state_->connections.push_back({std::string{name}, who, {}, {}, 0, {}});
  pipe_setup setup = who->connect_setup();
  if (!setup.name.empty()) {
    // The peer's name here has to be free, before there is a peer.
    state_->connections.back().pipe = who->attach(std::move(setup));
    if (!state_->connections.back().pipe) {
      state_->connections.pop_back();
      return make_error_code(errc::invalid_argument);
    }
  }
  if (holder != state_->holders.end())
    state_->fulfil(name);
  connection& made = state_->connections.back();
  if (!made.link && !made.pipe && !who->options().immediate) {
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
                                            const std::shared_ptr<gate>& who,
                                            std::vector<wish_id>* left) {
  const registry_guard guard(state_->lock);
  bool found = false;
  for (connection& at : state_->connections) {
    if (at.name != name || at.from != who || at.left != 0)
      continue;
    found = true;
    if (at.link) {
      at.link->end();
      at.from = nullptr;
    } else {
      state_->part_with(at, left);
    }
  }
  if (!found)
    return make_error_code(errc::no_such_endpoint);
  state_->sweep();
  state_->fulfil_all();
  return {};
}

void inproc_registry::leave(const std::shared_ptr<gate>& who,
                            std::vector<wish_id>* left) {
  const registry_guard guard(state_->lock);
  std::erase_if(state_->holders,
                [&](const auto& at) { return at.second == who; });
  for (connection& at : state_->connections) {
    if (at.link && at.link->joins(*who)) {
      at.link->end_for(*who);
      at.link = nullptr;
      at.from = nullptr; // as in libzmq, the other end is not made again
    } else if (at.from == who && (at.left == 0 || left == nullptr)) {
      state_->part_with(at, left);
    }
  }
  state_->sweep();
  state_->fulfil_all();
}

std::optional<socket_type>
inproc_registry::holder(std::string_view name) const {
  const registry_guard guard(state_->lock);
  const auto found = state_->holders.find(name);
  if (found == state_->holders.end())
    return {};
  return found->second->type();
}

// -- wishes that were left behind ---------------------------------------------

bool inproc_registry::watch(wish_id which, std::shared_ptr<doorbell> bell) {
  const registry_guard guard(state_->lock);
  connection* const found = state_->find(which);
  if (found == nullptr || state_->hopeless)
    return false;
  found->bell = std::move(bell);
  return true;
}

bool inproc_registry::waits(wish_id which) const {
  const registry_guard guard(state_->lock);
  return !state_->hopeless && state_->find(which) != nullptr;
}

void inproc_registry::drop(wish_id which) {
  const registry_guard guard(state_->lock);
  if (connection* const found = state_->find(which)) {
    state_->drop_wish(*found);
    state_->sweep();
  }
}

void inproc_registry::give_up() {
  const registry_guard guard(state_->lock);
  state_->hopeless = true;
  // Those who look after the wishes drop them: that may run the application's
  // free functions, and these may close sockets.
  for (const connection& at : state_->connections)
    if (at.bell)
      at.bell->ring();
}

// -- state --------------------------------------------------------------------

void inproc_registry::state::fulfil(std::string_view name) {
  const auto holder = holders.find(name);
  if (holder == holders.end())
    return;
  for (connection& at : connections) {
    if (at.over() || at.link || at.name != name
        || !compatible(at.from->type(), holder->second->type()))
      continue;
    at.link = inproc_link::make(at.from, at.pipe, holder->second, name);
    if (!at.link)
      continue;
    at.pipe.reset();
    if (at.left == 0)
      continue;
    at.link->end_for(*at.from);
    at.from = nullptr;
    if (at.bell)
      at.bell->ring();
  }
  sweep();
}

void inproc_registry::state::fulfil_all() {
  if (std::all_of(connections.begin(), connections.end(),
                  [](const auto& at) { return at.link != nullptr; }))
    return; // nobody waits
  for (const auto& [name, holder] : holders)
    fulfil(name);
}

void inproc_registry::state::drop_wish(connection& which) {
  if (which.pipe) {
    batch none;
    which.from->detach(*which.pipe, none);
  }
  which.from = nullptr;
}

void inproc_registry::state::part_with(connection& which,
                                       std::vector<wish_id>* left) {
  if (left == nullptr || hopeless || !which.pipe
      || which.from->unsent(*which.pipe) == 0) {
    drop_wish(which);
    return;
  }
  left->push_back(last_left + 1);
  which.left = ++last_left;
  which.from->stop_sending(*which.pipe);
}

connection* inproc_registry::state::find(wish_id which) noexcept {
  const auto found =
    std::find_if(connections.begin(), connections.end(),
                 [&](const auto& at) { return at.left == which; });
  return found == connections.end() ? nullptr : &*found;
}

} // namespace zmqrt::actors
