// SPDX-License-Identifier: MPL-2.0
//
// Who is at the other ends. Any thread; what is under the lock is short, texts
// are made outside.

#include <utility>

#include "actors/gate/gate.hpp"
#include "actors/gate/gate_state.hpp"
#include "libzmqrt/patterns/server.hpp"

namespace zmqrt::actors {

using patterns::no_pipe;

namespace {

/// What is seen of a pipe under the lock.
struct sighting {
  std::shared_ptr<const peer_info> about;
  frame name;
  bool writable = false;
};

bool has_numbers(socket_type type) noexcept {
  return type == socket_type::server || type == socket_type::peer;
}

bool is_connected(const pipe& at) noexcept {
  return at.about && at.bell && !at.retired && at.fate == pipe_fate::stays;
}

sighting look_at(const patterns::pattern& policy, pipe_id id, const pipe& at) {
  return {at.about, policy.name_of(id), at.writable && policy.can_send()};
}

std::string_view own_name(const pipe& at) noexcept {
  const auto* name =
    at.about->told ? at.about->told->find("Routing-Id") : nullptr;
  return name != nullptr ? std::string_view{*name} : std::string_view{};
}

peer_info describe(const sighting& seen, socket_type type) {
  peer_info made = *seen.about;
  made.writable = seen.writable;
  if (has_numbers(type))
    made.routing_number = patterns::route_of_name(seen.name.view());
  else if (!seen.name.empty())
    made.routing_id = seen.name.view();
  else if (made.has_property("Routing-Id"))
    made.routing_id = made.property("Routing-Id");
  return made;
}

} // namespace

std::vector<peer_info> gate::peers() const {
  state& self = *state_;
  std::vector<sighting> seen;
  const auto expected = [&] {
    const gate_guard guard(self.lock);
    return self.pipes.size();
  }();
  seen.reserve(expected);
  {
    const gate_guard guard(self.lock);
    for (pipe_id id = 0; self.policy && id < self.pipes.size(); ++id)
      if (const pipe* const at = self.find(id);
          at != nullptr && is_connected(*at))
        seen.push_back(look_at(*self.policy, id, *at));
  }
  std::vector<peer_info> all;
  all.reserve(seen.size());
  for (const sighting& each : seen)
    all.push_back(describe(each, self.type));
  return all;
}

std::vector<pipe_level> gate::levels() const {
  const state& self = *state_;
  std::vector<pipe_level> all;
  const gate_guard guard(state_->lock);
  for (pipe_id id = 0; id < self.pipes.size(); ++id)
    if (const pipe* const at = self.find(id);
        at != nullptr && is_connected(*at))
      all.push_back({at->about->endpoint, at->unsent, at->inbox.messages()});
  return all;
}

std::optional<peer_info> gate::find_peer(std::string_view routing_id) const {
  state& self = *state_;
  if (has_numbers(self.type) || routing_id.empty())
    return std::nullopt;
  return self.peer_called(routing_id);
}

std::optional<peer_info> gate::find_peer(std::uint32_t number) const {
  state& self = *state_;
  if (!has_numbers(self.type) || number == 0)
    return std::nullopt;
  return self.peer_called(patterns::name_of_route(number));
}

std::optional<peer_info> gate::state::peer_called(std::string_view name) {
  std::optional<sighting> seen;
  {
    const gate_guard guard(lock);
    if (!policy)
      return std::nullopt;
    auto whom = policy->find(name);
    if (!whom) {
      whom = no_pipe;
      for (pipe_id id = 0; *whom == no_pipe && id < pipes.size(); ++id)
        if (const pipe* const at = find(id);
            at != nullptr && is_connected(*at) && own_name(*at) == name)
          whom = id;
    }
    if (const pipe* const at = find(*whom); at != nullptr && is_connected(*at))
      seen = look_at(*policy, *whom, *at);
  }
  if (!seen)
    return std::nullopt;
  return describe(*seen, type);
}

} // namespace zmqrt::actors
