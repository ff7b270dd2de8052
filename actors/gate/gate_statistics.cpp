// SPDX-License-Identifier: MPL-2.0
//
// What the pipes have counted, summed when somebody asks. Any thread.

#include "actors/gate/gate_state.hpp"

namespace zmqrt::actors {

namespace {

void add(traffic_count& to, const traffic_count& what) noexcept {
  to.messages += what.messages;
  to.bytes += what.bytes;
  to.batches += what.batches;
}

peer_statistics view(const pipe& at) {
  return {at.about ? at.about->endpoint : std::string{},
          at.sent,
          at.received,
          at.unsent,
          at.inbox.messages(),
          at.plugs > 1 ? at.plugs - 1 : 0};
}

} // namespace

socket_statistics gate::statistics() const {
  socket_statistics all;
  std::size_t most = 0;
  {
    const gate_guard guard(state_->lock);
    most = state_->pipes.size();
  }
  all.peers.reserve(most); // not under the lock
  const gate_guard guard(state_->lock);
  all.sent = state_->gone.sent;
  all.received = state_->gone.received;
  all.reconnects = state_->gone.reconnects;
  all.dropped = state_->dropped;
  for (const auto& at : state_->pipes) {
    if (!at)
      continue;
    const peer_statistics& one = all.peers.emplace_back(view(*at));
    add(all.sent, one.sent);
    add(all.received, one.received);
    all.to_send += one.to_send;
    all.to_receive += one.to_receive;
    all.reconnects += one.reconnects;
  }
  return all;
}

void gate::lost(pipe_id id, std::uint64_t refused, std::uint64_t unwanted) {
  const gate_guard guard(state_->lock);
  if (pipe* const at = state_->find(id))
    at->sent.messages -= refused;
  state_->dropped.unroutable += refused;
  state_->dropped.unwanted += unwanted;
}

void gate::state::bury(const pipe& at) noexcept {
  add(gone.sent, at.sent);
  add(gone.received, at.received);
  gone.reconnects += at.plugs > 1 ? at.plugs - 1 : 0;
}

} // namespace zmqrt::actors
