// SPDX-License-Identifier: MPL-2.0
//
// Sockets that are queues in memory. See memory_fabric.hpp.

#include "tests/sim/memory_fabric.hpp"

#include <algorithm>
#include <utility>

namespace zmqrt::sim_test {

class memory_fabric::node final : public sim_node {
public:
  node(memory_fabric& home, std::size_t index) : home_(home), index_(index) {
  }
  void bind(const std::string& where) override {
    self().bound = where;
    home_.connect_all();
  }
  void connect(const std::string& where) override {
    self().connected.push_back(where);
    home_.connect_all();
  }
  bool settled() override {
    return true;
  }
  std::string refusal() override {
    return {};
  }
  std::string endpoint() override {
    return self().bound;
  }
  bool try_send(message& what) override {
    return home_.try_send(index_, what);
  }
  std::optional<message> try_recv() override {
    auto& inbox = self().inbox;
    if (inbox.empty())
      return std::nullopt;
    message first = std::move(inbox.front());
    inbox.pop_front();
    return first;
  }
  void close() override {
  }
  bool is_over() override {
    return true;
  }

private:
  endpoint_state& self() {
    return home_.sockets_[index_];
  }

  memory_fabric& home_;
  std::size_t index_;
};

std::unique_ptr<sim_node> memory_fabric::open(socket_type type,
                                              const node_options& options) {
  endpoint_state fresh;
  fresh.type = type;
  fresh.options = options;
  sockets_.push_back(std::move(fresh));
  return std::make_unique<node>(*this, sockets_.size() - 1);
}

void memory_fabric::connect_all() {
  for (std::size_t client = 0; client < sockets_.size(); ++client) {
    auto& wanted = sockets_[client].connected;
    for (std::size_t server = 0; server < sockets_.size(); ++server) {
      const auto found =
        std::find(wanted.begin(), wanted.end(), sockets_[server].bound);
      if (found == wanted.end())
        continue;
      wanted.erase(found);
      for (const auto& [from, to] :
           {std::pair{client, server}, std::pair{server, client}}) {
        sockets_[from].pipes.push_back(pipes_.size());
        const int room =
          sockets_[from].options.sndhwm + sockets_[to].options.rcvhwm;
        pipes_.push_back({to, static_cast<std::size_t>(room), {}, false});
      }
    }
  }
}

bool memory_fabric::try_send(std::size_t from, message& what) {
  endpoint_state& self = sockets_[from];
  for (std::size_t tries = self.pipes.size(); tries > 0; --tries) {
    pipe& next = pipes_[self.pipes[self.turn++ % self.pipes.size()]];
    if (next.messages.size() >= next.room)
      continue;
    next.messages.push_back(std::move(what));
    return true;
  }
  return false;
}

bool memory_fabric::step() {
  std::vector<std::size_t> busy;
  for (std::size_t i = 0; i < pipes_.size(); ++i)
    if (!pipes_[i].messages.empty() && !pipes_[i].stalled)
      busy.push_back(i);
  if (busy.empty())
    return false;
  ++steps_;
  now_ += std::chrono::microseconds{10};
  deliver(pipes_[busy[lots_.between(0, busy.size() - 1)]]);
  return true;
}

void memory_fabric::run_for(duration span) {
  const time_point end = now_ + span;
  while (now_ < end && step()) {
    // Everything that is under way.
  }
  now_ = std::max(now_, end);
}

void memory_fabric::deliver(pipe& through) {
  if (bug_ != memory_bug::none && --until_bug_ <= 0)
    spoil(through);
  if (through.messages.empty() || through.stalled)
    return;
  sockets_[through.to].inbox.push_back(std::move(through.messages.front()));
  through.messages.pop_front();
}

/// Plants the bug once, at the first message that it suits.
void memory_fabric::spoil(pipe& through) {
  auto& queue = through.messages;
  message& first = queue.front();
  switch (bug_) {
  case memory_bug::duplicate:
    queue.push_front(message{first});
    break;
  case memory_bug::drop:
    queue.pop_front();
    break;
  case memory_bug::damage: {
    const auto bytes = first[first.size() - 1].writable();
    if (bytes.empty())
      return;
    bytes.back() ^= std::byte{1};
    break;
  }
  case memory_bug::cut: {
    if (first.size() == 1)
      return;
    message shorter;
    for (std::size_t i = 0; i + 1 < first.size(); ++i)
      shorter.push_back(first[i]);
    first = std::move(shorter);
    break;
  }
  case memory_bug::swap:
    if (queue.size() < 2)
      return;
    std::swap(queue[0], queue[1]);
    break;
  case memory_bug::invent:
    queue.push_front(message{"out of nothing"});
    break;
  case memory_bug::stall:
    through.stalled = true;
    break;
  case memory_bug::none:
    break;
  }
  bug_ = memory_bug::none;
}

} // namespace zmqrt::sim_test
